#!/usr/bin/env python3
"""A second opinion: Clang compiles every public header alone, and every example, without a warning.

usage: clang.py; exit code 77 if there is no clang++-19.
"""

import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FLAGS = ["-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror", f"-I{ROOT / 'include'}",
         "-DBOOST_ASIO_SEPARATE_COMPILATION"]
SKIPPED = 77


def main() -> int:
    compiler = shutil.which("clang++-19")
    if compiler is None:
        print("skipped: no clang++-19")
        return SKIPPED

    def complaint(path: pathlib.Path) -> str:
        text = f"#include <{path.relative_to(ROOT / 'include')}>\n" if path.suffix == ".hpp" else path.read_text(encoding="utf-8")
        ran = subprocess.run([compiler, *FLAGS, "-x", "c++", "-"], input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return f"{path.relative_to(ROOT)}:\n{ran.stdout}" if ran.returncode != 0 else ""

    headers = sorted((ROOT / "include").rglob("*.hpp"))
    examples = sorted((ROOT / "examples").glob("*.cpp"))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as threads:
        complaints = [c for c in threads.map(complaint, headers + examples) if c]
    for each in complaints:
        print(each)
    print(f"{len(headers)} headers and {len(examples)} examples, {len(complaints)} refused")
    return 1 if complaints or not headers or not examples else 0


if __name__ == "__main__":
    sys.exit(main())
