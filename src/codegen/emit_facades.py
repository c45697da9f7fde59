"""`include/mux/<group>/*.hpp` and `src/api/{requests,facade}_*.cpp`: requests as values, and the client's members."""

from dataclasses import replace

from layout import COLUMNS, comment, header, listing


def files(api):
    result = {}
    for resource in api.resources.values():
        path = facade_path(resource)
        result[f"include/{path}"] = facade(api, resource)
    for group in dict.fromkeys(resource.file.group for resource in api.resources.values()):
        resources = [r for r in api.resources.values() if r.file.group == group and r.operations]
        result[f"src/api/requests_{group}.cpp"] = requests(api, group, resources)
        result[f"src/api/facade_{group}.cpp"] = bodies(api, group, resources)
    return result


def calls(api, resource):
    """The operations of a resource, each list that can be borrowed followed by that form."""
    for op in resource.operations:
        yield op
        if op.kind == "page" and op.answer.name in api.views:
            doc = (f"As `{op.name}`, for those who only look: the items are views into the page that they came with, "
                   "which takes two thirds of the time to read; see `borrowed_page`.")
            yield replace(op, name=f"{op.name}_borrowed", kind="borrowed", doc=doc)


def facade_path(resource):
    return f"mux/{resource.file.group}/{resource.file.group}.hpp" if not resource.file.stem else resource.file.facade


def answer(op, hidden=frozenset()):
    match op.kind:
        case "nothing":
            return "void"
        case "raw":
            return "std::string"
        case "page":
            return f"page<{op.answer.text(hidden)}>"
        case "borrowed":
            return f"borrowed_page<{op.answer.view(hidden)}>"
    return op.answer.text(hidden)


def parameters(op, hidden, defaults):
    """The parameter list of an operation."""
    result = [f"std::string_view {argument.name}" for argument in op.arguments]

    def struct(declared, name, optional):
        kind = f"mux::{declared.name}" if declared.name in hidden else declared.name
        result.append(f"const {kind}& {name}" + (" = {}" if defaults and optional else ""))

    if op.body:
        struct(op.body, "params", op.body_optional and not op.query)
    if op.query:
        struct(op.query, "query" if op.body else "params", not op.required_query)
    return result


def arguments(op):
    names = [argument.name for argument in op.arguments]
    return names + (["params"] if op.body or op.query else []) + (["query"] if op.body and op.query else [])


def facts(op):
    words = [f"`{op.method.upper()} {op.path}`", f"limit class `{op.limit}`"]
    if op.repeat not in ("safe", "idempotent"):
        words.append(f"repeat: `{op.repeat}`")
    text = ", ".join(words) + "."
    return text + (" Deprecated." if op.deprecated else "")


def doc(op):
    lines = [op.doc] if op.doc else []
    lines += [f"`{argument.name}`: {argument.doc}" for argument in op.arguments if argument.doc]
    return "\n".join(lines + [facts(op)])


def names_in(resource):
    return frozenset([op.name for op in resource.operations] + [child.member for child in resource.children])


def facade(api, resource):
    hidden = names_in(resource)
    models = {f"<{api.declared(name).file.models}>" for op in resource.operations for name in named(op)}
    children = {f"<{facade_path(child)}>" for child in resource.children}
    std = {"<memory>"}
    own = set(models) | children
    body = []
    if resource.operations:
        own |= {"<mux/request.hpp>", "<mux/send.hpp>"}
        if any(op.arguments for op in resource.operations):
            std.add("<string_view>")
        if any(op.kind == "raw" for op in resource.operations):
            std.add("<string>")
        if any(op.kind == "page" for op in resource.operations):
            own.add("<mux/pager.hpp>")
        for op in calls(api, resource):
            if op.kind == "borrowed":
                own |= {"<mux/borrowed.hpp>", f"<{api.structs[op.answer.name].file.views}>"}
        body += request_declarations(api, resource, hidden)
    else:
        own.add("<mux/send.hpp>")
    if resource.operations:
        std.add("<utility>")
    body += resource_class(api, resource, hidden)
    return header([std, own], body)


def named(op):
    result = [struct.name for struct in (op.body, op.query) if struct]
    leaf = op.answer.leaf().name if op.answer else ""
    return result + ([leaf] if leaf else [])


def request_declarations(api, resource, hidden):
    body = [f"/// The calls of `{resource.class_name}` as values, for `client::send` and `client::try_send`.",
            f"namespace {resource.namespace} {{", ""]
    for op in calls(api, resource):
        kind = f"[[nodiscard]] request<{answer(op, hidden)}> {op.name}("
        body += listing(kind, parameters(op, hidden, True), ");")
    return body + ["", f"}}  // namespace {resource.namespace}", ""]


