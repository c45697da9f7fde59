#!/usr/bin/env python3
"""Adds up gcovr's summary by room of src.

usage: coverage_report.py SUMMARY.json
"""

import collections
import json
import pathlib
import sys


def room(name: str) -> str:
    parts = pathlib.PurePath(name).parts
    return "/".join(parts[:2]) if parts[0] == "src" else "include"


def main() -> int:
    with open(sys.argv[1], encoding="utf-8") as file:
        summary = json.load(file)
    covered, total = collections.Counter(), collections.Counter()
    for entry in summary["files"]:
        for name in (room(entry["filename"]), "all"):
            covered[name] += entry["line_covered"]
            total[name] += entry["line_total"]
    for name in sorted(total, key=lambda n: (n == "all", n)):
        print(f"{name:16} {covered[name]:6} of {total[name]:6} lines  {100 * covered[name] / total[name]:5.1f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main())
