"""From the API's description and the overrides to the model."""

from fnmatch import fnmatchcase

import facts
import naming
from model import LENT, Alias, Api, Argument, Enum, File, Member, Operation, Resource, Struct, Type

METHODS = ("get", "post", "put", "patch", "delete")
SCALARS = {"string": "string", "integer": "integer", "number": "number", "boolean": "boolean"}


class Wrong(Exception):
    """The description or the overrides cannot be generated from; the message says where."""


class Builder:
    def __init__(self, spec, overrides, wording, order=()):
        self.schemas = spec["components"]["schemas"]
        self.paths = spec["paths"]
        self.overrides = overrides
        self.wording = wording
        self.order = {operation: place for place, operation in enumerate(order)}
        self.api = Api()
        self.variants = {}  # alternatives -> alias name
        self.used = set()  # overrides and words that found their place

    def build(self):
        for name in self.schemas:
            self.declare(name)
        for path, operations in self.paths.items():
            for method in METHODS:
                if method in operations:
                    self.operation(path, method, operations[method])
        self.api.operations.sort(key=lambda op: self.order.get(op.id, len(self.order)))
        self.mark_sent()
        self.mark_identity()
        self.lend()
        self.tree()
        self.check_unused()
        return self.api

    # --- words and overrides -----------------------------------------------------------------------------------

    def word(self, table, key):
        text = self.wording.get(table, {}).get(key, "")
        if text:
            self.used.add(("wording", table, key))
        return text

    def override(self, table, key, default=None):
        entries = self.overrides.get(table, {})
        if key in entries:
            self.used.add(("override", table, key))
            return entries[key]
        return default

    def listed(self, table, key):
        """Whether `key` stands in the list `table` of the overrides."""
        if key in self.overrides.get(table, []):
            self.used.add(("override", table, key))
            return True
        return False

    def check_unused(self):
        wanted = {("wording", table, key) for table, entries in self.wording.items() for key in entries}
        wanted |= {
            ("override", table, key) for table, entries in self.overrides.items() for key in entries
        }
        left = sorted(wanted - self.used)
        if left:
            raise Wrong("these entries name nothing in the description: " + ", ".join(map(str, left)))

    # --- schemas -------------------------------------------------------------------------------------------------

    def file_of(self, api_name):
        root = self.schemas[api_name.split(".")[0]]
        module = root.get("x-sdk-module", "")
        target = self.override("modules", module or "none")
        if target is None:
            target = module
        parts = [naming.words(part) for part in target.split("/")]
        if len(parts) < 2:
            raise Wrong(f"schema {api_name}: no file for module '{module}', name one under [modules]")
        group, rest = parts[0], parts[1:]
        if len(rest) > 1 and rest[-1] == rest[-2]:
            rest.pop()
        return File(group, "_".join(rest))

    def cpp_name(self, api_name):
        return self.override("rename", api_name) or naming.type_name(
            ".".join(
                self.overrides.get("rename", {}).get(part, part) if place == 0 else part
                for place, part in enumerate(api_name.split("."))
            )
        )

    def claim(self, name, what):
        if self.api.declared(name):
            raise Wrong(f"two types are called {name} ({what} is one), rename one in the overrides")
        return name

    def declare(self, api_name):
        node = self.schemas[api_name]
        name, file = self.cpp_name(api_name), self.file_of(api_name)
        if "enum" in node:
            self.enum(api_name, node["enum"], name, file)
        elif "oneOf" in node:
            self.variant(node, name, file)
        elif node.get("type") == "object":
            self.struct(api_name, node, name, file)
        else:
            alias = Alias(self.claim(name, api_name), file, doc=self.word("types", api_name))
            alias.doc = alias.doc or f"The API's `{api_name}`."
            self.api.aliases[name] = alias
            alias.type = self.type(node, api_name, name, file)

    def struct(self, api_name, node, name, file):
        if self.api.structs.get(name):
            return self.api.structs[name]
        struct = Struct(api_name, self.claim(name, api_name), file)
        struct.doc = self.word("types", api_name)
        self.api.structs[name] = struct
        required = node.get("required", [])
        for key, value in node.get("properties", {}).items():
            struct.members.append(self.member(struct, key, value, key in required))
        shorthand = self.override("shorthand", api_name)
        if shorthand:
            struct.shorthand = next(m for m in struct.members if m.wire_name == shorthand)
        return struct

    def member(self, struct, key, node, required, site=""):
        site = site or f"{struct.api_name}.{key}"
        required = required or self.listed("always_written", site)
        name = naming.identifier(key)
        if name == struct.name:
            name += "_"
        base = struct.name.removesuffix("_params")
        kind = self.type(node, site, f"{base}_{naming.words(key)}", struct.file)
        nullable = isinstance(node.get("type"), list) and "null" in node["type"]
        if required and not nullable:
            presence = "plain"
        else:
            presence = "list" if kind.kind in ("vector", "map") else "optional"
        member = Member(key, name, kind, presence)
        if presence == "plain":
            member.initial = {"integer": "= 0", "number": "= 0", "boolean": "= false", "seconds": "{}"}.get(kind.kind, "")
            if "const" in node:
                member.initial = f'= "{node["const"]}"'
        words = self.word_of_field(struct, key)
        member.doc = " ".join(filter(None, [words, facts.sentence(node, presence == "plain")]))
        return member

    def word_of_field(self, struct, key):
        """A member's sentence, else that of the schema that its own is like, else its group's."""
        schemas = (struct.api_name, self.word("like", struct.api_name))
        tables = [f"fields.{schema}" for schema in schemas] + [f"members.{struct.file.group}"]
        return next(filter(None, (self.word(table, key) for table in tables)), "")

    def needed_word(self, table, key):
        text = self.word(table, key)
        if not text:
            raise Wrong(f"wording.toml has no sentence for {key} under [{table}]")
        return text

    def type(self, node, site, name, file):
        if "$ref" in node:
            return self.reference(node["$ref"].rsplit("/", 1)[-1])
        if "oneOf" in node:
            return Type("variant", self.variant(node, self.override("variants", site) or name, file))
        if "enum" in node and node.get("type", "string") in ("string", ["string", "null"]):
            return Type("enum", self.enum(site, node["enum"], name, file).name)
        kinds = [k for k in self.kinds(node) if k != "null"]
        if kinds == ["string"]:
            if node.get("x-string-format") == "unix-seconds":
                return Type("seconds")
            if node.get("x-string-format") == "decimal-integer":
                return Type("integer", wire="as_text")
            return Type("string")
        if kinds == ["integer"] and node.get("x-number-format") == "unix-seconds":
            return Type("seconds", wire="as_number")
        if len(kinds) == 1 and kinds[0] in SCALARS:
            return Type(SCALARS[kinds[0]])
        if kinds == ["array"]:
            element = self.type(node.get("items", {}), site, naming.singular(name), file)
            return Type("vector", element=element, wire=element.wire)
        if kinds == ["object"] and "properties" in node:
            return Type("struct", self.struct(site, node, name, file).name)
        if kinds == ["object"] and node.get("additionalProperties"):
            element = self.type(node["additionalProperties"], site, naming.singular(name), file)
            return Type("map", element=element, wire=element.wire)
        return Type("json")

    @staticmethod
    def kinds(node):
        kind = node.get("type", [])
        return kind if isinstance(kind, list) else [kind]

    def reference(self, api_name):
        if api_name not in self.schemas:
            raise Wrong(f"reference to unknown schema {api_name}")
        node, name = self.schemas[api_name], self.cpp_name(api_name)
        if "enum" in node:
            return Type("enum", name)
        if "oneOf" in node:
            return Type("variant", name)
        if node.get("type") == "object":
            return Type("struct", name)
        return self.type(node, api_name, name, self.file_of(api_name))

    def enum(self, site, values, name, file):
        for shared, entry in self.overrides.get("enums", {}).items():
            if any(fnmatchcase(site, pattern) for pattern in entry["sites"]):
                self.used.add(("override", "enums", shared))
                name = shared
                if "file" in entry:
                    file = File(*entry["file"].split("/"))
                break
        else:
            if name in self.api.enums and self.api.enums[name].values != list(values):
                raise Wrong(f"{site}: another enum is called {name}, share or rename them under [enums]")
        known = self.api.enums.get(name)
        if known is None:
            self.claim(name, site)
            known = self.api.enums[name] = Enum(name, file, doc=self.word("enums", name))
        known.values += [value for value in values if value not in known.values]
        return known

    def variant(self, node, name, file):
        """Declares a variant once for each list of alternatives."""
        names = [ref["$ref"].rsplit("/", 1)[-1] for ref in node["oneOf"]]
        key = tuple(names)
        if key in self.variants:
            return self.variants[key]
        for known, other in self.schemas.items():
            if [r.get("$ref", "").rsplit("/", 1)[-1] for r in other.get("oneOf", [])] == names:
                name, file = self.cpp_name(known), self.file_of(known)
        self.variants[key] = self.claim(name, "a oneOf")
        alias = self.api.aliases[name] = Alias(name, file)
        for alternative in names:
            alias.alternatives.append((self.cpp_name(alternative), self.discriminators(node, alternative)))
        alias.type = Type("variant", name)
        alias.doc = self.word("types", name) or "One of " + ", ".join(f"`{n}`" for n, _ in alias.alternatives) + "."
        return name

    def discriminators(self, node, alternative):
        if "discriminator" in node:
            mapping = node["discriminator"]["mapping"]
            values = [v for v, ref in mapping.items() if ref.rsplit("/", 1)[-1] == alternative]
            return ((node["discriminator"]["propertyName"], values[0]),) if values else ()
        properties = self.schemas[alternative].get("properties", {})
        return tuple(
            (key, properties[key]["const"])
            for key in node.get("x-discriminator-properties", [])
            if "const" in properties.get(key, {})
        )

    # --- operations ------------------------------------------------------------------------------------------------

    def operation(self, path, method, node):
        tag = node["tags"][0]
        id_ = node["operationId"]
        success = int(next(code for code in node["responses"] if code != "default"))
        op = Operation(
            id=id_,
            method=method,
            path=path,
            tag=tag,
            name=naming.identifier(id_.split(".")[-1]),
            limit=self.limit(path, node),
            repeat=self.repeat(id_, method),
            paging=self.paging(node),
            host=self.host(node),
            success=success,
            deprecated=node.get("deprecated", False),
        )
        file = self.file_of_tag(tag)
        op.doc = self.needed_word("operations", id_)
        for parameter in node.get("parameters", []):
            if parameter["in"] == "path":
                values = parameter["schema"].get("enum", [])
                doc = f"One of {', '.join(values)}." if 0 < len(values) <= 12 else ""
                op.arguments.append(Argument(parameter["name"], naming.identifier(parameter["name"].lower()), doc))
        op.arguments.sort(key=lambda argument: path.index("{" + argument.wire_name + "}"))
        query = [p for p in node.get("parameters", []) if p["in"] == "query"]
        if query:
            op.query = self.query(op, node, query, file)
        if "requestBody" in node:
            schema = node["requestBody"]["content"]["application/json"]["schema"]
            op.body = self.api.structs[self.reference(schema["$ref"].rsplit("/", 1)[-1]).name]
            op.body_optional = not node["requestBody"].get("required", False)
            if method == "patch":
                self.absent_null_value(op.body)
        self.answer(op, node, file)
        self.api.operations.append(op)

    def query(self, op, node, parameters, file):
        api_name = node["x-sdk-query-type"]
        name = self.override("query", op.id) or naming.type_name(api_name)
        struct = Struct(api_name, self.claim(name, op.id), file, sent=True)
        struct.doc = self.word("types", name) or f"Query of `{op.id}`."
        self.api.structs[name] = struct
        for parameter in parameters:
            key = parameter["name"].removesuffix("[]")
            member = self.member(
                struct, key, parameter["schema"], parameter.get("required", False), site=f"{op.id}:{key}"
            )
            struct.members.append(member)
            if key == "limit":
                op.page_limit = min(100, parameter["schema"].get("maximum", 100))
        return struct

    def absent_null_value(self, struct):
        for member in struct.members:
            member.presence, member.initial = "field", ""

    def answer(self, op, node, file):
        content = node["responses"][str(op.success)].get("content", {})
        schema = next(iter(content.values()))["schema"] if content else {}
        if node.get("x-void"):
            op.kind = "nothing"
        elif node.get("x-binary") or schema.get("type") == "string":
            op.kind = "raw"
        elif op.paging in ("cursor", "page", "page_timeframe"):
            op.kind, op.answer = "page", self.reference(node["x-pagination"]["item"])
            if op.answer.name not in self.api.pages:
                self.api.pages.append(op.answer.name)
        elif node.get("x-unwrap"):
            op.kind = "unwrapped"
            op.answer = self.type(schema["properties"][node["x-unwrap"]], op.id, f"{op.row}_answer", file)
        else:
            op.answer = self.type(schema, op.id, f"{op.row}_answer", file)

    def limit(self, path, node):
        for prefix, limit in self.overrides.get("limits", {}).items():
            if path.startswith(prefix):
                self.used.add(("override", "limits", prefix))
                return limit
        if "servers" in node:
            return "unlimited"
        given = node.get("x-rate-class", "unspecified")
        if given == "unspecified":
            raise Wrong(f"{path}: no rate class, name one under [limits]")
        return given.replace("-", "_")

    def repeat(self, id_, method):
        rule = {"get": "safe", "post": "create"}.get(method, "idempotent")
        return self.override("repeat", id_, rule)

    @staticmethod
    def paging(node):
        if "x-pagination" in node:
            return node["x-pagination"]["kind"].replace("-", "_")
        return "manual" if "x-manual-pagination" in node else "none"

    @staticmethod
    def host(node):
        url = node.get("servers", [{"url": ""}])[0]["url"]
        return {"https://stream.mux.com": "stream", "https://image.mux.com": "image"}.get(url, "api")

    @staticmethod
    def file_of_tag(tag):
        group, *rest = (naming.words(part) for part in tag.split("."))
        return File(group, "_".join(rest))

    # --- what depends on the whole -----------------------------------------------------------------------------------

    def reachable(self, roots):
        seen, todo = set(), list(roots)
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            declared = self.api.declared(name)
            if isinstance(declared, Struct):
                todo += [member.type.leaf().name for member in declared.members]
            elif isinstance(declared, Alias):
                todo += [alternative for alternative, _ in declared.alternatives]
        return seen

    def mark_sent(self):
        roots = [op.body.name for op in self.api.operations if op.body]
        for name in self.reachable(roots) & self.api.structs.keys():
            self.api.structs[name].sent = True

    def mark_identity(self):
        """`id` is what a caller cannot do without; everything else is read leniently."""
        for struct in self.api.structs.values():
            for member in struct.members:
                if not struct.sent and member.wire_name == "id" and member.presence == "plain":
                    member.must = True

    def lend(self):
        """The types that have views: those that the overrides name, and what they consist of."""
        roots = [self.cpp_name(name) for name in self.schemas if self.listed("views", name)]
        self.api.views = self.reachable(roots) & self.api.structs.keys()
        for name in sorted(self.api.views):
            for member in self.api.structs[name].members:
                if not member.type.kinds() <= LENT:
                    raise Wrong(f"{name}.{member.name} cannot be borrowed, so no type that consists of it has a view")

    def tree(self):
        used = {}
        for op in self.api.operations:
            if op.body:
                used.setdefault(op.body.name, f"Body of `{op.id}`.")
            if op.kind == "whole":
                used.setdefault(op.answer.leaf().name, f"Answer of `{op.id}`.")
        for struct in self.api.structs.values():
            struct.doc = struct.doc or used.get(struct.name, f"The API's `{struct.api_name}`.")
        for op in self.api.operations:
            parts = op.tag.split(".")
            for depth in range(1, len(parts) + 1):
                tag = ".".join(parts[:depth])
                if tag not in self.api.resources:
                    resource = Resource(tag, self.file_of_tag(tag), doc=self.needed_word("resources", tag))
                    self.api.resources[tag] = resource
                    if depth > 1:
                        self.api.resources[".".join(parts[: depth - 1])].children.append(resource)
            self.api.resources[op.tag].operations.append(op)