def resource_class(api, resource, hidden):
    name = resource.class_name
    body = comment(resource.doc or f"`client.{'.'.join(part for part in path_words(resource))}`.")
    body += [f"class {name} {{", " public:"]
    members = [child.member for child in resource.children]
    initial = [f"{child.member}(core)" for child in resource.children]
    if resource.operations:
        initial.append("core_(std::move(core))")
    head = f"explicit {name}(std::shared_ptr<detail::client_core> core)"
    body += constructor(head, initial, bool(resource.operations))
    for op in calls(api, resource):
        body.append("")
        body += comment(doc(op), "  ")
        body += listing(f"[[nodiscard]] {returned(op, hidden)} {op.name}(", parameters(op, hidden, True), ") const;", "  ")
    if members:
        body.append("")
        body += [f"  {child.class_name} {child.member};" for child in resource.children]
    if resource.operations:
        body += ["", " private:", "  std::shared_ptr<detail::client_core> core_;"]
    return body + ["};"]


def path_words(resource):
    from naming import identifier

    return [identifier(part) for part in resource.tag.split(".")]


def constructor(head, initial, owns):
    if not owns:
        head = head.replace("std::shared_ptr<detail::client_core> core", "const std::shared_ptr<detail::client_core>& core")
    line = f"  {head} : {', '.join(initial)} {{}}"
    if len(line) <= COLUMNS:
        return [line]
    first, *rest = listing("", [f": {initial[0]}", *initial[1:]], " {}", "      ", "")
    return [f"  {head}"] + ([first] if not rest else rest[:1] + ["  " + line for line in rest[1:]])


def returned(op, hidden):
    if op.kind == "page":
        return f"pager<{op.answer.text(hidden)}>"
    if op.kind == "borrowed":
        return f"pager<{op.answer.view(hidden)}>"
    return f"asio::awaitable<{answer(op, hidden)}>"


def requests(api, group, resources):
    includes = {f"<{facade_path(resource)}>" for resource in resources}
    tables = {f'"api/schemas_{api.declared(name).file.group}.hpp"'
              for resource in resources for op in resource.operations for name in named(op)}
    body = []
    for resource in resources:
        body += [f"namespace {resource.namespace} {{", ""]
        for op in calls(api, resource):
            hidden = names_in(resource) | {argument.name for argument in op.arguments}
            body += listing(f"request<{answer(op, hidden)}> {op.name}(", parameters(op, hidden, False), ") {")
            paths = [f'{{"{argument.name}", {argument.name}}}' for argument in op.arguments]
            values = ", {" + ", ".join(paths) + "}" if paths else ""
            body.append(f"  api::call call(api::op::{op.row}{values});")
            if op.query:
                body.append(f"  call.query({'query' if op.body else 'params'});")
            if op.body:
                body.append("  call.body(params);")
            body += [f"  return {finish(op, hidden)};", "}", ""]
        body += [f"}}  // namespace {resource.namespace}", ""]
    return header([["<string>", "<string_view>"], includes, {'"api/call.hpp"'} | tables], body, pragma=False)


def finish(op, hidden):
    match op.kind:
        case "nothing":
            return "call.nothing()"
        case "raw":
            return "call.raw()"
        case "borrowed":
            return f"call.borrowed<{op.answer.view(hidden)}>()"
        case "unwrapped":
            return f"call.unwrapped<{answer(op, hidden)}>()"
    return f"call.whole<{answer(op, hidden)}>()"


def bodies(api, group, resources):
    includes = {f"<{facade_path(resource)}>" for resource in resources}
    body = []
    paged = False
    for resource in resources:
        for op in calls(api, resource):
            hidden = names_in(resource) | {argument.name for argument in op.arguments}
            head = f"{returned(op, hidden)} {resource.class_name}::{op.name}("
            body += listing(head, parameters(op, hidden, False), ") const {")
            call = f"{resource.namespace}::{op.name}({', '.join(arguments(op))})"
            if op.kind in ("page", "borrowed"):
                paged = True
                body += listing(
                    f"return {returned(op, hidden)}(",
                    ["core_", call, f"api::page_limit(params.limit, {op.page_limit})"],
                    ");",
                    "  ",
                )
            else:
                body += listing(f"return detail::send<{answer(op, hidden)}>(", ["core_", f"{call}.base()"], ");", "  ")
            body += ["}", ""]
    own = ['"api/page_limit.hpp"'] if paged else []
    return header([["<string>", "<string_view>"], includes, own], body, pragma=False)
