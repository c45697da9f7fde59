"""Runs the program of example calls and keeps what was sent and what came of each call."""

import json
import subprocess
import threading

from description import Description
from examples import Examples
from wire import Server

HOSTS = ("https://api.mux.com", "https://stream.mux.com", "https://image.mux.com")


def host_of(op):
    return op.node.get("servers", [{"url": HOSTS[0]}])[0]["url"]


def stripped(value):
    """Without what says no more than its absence: null, empty lists and objects as members."""
    if isinstance(value, list):
        return [stripped(item) for item in value]
    if not isinstance(value, dict):
        return value
    members = {key: stripped(item) for key, item in value.items()}
    return {key: item for key, item in members.items() if item is not None and item != [] and item != {}}


def plain(value):
    """The program writes raw bytes as {"hex": …}, texts of the envelope too."""
    if isinstance(value, dict):
        return bytes.fromhex(value["hex"]) if set(value) == {"hex"} else {k: plain(v) for k, v in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def kept_of(call, answer):
    """What the typed value must hold of an answer (JSON, bytes or None)."""
    op = call.operation
    if isinstance(answer, dict) and "x-unwrap" in op.node:
        return stripped(answer[op.node["x-unwrap"]])
    if isinstance(answer, dict) and op.paged:
        # A page keeps its items and what leads on; the echo of the query and the granularity of metrics it drops.
        answer = {key: value for key, value in answer.items() if key not in ("page", "limit", "meta")}
        if "next_cursor" in answer and answer["next_cursor"] is not None:
            answer["next_cursor"] = answer["next_cursor"].encode()
    return stripped(answer)


class Runs:
    """Every example call in one form, `request` or `facade`. `answer(request, call)` is asked for each request."""

    def __init__(self, program, form, answer):
        self.description = Description()
        self.calls = {f"{c.operation.id} {c.variant}": c for c in Examples(self.description).calls()}
        self.faults = {name: [] for name in self.calls}
        self.seen = {name: 0 for name in self.calls}
        self.strays = []
        self.form = form
        self._answer = answer
        self._lock = threading.Lock()
        servers = [Server(lambda request, host=host: self._serve(host, request)) for host in HOSTS]
        with servers[0], servers[1], servers[2]:
            done = subprocess.run(
                [program, form, *(server.url for server in servers)], stdout=subprocess.PIPE, check=True, timeout=600
            )
        self._judge([json.loads(line) for line in done.stdout.decode("utf-8", "surrogateescape").splitlines()])

    def _serve(self, host, request):
        name = request.header("user-agent").rpartition(" ")[0]
        with self._lock:
            call = self.calls.get(name)
            if call is None:
                self.strays.append(f"{request.method} {request.target} of {name!r}")
                return self._answer(request, None)
            self.seen[name] += 1
            if host_of(call.operation) != host:
                self.faults[name].append(f"sent to the host that stands for {host}")
        return self._answer(request, call)

    def fault(self, call, text):
        with self._lock:
            self.faults[f"{call.operation.id} {call.variant}"].append(text)

    def _judge(self, lines):
        self.lines = {line["call"]: line for line in lines}
        for name in self.calls:
            if self.seen[name] != 1:
                self.faults[name].append(f"{self.seen[name]} requests came")
            if name not in self.lines:
                self.faults[name].append("was not called")
            elif "error" in self.lines[name]:
                self.faults[name].append(f"failed: {self.lines[name]['error']}")

    def compare(self, call, answer):
        """Whether the typed value of a call holds everything of its answer."""
        line = self.lines.get(f"{call.operation.id} {call.variant}", {})
        if "answer" in line:
            got, wanted = stripped(plain(line["answer"])), kept_of(call, answer)
            if got != wanted:
                self.fault(call, f"the typed answer holds {got}, not {wanted}")

    def conforming(self):
        """Operations of which no call has a fault."""
        wrong = {self.calls[name].operation.id for name, faults in self.faults.items() if faults}
        return [op.id for op in self.description.operations if op.id not in wrong]

    def report(self, checker):
        """Prints faults and the count; true if there is nothing to complain about."""
        for name, faults in self.faults.items():
            for fault in faults:
                print(f"{self.form} {name}: {fault}")
        for stray in self.strays:
            print(f"{self.form}: belongs to no call: {stray}")
        good, all_ = len(self.conforming()), len(self.description.operations)
        print(f"{checker}, by {self.form}: {good} of {all_} operations conform")
        return good == all_ and not self.strays
