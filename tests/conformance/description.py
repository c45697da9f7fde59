"""The API's description as the checkers see it: operations, schemas, and which operation a request is for.

Shares nothing with the generator, the codec or the emulator, so that a fault cannot cancel itself out.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

PINNED = Path(__file__).resolve().parents[2] / "src" / "codegen" / "openapi.json"


@dataclass
class Operation:
    id: str
    method: str
    path: str
    node: dict
    path_parameters: list = field(default_factory=list)
    query_parameters: list = field(default_factory=list)
    body: dict | None = None
    status: int = 0
    content_type: str = ""  # empty: no body is answered
    answer: dict | None = None

    @property
    def public(self):
        """Whether the call goes to a playback host, which takes no credentials."""
        return self.node.get("security") == []

    @property
    def paged(self):
        """Whether the façade walks over pages by itself."""
        return "x-pagination" in self.node

    @property
    def page_limit(self):
        """Items a page that a listing asks for unless it is told otherwise: the most that is allowed."""
        schema = next(p["schema"] for p in self.query_parameters if p["name"] == "limit")
        return min(100, schema.get("maximum", 100))


class Description:
    def __init__(self, path=PINNED):
        self.spec = json.loads(Path(path).read_text())
        self.schemas = self.spec["components"]["schemas"]
        self.operations = [
            self._operation(path, method, node)
            for path, methods in self.spec["paths"].items()
            for method, node in methods.items()
        ]
        self._routes = sorted(
            ((self._literal_length(op.path), self._pattern(op.path), op) for op in self.operations),
            key=lambda route: -route[0],
        )

    def resolve(self, node):
        while "$ref" in node:
            node = self.schemas[node["$ref"].rsplit("/", 1)[-1]]
        return node

    def route(self, method, path):
        """The operation that a request with this undecoded path reaches, or nothing."""
        for _, pattern, op in self._routes:
            if op.method == method and pattern.fullmatch(path):
                return op
        return None

    def _operation(self, path, method, node):
        op = Operation(node["operationId"], method.upper(), path, node)
        for parameter in node.get("parameters", []):
            {"path": op.path_parameters, "query": op.query_parameters}[parameter["in"]].append(parameter)
        if "requestBody" in node:
            op.body = node["requestBody"]["content"]["application/json"]["schema"]
        status, answer = next((s, a) for s, a in node["responses"].items() if s != "default")
        op.status = int(status)
        for content_type, content in answer.get("content", {}).items():
            op.content_type, op.answer = content_type, content["schema"]
        return op

    @staticmethod
    def _pattern(path):
        parts = re.split(r"\{\w+\}", path)
        return re.compile("[^/?#]+".join(re.escape(part) for part in parts))

    @staticmethod
    def _literal_length(path):
        """Of two templates that fit, the one with more text of its own is meant."""
        return len(re.sub(r"\{\w+\}", "", path))
