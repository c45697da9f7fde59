"""The strict checker itself: a right request passes, and each kind of wrong one is told apart from it."""

import dataclasses
import json
import unittest
from urllib.parse import quote

from description import Description
from examples import Examples
from request_check import CREDENTIALS, RequestCheck, escaped
from schema import Checker
from wire import Request

DESCRIPTION = Description()
EXAMPLES = Examples(DESCRIPTION)
CHECK = RequestCheck(DESCRIPTION, EXAMPLES)
OPERATIONS = {op.id: op for op in DESCRIPTION.operations}


def right_request(call):
    """The request of an example call, put together without the client."""
    op = call.operation
    target = op.path
    for name, value in call.arguments.items():
        target = target.replace("{" + name + "}", escaped(value))
    pairs = []
    for parameter in op.query_parameters:
        value = call.query.get(parameter["name"].removesuffix("[]"))
        for item in value if isinstance(value, list) else [] if value is None else [value]:
            text = item if isinstance(item, str) else json.dumps(item)
            pairs.append(f"{quote(parameter['name'], safe='')}={quote(text, safe='-._~')}")
    if pairs:
        target += "?" + "&".join(pairs)
    body = b""
    headers = [("Host", "127.0.0.1:1"), ("User-Agent", f"{op.id} {call.variant} mux-cpp/1.2.3"), ("Accept", "*/*")]
    if not op.public:
        headers.append(("Authorization", CREDENTIALS))
    if call.body is not None:
        body = json.dumps(EXAMPLES.on_the_wire(call.body, op.body)).encode()
        headers.append(("Content-Type", "application/json"))
    if body or op.method not in ("GET", "DELETE"):
        headers.append(("Content-Length", str(len(body))))
    return Request(op.method, target, headers, body, "127.0.0.1:1")


def right(id_, variant="full"):
    call = EXAMPLES.call(OPERATIONS[id_], variant)
    return call, right_request(call)


class RightRequests(unittest.TestCase):
    def test_of_every_call_pass(self):
        for call in EXAMPLES.calls():
            with self.subTest(operation=call.operation.id, variant=call.variant):
                self.assertEqual(list(CHECK.faults(right_request(call), call)), [])

    def test_there_are_155_operations(self):
        self.assertEqual(len(OPERATIONS), 155)

    def test_every_answer_is_as_described(self):
        checker = Checker(DESCRIPTION)
        for call in EXAMPLES.calls():
            if call.answer is not None and not isinstance(call.answer, bytes):
                with self.subTest(operation=call.operation.id, variant=call.variant):
                    self.assertEqual(list(checker.faults(call.answer, call.operation.answer)), [])


class WrongRequests(unittest.TestCase):
    def refused(self, id_, change, reason, variant="full"):
        call, request = right(id_, variant)
        faults = list(CHECK.faults(dataclasses.replace(request, **change(request)), call))
        self.assertTrue(any(reason in fault for fault in faults), faults)

    def with_header(self, name, value, reason, id_="video.assets.retrieve"):
        def change(request):
            kept = [pair for pair in request.headers if pair[0] != name]
            return {"headers": kept + ([(name, value)] if value is not None else [])}

        self.refused(id_, change, reason)

    def test_method(self):
        self.refused("video.assets.update", lambda r: {"method": "PUT"}, "method PUT, not PATCH")

    def test_path(self):
        self.refused("video.assets.retrieve", lambda r: {"target": r.target.replace("assets", "asset")}, "no operation")

    def test_two_ids_changed_places(self):
        target = "/video/v1/assets/TRACK_ID/tracks/ASSET_ID"
        self.refused("video.assets.deleteTrack", lambda r: {"target": target}, "path", variant="sparse")

    def test_id_that_is_not_escaped(self):
        for escape, raw in (("%2F", "/"), ("%3A", ":"), ("%C3", "%c3"), ("%20", "+")):
            with self.subTest(raw=raw):
                self.refused("video.assets.retrieve", lambda r: {"target": r.target.replace(escape, raw)}, "path")

    def test_brackets_missing(self):
        change = lambda r: {"target": r.target.replace("timeframe%5B%5D", "timeframe")}
        self.refused("data.errors.list", change, "query timeframe[] is missing")

    def test_brackets_not_escaped(self):
        change = lambda r: {"target": r.target.replace("timeframe%5B%5D", "timeframe[]")}
        self.refused("data.errors.list", change, "is not escaped")

    def test_space_as_plus(self):
        self.refused("data.errors.list", lambda r: {"target": r.target.replace("%20", "+")}, "is not escaped")

    def test_list_joined_by_commas(self):
        change = lambda r: {"target": r.target.replace("&filters%5B%5D=", "%2C")}
        self.refused("data.errors.list", change, "query filters[] is")

    def test_parameter_missing(self):
        change = lambda r: {"target": r.target.replace("order_by=field", "x=1")}
        self.refused("data.metrics.listBreakdownValues", change, "query order_by is missing")

    def test_parameter_that_is_not_described(self):
        self.refused("video.assets.list", lambda r: {"target": r.target + "&color=1"}, "not described: ['color']")

    def test_boolean_as_number(self):
        change = lambda r: {"target": r.target.replace("latest=true", "latest=1")}
        self.refused("video.playback.thumbnail", change, "query latest")

    def test_empty_query(self):
        self.refused("video.assets.list", lambda r: {"target": r.target + "?"}, "question mark", variant="sparse")

    def test_headers(self):
        self.with_header("Authorization", None, "Authorization is None")
        self.with_header("Authorization", "Bearer x", "Authorization is Bearer x")
        self.with_header("User-Agent", None, "User-Agent")
        self.with_header("Accept", "text/html", "Accept")
        self.with_header("Host", "api.mux.com", "Host")
        self.with_header("Content-Type", "application/json", "Content-Type")
        self.with_header("Content-Type", None, "Content-Type", "video.assets.create")
        self.with_header("Content-Length", "0", "Content-Length")
        self.with_header("X-Strange", "1", "nothing asks for")

    def test_credentials_for_a_playback_host(self):
        self.with_header("Authorization", CREDENTIALS, "Authorization", "video.playback.hls")

    def test_header_twice(self):
        change = lambda r: {"headers": r.headers + [("Accept", "*/*")]}
        self.refused("video.assets.retrieve", change, "header accept comes 2 times")

    def test_bodies(self):
        for old, new, reason in (
            (b'"url"', b'"uri"', "uri is not described"),
            (b'"test": true', b'"test": "true"', "is not of type boolean"),
            (b'"inputs": [', b'"inputs": [{},', "not {"),
            (b'"premium"', b'"luxury"', "is none of"),
            (b"{", b"", "is not JSON"),
            (b'"test": true', b'"test": true, "test": true', "comes twice"),
        ):
            with self.subTest(new=new):
                self.refused("video.assets.create", lambda r: {"body": r.body.replace(old, new, 1)}, reason)

    def test_required_member_missing(self):
        self.refused("video.assets.createTrack", lambda r: {"body": b"{}"}, "url is missing", variant="sparse")

    def test_body_where_none_is_described(self):
        self.refused("video.assets.retrieve", lambda r: {"body": b"{}"}, "a body where none is described")


if __name__ == "__main__":
    unittest.main()
