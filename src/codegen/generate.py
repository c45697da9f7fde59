#!/usr/bin/env python3
"""Generates the models, tables and façades of the Mux API from its description. See README.md.

  generate.py            writes the output
  generate.py --check    fails if the committed output differs from what would be written
  generate.py --golden   the same for the fixture in golden/; with --update-golden it is written
"""

import argparse
import difflib
import json
import sys
import tomllib
from pathlib import Path

sys.dont_write_bytecode = True

import build
import emit_facades
import emit_models
import emit_tables
from layout import BANNER

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
GOLDEN = HERE / "golden"

# Folders that hold nothing but generated files, and what is written by hand beside generated files.
GENERATED_FOLDERS = ["include/mux/video", "include/mux/data", "include/mux/robots", "include/mux/system", "src/api"]
BY_HAND = {
    "src/api/borrow.hpp",
    "src/api/call.cpp",
    "src/api/call.hpp",
    "src/api/describe_credentials.cpp",
    "src/api/described.hpp",
    "src/api/json_text.cpp",
    "src/api/list_row.hpp",
    "src/api/operation_text.cpp",
    "src/api/page_limit.hpp",
}


def load(folder):
    """The description, overrides, wording and the order of operations in a folder."""
    spec = json.loads((folder / "openapi.json").read_text())
    overrides = tomllib.loads((folder / "overrides.toml").read_text())
    wording = tomllib.loads((folder / "wording.toml").read_text())
    for table in ("fields", "members"):
        for name, words in wording.pop(table, {}).items():
            wording[f"{table}.{name}"] = words
    order = folder / "endpoints.tsv"
    lines = order.read_text().splitlines()[1:] if order.exists() else []
    return spec, overrides, wording, [line.split("\t")[0] for line in lines]


def output(folder):
    """Path -> text of every generated file."""
    api = build.Builder(*load(folder)).build()
    return {**emit_models.files(api), **emit_tables.files(api), **emit_facades.files(api)}


def committed(root, folders):
    """Path -> text of every file in the generated folders."""
    found = {}
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file():
                found[path.relative_to(root).as_posix()] = path.read_text()
    return found


def differences(wanted, present, by_hand=frozenset()):
    """One line for each file that is missing, stale, changed or not known to the generator."""
    report = []
    for path, text in wanted.items():
        if path not in present:
            report.append(f"missing: {path}")
        elif present[path] != text:
            diff = list(difflib.unified_diff(present[path].splitlines(), text.splitlines(), lineterm="", n=0))
            changed = [line for line in diff[2:] if line[0] in "+-"]
            report.append(f"differs: {path} ({len(changed)} lines)")
            report += [f"    {line}" for line in changed[:4]]
    for path in sorted(set(present) - set(wanted) - set(by_hand)):
        stale = present[path].startswith(BANNER)
        report.append(f"{'stale' if stale else 'not generated, not listed as written by hand'}: {path}")
    return report


def write(root, files, present):
    for path, text in files.items():
        if present.get(path) != text:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
    for path in set(present) - set(files):
        if present[path].startswith(BANNER):
            (root / path).unlink()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare only")
    parser.add_argument("--golden", action="store_true", help="compare the fixture only")
    parser.add_argument("--update-golden", action="store_true", help="write the fixture's output")
    options = parser.parse_args()
    golden = options.golden or options.update_golden
    try:
        files = output(GOLDEN if golden else HERE)
    except build.Wrong as wrong:
        sys.exit(f"generate.py: {wrong}")

    root = GOLDEN / "expected" if golden else ROOT
    folders = ["."] if golden else GENERATED_FOLDERS
    present = committed(root, folders)
    outside = [path for path in files if path not in present and (root / path).exists()]
    present |= {path: (root / path).read_text() for path in outside}
    if not (options.check or options.golden):
        write(root, files, present)
        print(f"{len(files)} files")
        return
    report = differences(files, present, set() if golden else BY_HAND)
    if report:
        print("\n".join(report))
        sys.exit("The generated files differ: run src/codegen/generate.py" + (" --update-golden" if golden else ""))
    print(f"{len(files)} files are as generated")


if __name__ == "__main__":
    main()
