"""Whether a JSON value is of the described form: the part of JSON Schema that the description uses."""

import datetime
import re

KNOWN = frozenset(
    """type properties required items enum const oneOf discriminator additionalProperties $ref default deprecated format
    minimum maximum minLength maxLength minItems maxItems""".split()
)


def is_integer(value):
    return isinstance(value, int) and not isinstance(value, bool)


TYPES = {
    "null": lambda v: v is None,
    "boolean": lambda v: isinstance(v, bool),
    "integer": is_integer,
    "number": lambda v: is_integer(v) or isinstance(v, float),
    "string": lambda v: isinstance(v, str),
    "array": lambda v: isinstance(v, list),
    "object": lambda v: isinstance(v, dict),
}


def is_date(text):
    try:
        return bool(datetime.date.fromisoformat(text))
    except ValueError:
        return False


STRINGS = {
    "unix-seconds": re.compile(r"-?\d+").fullmatch,
    "decimal-integer": re.compile(r"-?\d+").fullmatch,
    "bcp47": re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*|auto").fullmatch,
    "iso-8601": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z").fullmatch,
    "date": is_date,
}


class Checker:
    def __init__(self, description):
        self.resolve = description.resolve

    def faults(self, value, node, where="$"):
        """What is wrong with `value`, one line a fault; members that are not described are wrong."""
        node = self.resolve(node)
        unknown = [key for key in node if key not in KNOWN and not key.startswith("x-")]
        if unknown:
            raise ValueError(f"{where}: the checker does not know the keywords {unknown}")
        if "oneOf" in node:
            yield from self._choice(value, node, where)
            return
        types = node.get("type", [])
        types = types if isinstance(types, list) else [types]
        if types and not any(TYPES[kind](value) for kind in types):
            yield f"{where}: {value!r} is not of type {' or '.join(types)}"
            return
        if "const" in node and value != node["const"]:
            yield f"{where}: {value!r} is not {node['const']!r}"
        if "enum" in node and value not in node["enum"]:
            yield f"{where}: {value!r} is none of {node['enum']}"
        if isinstance(value, str):
            yield from self._text(value, node, where)
        elif isinstance(value, list):
            yield from self._list(value, node, where)
        elif isinstance(value, dict):
            yield from self._object(value, node, where)
        elif value is not None and not isinstance(value, bool):
            yield from self._bounds(value, node, "minimum", "maximum", where)

    def _choice(self, value, node, where):
        if "discriminator" in node:
            tag = value.get(node["discriminator"]["propertyName"]) if isinstance(value, dict) else None
            reference = node["discriminator"]["mapping"].get(tag)
            if reference is None:
                yield f"{where}: the alternative {tag!r} is not described"
            else:
                yield from self.faults(value, {"$ref": reference}, where)
            return
        found = [list(self.faults(value, alternative, where)) for alternative in node["oneOf"]]
        if sum(1 for faults in found if not faults) != 1:
            yield f"{where}: fits not exactly one of the alternatives: {found}"

    def _text(self, value, node, where):
        for key in ("x-string-format", "format"):
            if key in node and node[key] in STRINGS and not STRINGS[node[key]](value):
                yield f"{where}: {value!r} is no {node[key]}"
        yield from self._bounds(len(value), node, "minLength", "maxLength", where)

    def _list(self, value, node, where):
        yield from self._bounds(len(value), node, "minItems", "maxItems", where)
        for place, item in enumerate(value):
            yield from self.faults(item, node.get("items", {}), f"{where}[{place}]")

    def _object(self, value, node, where):
        properties, others = node.get("properties", {}), node.get("additionalProperties")
        for key in node.get("required", []):
            if key not in value:
                yield f"{where}: {key} is missing"
        for key, item in value.items():
            if key in properties:
                yield from self.faults(item, properties[key], f"{where}.{key}")
            elif isinstance(others, dict):
                yield from self.faults(item, others, f"{where}.{key}")
            elif node.get("type") == "object" and not others:
                yield f"{where}: {key} is not described"

    @staticmethod
    def _bounds(size, node, low, high, where):
        if low in node and size < node[low]:
            yield f"{where}: {size} is below {low} {node[low]}"
        if high in node and size > node[high]:
            yield f"{where}: {size} is above {high} {node[high]}"
