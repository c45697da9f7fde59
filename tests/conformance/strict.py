#!/usr/bin/env python3
"""strict.py PROGRAM: every operation against our own strict checker, once as a request and once by the façade."""

import json
import sys

sys.dont_write_bytecode = True

from examples import Examples
from description import Description
from request_check import RequestCheck
from runs import Runs
from wire import Response


def response(call, answer):
    op = call.operation
    if op.answer is None:
        return Response(op.status)
    body = answer if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(op.status, op.content_type, body)


def run(program, form):
    description = Description()
    check = RequestCheck(description, Examples(description))
    found = []

    def answer_of(call):
        """A list that the façade walks ends with its first page."""
        if form == "facade" and call.operation.paged and "next_cursor" in call.answer:
            return {**call.answer, "next_cursor": None}
        return call.answer

    def answer(request, call):
        if call is None:
            return Response(404)
        found.extend((call, fault) for fault in check.faults(request, call, form == "facade" and call.operation.paged))
        return response(call, answer_of(call))

    runs = Runs(program, form, answer)
    for call, fault in found:
        runs.fault(call, fault)
    for name, call in runs.calls.items():
        runs.compare(call, answer_of(call))
        if runs.lines.get(name, {}).get("as_expected") is False:
            runs.fault(call, "the typed answer is not equal to the value made by hand")
    return runs.report("strict checker")


def main():
    good = [run(sys.argv[1], form) for form in ("request", "facade")]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
