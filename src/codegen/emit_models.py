"""`include/mux/<group>/models/*.hpp`: enums, structs, variants, and views of structs."""

from layout import comment, documented, header, listing, ordered
import naming

STD = {
    "string": "<string>",
    "integer": "<cstdint>",
    "seconds": "<chrono>",
    "vector": "<vector>",
    "variant": "<variant>",
}
OWN = {"enum": "<mux/open_enum.hpp>", "json": "<mux/json.hpp>", "map": "<mux/json.hpp>"}


def files(api):
    """Path -> text."""
    members = {}
    for declared in [*api.enums.values(), *api.structs.values(), *api.aliases.values()]:
        members.setdefault(declared.file, []).append(declared.name)
    result = {f"include/{file.models}": model_file(api, file, names) for file, names in members.items()}
    for file, names in members.items():
        lent = [name for name in names if name in api.views]
        if lent:
            result[f"include/{file.views}"] = view_file(api, file, lent)
    return result


def needs_of(api, name):
    """Names of the types that must be complete before `name`."""
    if name in api.structs:
        return [m.type.leaf().name for m in api.structs[name].members if m.type.leaf().name]
    if name in api.aliases:
        alias = api.aliases[name]
        return [a for a, _ in alias.alternatives] or [n for n in [alias.type.leaf().name] if n]
    return []


def model_file(api, file, names):
    own = set(names)
    names = ordered(names, lambda name: [n for n in needs_of(api, name) if n in own])
    std, mux = set(), set()
    body = []
    for name in names:
        for other in needs_of(api, name):
            if other not in own:
                mux.add(f"<{api.declared(other).file.models}>")
        if name in api.enums:
            std |= {"<cstdint>", "<span>", "<string_view>"}
            mux.add("<mux/open_enum.hpp>")
            body += enum(api.enums[name])
        elif name in api.structs:
            struct_includes(api.structs[name], std, mux)
            body += struct(api.structs[name])
        else:
            body += alias(api.aliases[name], std, mux)
        body.append("")
    return header([std, mux], body)


def struct_includes(struct, std, mux):
    if struct.shorthand:
        std.add("<utility>")
    for member in struct.members:
        for kind in member.type.kinds():
            std |= {STD[kind]} if kind in STD else set()
            mux |= {OWN[kind]} if kind in OWN else set()
        if member.presence == "optional":
            std.add("<optional>")
        if member.presence == "field":
            mux.add("<mux/field.hpp>")


def view_file(api, file, names):
    own = set(names)
    names = ordered(names, lambda name: [n for n in needs_of(api, name) if n in own])
    std, mux = {"<string_view>"}, {f"<{file.models}>"}
    body = []
    for name in names:
        for member in api.structs[name].members:
            kinds = member.type.kinds()
            std |= {header for kind, header in STD.items() if kind in kinds and kind in ("integer", "seconds")}
            std |= {"<span>"} if "vector" in kinds else set()
            std |= {"<optional>"} if member.presence == "optional" else set()
            mux |= {"<mux/open_enum_view.hpp>"} if "enum" in kinds else set()
            leaf = member.type.leaf()
            if leaf.kind == "struct" and leaf.name not in own:
                mux.add(f"<{api.declared(leaf.name).file.views}>")
            if leaf.kind == "enum":
                mux.add(f"<{api.declared(leaf.name).file.models}>")
        body += view(api.structs[name]) + [""]
    return header([std, mux], body)


def view(declared):
    """A struct whose texts and lists stand in the page that it came with."""
    hidden = frozenset(member.name for member in declared.members)
    lines = comment(f"`{declared.name}`, borrowed from the page that it came with; see `borrowed_page`.")
    lines += [f"struct {declared.name}_view {{", f"  using owned = {declared.name};"]
    for member in declared.members:
        text = member.view(hidden)
        initial = {"std::int64_t": " = 0", "double": " = 0", "bool": " = false", "std::chrono::sys_seconds": "{}"}
        lines += documented(f"{text} {member.name}{initial.get(text, '')};", member.doc, "  ")
    return lines + ["};"]


def enum(declared):
    identifiers = naming.enumerators(declared.values)
    head = f"enum class {declared.name} : std::int16_t {{"
    lines = comment(declared.doc) if declared.doc else []
    if all(identifier == value for identifier, value in zip(identifiers, declared.values)):
        short = listing(head + " ", identifiers, " };")
        if len(short) == 1:
            return lines + short + traits(declared)
        return lines + listing(head, identifiers, ",", step="  ") + ["};"] + traits(declared)
    lines.append(head)
    for identifier, value in zip(identifiers, declared.values):
        lines.append(f"  {identifier}," + (f'  ///< "{value}"' if identifier != value else ""))
    return lines + ["};"] + traits(declared)


def traits(declared):
    return [
        "template <>",
        f"struct enum_traits<{declared.name}> {{",
        "  static std::span<const std::string_view> names() noexcept;",
        "};",
    ]


def struct(declared):
    hidden = frozenset(member.name for member in declared.members)
    lines = comment(declared.doc)
    lines.append(f"struct {declared.name} {{")
    if declared.sent:
        lines.append(f"  {declared.name}() {{}}")
    if declared.shorthand:
        member = declared.shorthand
        lines.append(
            f"  explicit {declared.name}({member.type.text()} given) : {member.name}(std::move(given)) {{}}"
        )
    for member in declared.members:
        initial = "" if not member.initial else " " + member.initial
        if member.initial == "{}":
            initial = "{}"
        lines += documented(f"{member.text(hidden)} {member.name}{initial};", member.doc, "  ")
    lines.append(f"  friend bool operator==(const {declared.name}&, const {declared.name}&) = default;")
    return lines + ["};"]


def alias(declared, std, mux):
    lines = comment(declared.doc)
    if declared.alternatives:
        std.add("<variant>")
        alternatives = [name for name, _ in declared.alternatives]
        return lines + listing(f"using {declared.name} = std::variant<", alternatives, ">;")
    for kind in declared.type.kinds():
        std |= {STD[kind]} if kind in STD else set()
        mux |= {OWN[kind]} if kind in OWN else set()
    return lines + [f"using {declared.name} = {declared.type.text()};"]
