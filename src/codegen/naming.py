"""From the API's names to C++ identifiers."""

import re

# C++ keywords, alternative tokens, and macros that compilers define in lower case.
RESERVED = frozenset(
    """alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t char32_t class
    compl concept const consteval constexpr constinit const_cast continue co_await co_return co_yield decltype default
    delete do double dynamic_cast else enum explicit export extern false float for friend goto if inline int long
    mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public register
    reinterpret_cast requires return short signed sizeof static static_assert static_cast struct switch template this
    thread_local throw true try typedef typeid typename union unsigned using virtual void volatile wchar_t while xor
    xor_eq linux unix i386""".split()
)


def words(name):
    """`DRMConfiguration`, `updateMP4Support` and `_Links` in snake_case."""
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def identifier(name):
    """A member, function or namespace name: snake_case, reserved words end in `_`."""
    text = words(name) or "empty"
    if text[0].isdigit():
        text = "_" + text
    return text + "_" if text in RESERVED else text


def enumerators(values):
    """Identifiers for the values of one enum, in their order and without collisions."""
    taken = {}
    for value in values:
        text = base = identifier(value)
        number = 2
        while text in taken.values():
            text = f"{base}_{number}"
            number += 1
        taken[value] = text
    return [taken[value] for value in values]


def type_name(api_name):
    """`Asset.Errors` is `asset_errors`; a part that repeats its parent's name stands alone."""
    text = ""
    for part in api_name.split("."):
        part = words(part)
        text = part if not text or part.startswith(text + "_") else f"{text}_{part}"
    return text + "_" if text in RESERVED else text


def singular(name):
    if name.endswith("ies"):
        return name[:-3] + "y"
    if name.endswith(("sses", "tuses", "xes", "ches", "shes")):
        return name[:-2]
    if name.endswith("s") and not name.endswith(("ss", "us")):
        return name[:-1]
    return name
