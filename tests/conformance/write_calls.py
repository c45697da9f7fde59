#!/usr/bin/env python3
"""write_calls.py FOLDER: writes the C++ of all example calls, one file a group, as a user would write them.

Values come from the description alone (examples.py); only how things are called in C++ is asked of the generator's
model. Names of functions and members are thereby compiled, and their meaning is checked on the wire.
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CODEGEN = HERE.parents[1] / "src" / "codegen"
sys.dont_write_bytecode = True
sys.path.insert(0, str(CODEGEN))

import build
import generate
import naming
from description import Description
from examples import Examples

GROUPS = ("video", "data", "robots", "system")


def quoted(data):
    """A std::string of these bytes, whatever they are."""
    text = "".join(chr(b) if 32 <= b < 127 and b not in b'"\\?' else f"\\{b:03o}" for b in data)
    return f'std::string("{text}", {len(data)})'


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Writer:
    """The functions that make the values of one group."""

    def __init__(self, api):
        self.api = api
        self.made = {}  # (type, JSON) -> function
        self.lines = []

    def value(self, kind, value):
        """An expression of the C++ type `kind` for a JSON value."""
        match kind.kind:
            case "string":
                return quoted(value.encode())
            case "integer":
                return f"std::int64_t{{{int(value)}}}"
            case "number":
                return f"double{{{float(value)!r}}}"
            case "boolean":
                return "true" if value else "false"
            case "seconds":
                return f"std::chrono::sys_seconds(std::chrono::seconds({int(value)}))"
            case "json":
                return f"json({quoted(compact(value).encode())})"
            case "enum":
                values = self.api.enums[kind.name].values
                return f"{kind.text()}({kind.name}::{naming.enumerators(values)[values.index(value)]})"
            case "struct":
                return self.struct(self.api.structs[kind.name], value)
            case "variant":
                return f"{kind.name}({self.alternative(self.api.aliases[kind.name], value)})"
            case "vector":
                return f"{kind.text()}{{{', '.join(self.value(kind.element, item) for item in value)}}}"
            case "map":
                items = ", ".join(f"{{{quoted(k.encode())}, {self.value(kind.element, v)}}}" for k, v in value.items())
                return f"{kind.text()}{{{{{items}}}}}"

    def alternative(self, alias, value):
        for name, constants in alias.alternatives:
            if all(value.get(key) == constant for key, constant in constants):
                return self.struct(self.api.structs[name], value)
        raise ValueError(f"{alias.name}: no alternative for {value}")

    def struct(self, struct, value):
        body = [f"  {struct.name} v;"]
        known = {member.wire_name: member for member in struct.members}
        for key, item in value.items():
            if item is not None and item != [] and item != {} or known[key].type.kind in ("struct", "json"):
                if item is not None:
                    body.append(f"  v.{known[key].name} = {self.value(known[key].type, item)};")
        return self.function(struct.name, value, body + ["  return v;"])

    def page(self, op, value):
        """What a page keeps of its envelope."""
        body = [f"  page<{op.answer.name}> v;"]
        body += [f"  v.items.push_back({self.value(op.answer, item)});" for item in value["data"]]
        for key in ("next_cursor", "total_row_count"):
            if value.get(key) is not None:
                text = quoted(value[key].encode()) if key == "next_cursor" else f"std::int64_t{{{value[key]}}}"
                body.append(f"  v.{key} = {text};")
        body += [f"  v.timeframe.push_back({item});" for item in value.get("timeframe", [])]
        return self.function(f"page<{op.answer.name}>", value, body + ["  return v;"])

    def function(self, kind, value, body):
        key = (kind, compact(value))
        if key not in self.made:
            self.made[key] = f"value_{len(self.made) + 1}"
            self.lines += [f"{kind} {self.made[key]}() {{", *body, "}", ""]
        return self.made[key] + "()"

    def answer(self, op, value):
        match op.kind:
            case "nothing":
                return ""
            case "raw":
                return ", " + quoted(value)
            case "page":
                return ", " + self.page(op, value)
            case "unwrapped":
                return ", " + self.value(op.answer, value["data"])
        return ", " + self.value(op.answer, value)


def entry(writer, api, op, call):
    given = [quoted(call.arguments[argument.wire_name].encode()) for argument in op.arguments]
    given += [writer.struct(op.body, call.body)] if op.body else []
    given += [writer.struct(op.query, call.query)] if op.query else []
    given, expected = ", ".join(given), writer.answer(op, call.answer)
    resource = api.resources[op.tag]
    member = ".".join(naming.identifier(part) for part in op.tag.split("."))
    return [
        f'    {{"{op.id} {call.variant}",',
        f"     [](session& s) {{ s.send({resource.namespace}::{op.name}({given}){expected}); }},",
        f"     [](session& s) {{ s.await(s.client().{member}.{op.name}({given}){expected}); }}}},",
    ]


def text_of(group, api, operations, calls):
    writer = Writer(api)
    entries = []
    for call in calls:
        if call.operation.id.split(".")[0] == group:
            entries += entry(writer, api, operations[call.operation.id], call)
    return "\n".join(
        ['#include "conformance/session.hpp"', "", "namespace mux::conformance {", "namespace {", ""]
        + writer.lines
        + [f"const call all[] = {{", *entries, "};", "", "}  // namespace", ""]
        + [f"std::span<const call> {group}_calls() {{ return all; }}", "", "}  // namespace mux::conformance", ""]
    )


def main():
    folder = Path(sys.argv[1])
    api = build.Builder(*generate.load(CODEGEN)).build()
    operations = {op.id: op for op in api.operations}
    calls = Examples(Description()).calls()
    for group in GROUPS:
        (folder / f"{group}_calls.cpp").write_text(text_of(group, api, operations, calls))


if __name__ == "__main__":
    main()
