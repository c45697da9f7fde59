#!/usr/bin/env python3
"""No public header reaches Beast, OpenSSL or simdjson: asks the compiler which files one that includes them all reads.

usage: reach.py COMPILER [FLAG…]
"""

import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FORBIDDEN = ("/boost/beast/", "/boost/asio/ssl", "/openssl/", "/simdjson", "/sqlite3.h")


def main() -> int:
    headers = sorted(p.relative_to(ROOT / "include") for p in (ROOT / "include").rglob("*.hpp"))
    with tempfile.NamedTemporaryFile("w", suffix=".cpp") as unit:
        unit.writelines(f"#include <{h}>\n" for h in headers)
        unit.flush()
        command = [*sys.argv[1:], "-std=c++20", f"-I{ROOT / 'include'}", "-DBOOST_ASIO_SEPARATE_COMPILATION", "-M", unit.name]
        listing = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    read = listing.replace("\\\n", " ").split()
    reached = [name for name in read if any(f in name for f in FORBIDDEN) or str(ROOT / "src") in name]
    for name in reached:
        print(f"reachable from a public header: {name}")
    print(f"{len(headers)} public headers, {len(read)} files read, {len(reached)} of them forbidden")
    return 1 if reached or len(headers) < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
