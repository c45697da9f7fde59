#!/usr/bin/env python3
"""contract.py PROGRAM PACKAGES: every operation against the contract mock in PACKAGES/node_modules.

The mock, written by others, validates the requests against the description and makes up the answers.
"""

import copy
import http.client
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

sys.dont_write_bytecode = True

from description import Description
from examples import TEXTS
from runs import HOSTS, Runs, host_of
from wire import Response

MOCK = Path(__file__).resolve().parent / "prism" / "mock.mjs"


def stricter(node):
    """The description in the words of JSON Schema alone, so that the mock sees all that it says."""
    if isinstance(node, list):
        for item in node:
            stricter(item)
    elif isinstance(node, dict):
        for item in node.values():
            stricter(item)
        if "properties" in node and node.get("type") == "object":
            node.setdefault("additionalProperties", False)
        if node.get("x-string-format") in ("unix-seconds", "decimal-integer"):
            node["pattern"] = r"^-?\d+$"
            node["examples"] = [TEXTS[node["x-string-format"]][0]]


def description_of(description, host, whole):
    """The part of the description that one host serves; some paths of two hosts look alike. `whole`: for calls that
    give every parameter, so that one under a wrong name is missed."""
    spec = copy.deepcopy(description.spec)
    spec["paths"] = {}
    for op in description.operations:
        if host_of(op) == host:
            node = {key: value for key, value in copy.deepcopy(op.node).items() if key != "servers"}
            for parameter in node.get("parameters", []):
                parameter["required"] = whole or parameter.get("required", False)
            spec["paths"].setdefault(op.path, {})[op.method.lower()] = node
    stricter(spec)
    return spec


class Mocks:
    """The process with two mocks for each host: for calls with all parameters, and for others."""

    def __init__(self, packages, folder):
        description = Description()
        kinds = [(host, whole) for host in HOSTS for whole in (True, False)]
        paths = [Path(folder) / f"{number}.json" for number in range(len(kinds))]
        for kind, path in zip(kinds, paths):
            path.write_text(json.dumps(description_of(description, *kind)))
        self.process = subprocess.Popen(
            ["node", MOCK, packages, *paths], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        line = self.process.stdout.readline()
        if not line:
            sys.exit("the mock did not start")
        self.addresses = {kind: urlsplit(url).netloc for kind, url in zip(kinds, json.loads(line))}

    def ask(self, call, request):
        """The answer, and what the mock found wrong with the request."""
        address = self.addresses[host_of(call.operation), call.variant == "full"]
        connection = http.client.HTTPConnection(address, timeout=60)
        connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
        for name, value in request.headers:
            connection.putheader(name, value)
        connection.endheaders(request.body)
        answer = connection.getresponse()
        response = Response(answer.status, answer.getheader("content-type", ""), answer.read())
        connection.close()
        return response, answer.getheader("sl-violations", "")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.communicate(timeout=60)


def run(program, mocks):
    """The calls as requests; true if the mock accepted all and each answer became a typed value."""
    answers, found = [], []

    def answer(request, call):
        if call is None:
            return Response(404)
        response, violations = mocks.ask(call, request)
        if violations or response.status != call.operation.status:
            found.append((call, f"{response.status} {violations} {response.body.decode(errors='replace')}"))
        answers.append((call, response))
        return response

    runs = Runs(program, "request", answer)
    for call, fault in found:
        runs.fault(call, fault)
    for call, response in answers:
        as_is = call.operation.answer is None or call.operation.answer.get("type") == "string"
        value = (response.body or None) if as_is else json.loads(response.body)
        runs.compare(call, value)
    return runs.report("contract mock")


def main():
    program, packages = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder, Mocks(packages, folder) as mocks:
        sys.exit(0 if run(program, mocks) else 1)


if __name__ == "__main__":
    main()
