#!/usr/bin/env python3
"""The table of scripts/bench_limiter: medians of Google Benchmark's result files beside their targets. Fails if a
target is missed.

usage: bench_limiter_report.py RESULT.json…
"""

import datetime
import json
import pathlib
import re
import statistics
import subprocess
import sys

# Name of the benchmark, counter (or none: the time), unit, target. `clock` stands for what reading the clock costs.
ROWS = [
    ("clock_alone", None, "ns", None),
    ("bucket_try_enter", None, "ns", 10),
    ("bucket_commit", None, "ns", 10),
    ("bucket_try_enter_and_commit", None, "ns", None),
    ("bucket_refused", None, "ns", 10),
    ("bucket_try_enter_with_clock", None, "ns", "clock + 10"),
    ("scheduler_try_enter_and_commit", None, "ns", None),
    ("scheduler_try_enter_and_commit_with_clock", None, "ns", None),
    ("scheduler_accepted", None, "ns", None),
    ("bucket_contended/real_time/threads:2", None, "ns", None),
    ("bucket_contended/real_time/threads:4", None, "ns", None),
    ("bucket_contended_refused/real_time/threads:2", None, "ns", None),
    ("bucket_contended_refused/real_time/threads:4", None, "ns", None),
    *((f"queue_{what}/waiters:{size}/kind:{kind}", None, "ns", 100)
      for what in ("enqueue", "cancel") for size in (1000, 100000, 1000000) for kind in range(4)),
    ("queue_poll_and_commit/waiters:1000000/kind:0", None, "ns", None),
    ("queue_poll_and_commit/waiters:1000000/kind:3", None, "ns", None),
    ("queue_expire/waiters:1000000/kind:1", None, "ns", None),
    ("lane_grant_and_resume/waiters:1000/at_once:1", None, "ns", 250),
    ("lane_grant_and_resume/waiters:1000000/at_once:1", None, "ns", 250),
    ("lane_grant_and_resume/waiters:1000000/at_once:64", None, "ns", 250),
    ("bare_resume/waiters:1000000", None, "ns", None),
    ("lane_memory/waiters:1000000", "queued_call", "bytes", 96),
    ("lane_memory/waiters:1000000", "bytes_ours", "bytes", None),
    ("lane_memory/waiters:1000000", "bytes", "bytes", None),
    ("lane_memory/waiters:1000000", "blocks_ours", "blocks", 0),
    ("lane_memory/waiters:1000000", "blocks", "blocks", None),
    ("lane_memory/waiters:1000000", "alarms_armed", "alarms", 1),
    ("lane_stress/waiters:1000000", "s_to_queue", "s", None),
    ("lane_stress/waiters:1000000", "s_to_cancel", "s", None),
    ("lane_stress/waiters:1000000", "ns_late", "ns", 2000),
    ("lane_stress/waiters:1000000", "bytes_left", "bytes", 4096),
    ("lane_stress/waiters:1000000", "peak_rss_mib", "MiB", None),
    ("wake_lateness", "p50_ms", "ms", None),
    ("wake_lateness", "p99_ms", "ms", 2),
    ("wake_lateness", "max_ms", "ms", None),
    ("wake_lateness", "earliest_ms", "ms", ">= -1 tick"),
]


def processor() -> str:
    found = re.search(r"^model name\s*:\s*(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found.group(1) if found else "unknown processor"


def commit() -> str:
    say = lambda *words: subprocess.run(["git", *words], capture_output=True, text=True, check=False).stdout.strip()
    return say("rev-parse", "--short", "HEAD") + (" and changes" if say("status", "--porcelain", "src", "bench") else "")


def main() -> int:
    runs = {}
    for name in sys.argv[1:]:
        for row in json.loads(pathlib.Path(name).read_text())["benchmarks"]:
            if row["run_type"] == "iteration":
                key = re.sub(r"/(iterations:\d+|manual_time|repeats:\d+)", "", row["run_name"])
                runs.setdefault(key, []).append(row)

    def median(key: str, counter: str | None) -> float:
        rows = runs[key]
        if any(row.get("error_occurred") for row in rows):
            sys.exit(f"{key}: {rows[0].get('error_message')}")
        return statistics.median(row[counter or "real_time"] for row in rows)

    missed = 0
    print(f"{datetime.date.today()}, commit {commit()}, {processor()}")
    print(f"{'':<62}{'median':>10} {'unit':<7}{'target':>12}{'ratio':>7}")
    for key, counter, unit, target in ROWS:
        value = median(key, counter)
        ratio = met = None
        if target == "clock + 10":
            bound = median("clock_alone", None) + 10
        elif target == ">= -1 tick":
            bound, met = None, value >= -0.001024
        else:
            bound = target
        if bound is not None:
            met = value <= bound + 0.005
            ratio = value / bound if bound else None
        missed += met is False
        name = key + (f" {counter}" if counter else "")
        shown = "" if target is None else str(target) if isinstance(target, str) else f"{target:,}"
        print(f"{name:<62}{value:>10,.2f} {unit:<7}{shown:>12}{'' if ratio is None else f'{ratio:.2f}':>7}"
              f"{'  missed' if met is False else ''}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
