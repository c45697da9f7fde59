"""Whether a request on the wire is exactly the one that an example call describes."""

import base64
import re
from urllib.parse import quote

from schema import Checker

CREDENTIALS = "Basic " + base64.b64encode(b"token-id:token-secret").decode()
UNRESERVED = "-._~"
QUERY_PART = re.compile(r"(?:[A-Za-z0-9\-._~]|%[0-9A-F]{2})*")
OPTIONAL_HEADERS = {"accept-encoding", "connection"}


class Malformed(Exception):
    """Text that is not escaped as it must be."""


def escaped(text):
    """The only spelling of a path segment in which nothing is escaped without need."""
    return quote(text, safe=UNRESERVED)


def unescaped(text):
    if not QUERY_PART.fullmatch(text):
        raise Malformed(f"{text!r} is not escaped")
    data = re.sub(rb"%([0-9A-F]{2})", lambda m: bytes([int(m[1], 16)]), text.encode())
    return data.decode()


def query_of(text):
    """Name -> values in their order."""
    found = {}
    for pair in text.split("&"):
        name, equals, value = pair.partition("=")
        if not equals:
            raise Malformed(f"{pair!r} has no =")
        found.setdefault(unescaped(name), []).append(unescaped(value))
    return found


def scalar(text, schema):
    """A query value as the type that it is described as."""
    kind = schema.get("type")
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    try:
        return {"integer": int, "number": float}.get(kind, str)(text)
    except ValueError:
        return text


class RequestCheck:
    def __init__(self, description, examples):
        self.description = description
        self.examples = examples
        self.schema = Checker(description)

    def faults(self, request, call, walked=False):
        """One line a fault. `walked`: the request is the first of a listing that the façade walks."""
        op = call.operation
        path, mark, query = request.target.partition("?")
        if request.method != op.method:
            yield f"method {request.method}, not {op.method}"
        route = self.description.route(request.method, path)
        if route is None or route.id != op.id:
            yield f"{request.method} {path} is {route.id if route else 'no operation'}"
        expected = op.path
        for name, value in call.arguments.items():
            expected = expected.replace("{" + name + "}", escaped(value))
        if path != expected:
            yield f"path {path}, not {expected}"
        if mark and not query:
            yield "a question mark without a query"
        try:
            yield from self._query(query_of(query) if query else {}, call, walked)
        except Malformed as malformed:
            yield f"query: {malformed}"
        yield from self._headers(request, call)
        yield from self._body(request, call)

    def _query(self, found, call, walked):
        expected = dict(call.query)
        if walked:
            expected.setdefault("limit", call.operation.page_limit)
            if not expected.get("cursor"):
                expected.pop("cursor", None)
            if "cursor" in expected or expected.get("page") == 1:  # a cursor says more; walks begin at page 1
                expected.pop("page", None)
        for parameter in call.operation.query_parameters:
            name, schema = parameter["name"], self.description.resolve(parameter["schema"])
            is_list = schema.get("type") == "array"
            value = expected.pop(name.removesuffix("[]"), None)
            wanted = value if is_list else [value] if value is not None else None
            item = self.description.resolve(schema["items"]) if is_list else schema
            got = found.pop(name, None)
            if got is None:
                if wanted:
                    yield f"query {name} is missing"
                continue
            got = [scalar(text, item) for text in got]
            if got != wanted:
                yield f"query {name} is {got}, not {wanted}"
            yield from self.schema.faults(got if is_list else got[0], schema, f"query {name}")
        if found:
            yield f"query parameters that are not described: {sorted(found)}"
        if expected:
            yield f"the example gives parameters that are not described: {sorted(expected)}"

    def _headers(self, request, call):
        names = [name.lower() for name, _ in request.headers]
        for name in sorted(set(names)):
            if names.count(name) > 1:
                yield f"header {name} comes {names.count(name)} times"
        found = {name.lower(): value for name, value in request.headers}
        if found.pop("host", None) != request.host:
            yield f"Host is not {request.host}"
        authorization = found.pop("authorization", None)
        if authorization != (None if call.operation.public else CREDENTIALS):
            yield f"Authorization is {authorization}"
        agent = found.pop("user-agent", "")
        if not re.fullmatch(re.escape(f"{call.operation.id} {call.variant} ") + r"mux-cpp/\d+\.\d+\.\d+", agent):
            yield f"User-Agent is {agent!r}"
        accept = found.pop("accept", "")
        kind = call.operation.content_type
        if accept not in ({kind, "*/*"} if kind else {"application/json", "*/*"}):
            yield f"Accept is {accept!r}, the answer is {kind or 'empty'}"
        if found.pop("content-type", None) != ("application/json" if request.body else None):
            yield "Content-Type does not fit the body"
        length = found.pop("content-length", None)
        wanted = None if request.method in ("GET", "DELETE") and not request.body else str(len(request.body))
        if length != wanted:
            yield f"Content-Length is {length}, not {wanted}"
        if set(found) - OPTIONAL_HEADERS:
            yield f"headers that nothing asks for: {sorted(set(found) - OPTIONAL_HEADERS)}"

    def _body(self, request, call):
        if call.body is None:
            if request.body:
                yield f"a body where none is described: {request.body[:80]!r}"
            return
        try:
            got = request.json()
        except ValueError as wrong:
            yield f"the body is not JSON: {wrong}"
            return
        wanted = self.examples.on_the_wire(call.body, call.operation.body)
        if got != wanted:
            yield f"body {request.body.decode()}, not {wanted}"
        yield from self.schema.faults(got, call.operation.body, "body")
