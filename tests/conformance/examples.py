"""Example calls and answers, derived from the description alone.

Each operation is called in three variants:
  full    every parameter and member once, with texts that need escaping everywhere
  sparse  only what is required
  edge    every member, with empty lists and texts, false, zero, and null where null may be
"""

import zlib
from dataclasses import dataclass

VARIANTS = ("full", "sparse", "edge")

# Lists whose emptiness says something, so that they are always sent.
ALWAYS_SENT = {
    "LiveStreamUpdateEmbeddedSubtitlesParams": "embedded_subtitles",
    "LiveStreamUpdateGeneratedSubtitlesParams": "generated_subtitles",
}

AWKWARD = ' "\\/&=+%#?;:@ \t\n\u00e4\u20ac\U0001f600'  # JSON, query and path each have to escape some of it
AWKWARD_ID = "\u00e4/../b?c=d&e#f %2e+g:@h;\U0001f600"
TEXTS = {
    "unix-seconds": ("1789000123", "0", "-1"),
    "decimal-integer": ("9007199254740993", "1", "0"),
    "bcp47": ("pt-BR", "de", "auto"),
    "iso-8601": ("2026-11-21T10:11:12.123456Z", "2026-11-21T10:11:12Z", "1970-01-01T00:00:00Z"),
    "date": ("2026-11-21", "2024-02-29", "1970-01-01"),
}


@dataclass
class Call:
    """One call of one operation: what it is given and what it must be answered."""

    operation: object
    variant: str
    arguments: dict  # path parameter -> text
    query: dict  # parameter -> value, lists without their brackets
    body: dict | None
    answer: object  # JSON value, bytes, or None


def number_of(name):
    """Small, and different for most names."""
    return zlib.crc32(name.encode()) % 900 + 100


class Examples:
    def __init__(self, description):
        self.description = description
        self.resolve = description.resolve

    def calls(self):
        return [self.call(op, variant) for op in self.description.operations for variant in VARIANTS]

    def call(self, op, variant):
        arguments = {p["name"]: self.argument(p, variant) for p in op.path_parameters}
        query = {
            p["name"].removesuffix("[]"): self.parameter(p, variant)
            for p in op.query_parameters
            if variant != "sparse" or p.get("required")
        }
        body = self.value(op.body, op.id, variant, sent=True) if op.body else None
        return Call(op, variant, arguments, query, body, self.answer(op, variant))

    def argument(self, parameter, variant):
        schema = self.resolve(parameter["schema"])
        if "enum" in schema or "const" in schema:
            return self.value(schema, parameter["name"], variant)
        name = parameter["name"]
        return {"full": name + AWKWARD_ID, "sparse": name, "edge": (name + "-._~%").ljust(255, "a")}[variant]

    def parameter(self, parameter, variant):
        """An empty value of a required parameter counts as none, so it has a value always."""
        variant = "sparse" if parameter.get("required") and variant == "edge" else variant
        return self.value(parameter["schema"], parameter["name"], variant, sent=True)

    def answer(self, op, variant):
        if op.answer is None:
            return None
        if op.answer.get("type") == "string":  # handed over as it is
            return {"full": bytes(range(256)) * 3, "sparse": b"x", "edge": b""}[variant]
        return self.value(op.answer, op.id, variant)

    def value(self, node, name, variant, sent=False):
        node = self.resolve(node)
        if "const" in node:
            return node["const"]
        if "enum" in node:
            values = node["enum"]
            return values[{"full": -1, "sparse": 0, "edge": len(values) // 2}[variant]]
        if "oneOf" in node:
            return self.alternatives(node, name, variant, sent)[{"full": 0, "sparse": 1, "edge": -1}[variant]]
        types = node.get("type", "any")
        if isinstance(types, list):
            if variant == "edge" and not sent:
                return None
            types = next(kind for kind in types if kind != "null")
        return getattr(self, "_" + types)(node, name, variant, sent)

    def alternatives(self, node, name, variant, sent):
        return [self.value(alternative, name, variant, sent) for alternative in node["oneOf"]]

    def _any(self, node, name, variant, sent):
        return {"full": {name: [1, 2.5, "\u00e4", None, {}]}, "sparse": True, "edge": []}[variant]

    def _string(self, node, name, variant, sent):
        for format_ in (node.get("x-string-format"), node.get("format")):
            if format_ in TEXTS:
                return TEXTS[format_][VARIANTS.index(variant)]
        text = {"full": name + AWKWARD, "sparse": name, "edge": ""}[variant]
        return text[: node.get("maxLength")]

    def _integer(self, node, name, variant, sent):
        if name in ("page", "limit"):
            return {"full": 7, "sparse": 3, "edge": 1}[variant]
        large = number_of(name)
        if node.get("format") == "int64":  # the API's own clients count in doubles, so more than that is not sent
            large = 2**53 - 1 if sent else 2**53 + 1
        return self.bounded({"full": large, "sparse": 1, "edge": 0}[variant], node)

    def _number(self, node, name, variant, sent):
        return self.bounded({"full": number_of(name) / 1024, "sparse": 3, "edge": -0.5}[variant], node)

    @staticmethod
    def bounded(value, node):
        return max(min(value, node.get("maximum", value)), node.get("minimum", value))

    def _boolean(self, node, name, variant, sent):
        return variant != "edge"

    def _array(self, node, name, variant, sent):
        items = node.get("items", {})
        least, most = node.get("minItems", 0), node.get("maxItems")
        if variant == "edge" and least == 0:
            return []
        if variant == "sparse":
            return [self.value(items, name, "sparse", sent)] * max(1, least)
        if "oneOf" in self.resolve(items):
            return self.alternatives(self.resolve(items), name, variant, sent)[:most]
        values = [self.value(items, name, "full", sent)]
        values += [self.value(items, name, "sparse", sent)] * (max(2, least) - 1)
        return values[:most]

    def _object(self, node, name, variant, sent):
        others = node.get("additionalProperties")
        if isinstance(others, dict):
            return {} if variant == "edge" else {"k\u00e9y \"": self.value(others, name, variant, sent)}
        required = node.get("required", [])
        return {
            key: self.value(member, key, variant, sent)
            for key, member in node.get("properties", {}).items()
            if variant != "sparse" or key in required
        }

    def on_the_wire(self, value, node):
        """What is sent of a value: an optional list without entries is as good as absent."""
        always = ALWAYS_SENT.get(node.get("$ref", "").rsplit("/", 1)[-1])
        node = self.resolve(node)
        if isinstance(value, list):
            return [self.on_the_wire(item, node.get("items", {})) for item in value]
        if not isinstance(value, dict) or "properties" not in node:
            return value
        required = node.get("required", [])
        sent = {
            key: self.on_the_wire(item, node["properties"][key])
            for key, item in value.items()
            if item != [] or key in required
        }
        return {always: [], **sent} if always else sent
