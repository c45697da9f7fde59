#!/usr/bin/env python3
"""What a public header costs its user: lines after preprocessing, against the table in budget.tsv, and memory of the compiler.

usage: budget.py COMPILER [--update]

Lines are those of `COMPILER -E` that are neither blank nor line markers. They depend on the standard library and on Boost,
so the table holds for Debian 12 (GCC 12, Boost 1.81); elsewhere the check is skipped (exit code 77). A header that grew on
purpose, a new or a removed one: run it with --update and look at what changed in the table. Entries are the measured
number plus a twentieth, rounded up to whole thousands.
"""

import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = pathlib.Path(__file__).resolve().parent / "budget.tsv"
FLAGS = ["-std=c++20", f"-I{ROOT / 'include'}", "-DBOOST_ASIO_SEPARATE_COMPILATION"]
SKIPPED = 77

# One call, and what Asio's awaitable costs alone.
ONE_CALL = """#include <mux/mux.hpp>
boost::asio::awaitable<void> run(const mux::client& client) {
  const mux::asset asset = co_await client.video.assets.retrieve("an-asset");
  (void)asset;
}
"""
AWAITABLE_ALONE = """#include <string>
#include <boost/asio/awaitable.hpp>
boost::asio::awaitable<std::string> retrieve(std::string id);
boost::asio::awaitable<void> run() {
  const std::string asset = co_await retrieve("an-asset");
  (void)asset;
}
"""
MOST_MIB_BEYOND_AWAITABLE = 250


def preprocessed(compiler: str, header: str) -> str:
    return subprocess.run([compiler, *FLAGS, "-E", "-x", "c++", "-"], input=f"#include <{header}>\n", check=True,
                          capture_output=True, text=True).stdout


def weigh(compiler: str, header: str) -> tuple:
    """Lines, and whether Asio is among them."""
    text = preprocessed(compiler, header)
    lines = sum(1 for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return lines, "/boost/asio/" in text


def compiler_cost(compiler: str, text: str) -> tuple:
    """Seconds of CPU and the peak in MiB of compiling `text` to an object file."""
    with tempfile.TemporaryDirectory() as folder:
        unit = pathlib.Path(folder, "unit.cpp")
        unit.write_text(text, encoding="utf-8")
        child = subprocess.Popen([compiler, *FLAGS, "-O2", "-c", str(unit), "-o", f"{folder}/unit.o"])
        _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit("the file with one call does not compile")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def is_debian_12(compiler: str) -> bool:
    macros = "__GNUC__ BOOST_LIB_VERSION __clang__"
    text = subprocess.run([compiler, "-E", "-P", "-x", "c++", "-"], input=f"#include <boost/version.hpp>\n{macros}\n", check=True,
                          capture_output=True, text=True).stdout
    return text.split()[-3:] == ["12", '"1_81"', "__clang__"]


def read_table() -> dict:
    rows = (line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines())
    return {header: int(most) for header, most in rows}


def main() -> int:
    compiler = sys.argv[1]
    if not is_debian_12(compiler):
        print("skipped: the table holds for GCC 12 with Boost 1.81")
        return SKIPPED
    headers = sorted(str(p.relative_to(ROOT / "include")) for p in (ROOT / "include").rglob("*.hpp"))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as threads:
        weights = dict(zip(headers, threads.map(lambda h: weigh(compiler, h), headers)))

    if "--update" in sys.argv:
        rows = (f"{h}\t{-(-lines * 21 // 20000) * 1000}\n" for h, (lines, _) in weights.items())
        TABLE.write_text("".join(rows), encoding="utf-8")
        print(f"{TABLE}: {len(weights)} headers")
        return 0

    faults = []
    table = read_table()
    for header in sorted(table.keys() - weights.keys()):
        faults.append(f"{header}: in the table, but gone; budget.py --update")
    for header, (lines, asio) in weights.items():
        if header not in table:
            faults.append(f"{header}: {lines} lines, not in the table; budget.py --update")
        elif lines > table[header]:
            faults.append(f"{header}: {lines} lines, more than {table[header]}; which #include is it?")
        if asio and "/models/" in header:
            faults.append(f"{header}: models are free of Asio")

    alone_seconds, alone_peak = compiler_cost(compiler, AWAITABLE_ALONE)
    call_seconds, call_peak = compiler_cost(compiler, ONE_CALL)
    if call_peak - alone_peak > MOST_MIB_BEYOND_AWAITABLE:
        faults.append(f"one call takes {call_peak - alone_peak:.0f} MiB beyond awaitable, more than {MOST_MIB_BEYOND_AWAITABLE}")
    for fault in faults:
        print(fault)
    print(f"{len(weights)} headers, {len(faults)} faults; one call takes the compiler {call_seconds:.1f} s and {call_peak:.0f} MiB, "
          f"Asio's awaitable alone {alone_seconds:.1f} s and {alone_peak:.0f} MiB")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
