"""A plain HTTP/1.1 server that hides nothing of a request from its handler."""

import json
import socketserver
import threading
from dataclasses import dataclass


@dataclass
class Request:
    method: str
    target: str  # as it came, undecoded
    headers: list  # (name, value) in their order
    body: bytes
    host: str  # what Host must say: where this server listens

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name), "")

    def json(self):
        """The body. Raises ValueError for anything else than UTF-8 JSON without repeated members."""

        def once(pairs):
            if len({key for key, _ in pairs}) != len(pairs):
                raise ValueError("a member comes twice")
            return dict(pairs)

        return json.loads(self.body.decode(), object_pairs_hook=once)


@dataclass
class Response:
    status: int
    content_type: str = ""
    body: bytes = b""


class Connection(socketserver.StreamRequestHandler):
    def handle(self):
        while request := self.read():
            response = self.server.answer(request)
            head = f"HTTP/1.1 {response.status} Example\r\n"
            if response.content_type:
                head += f"Content-Type: {response.content_type}\r\n"
            if response.status != 204:
                head += f"Content-Length: {len(response.body)}\r\n"
            self.wfile.write(head.encode() + b"\r\n" + response.body)

    def read(self):
        line = self.rfile.readline()
        if not line:
            return None
        method, target, version = line.decode("latin-1").removesuffix("\r\n").split(" ")
        if version != "HTTP/1.1":
            raise ValueError(version)
        headers = []
        while (line := self.rfile.readline()) != b"\r\n":
            name, _, value = line.decode("latin-1").removesuffix("\r\n").partition(": ")
            headers.append((name, value))
        host = "{}:{}".format(*self.server.server_address)
        request = Request(method, target, headers, b"", host)
        request.body = self.rfile.read(int(request.header("content-length") or 0))
        return request


class Server(socketserver.ThreadingTCPServer):
    """`answer`: Request -> Response, called on the connection's thread."""

    daemon_threads = True

    def __init__(self, answer):
        super().__init__(("127.0.0.1", 0), Connection)
        self.answer = answer

    @property
    def url(self):
        return "http://{}:{}".format(*self.server_address)

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()
