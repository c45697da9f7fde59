#!/usr/bin/env python3
"""Creates against a server whose burst is larger than the documented rate suggests, on the real clock.

Each way of making them is judged by the emulator's ledger and by its wall time against the optimum (N - B) / r:

  configured   one ingest that was told the server's burst
  discovery    one ingest that finds it out, at the price of one refusal
  nothing      one ingest that knows nothing and assumes 3
  loop         one `muxctl assets create` after the other, as in a shell loop
  parallel     the same, four at a time

Refusals are asserted always, wall times with --judge-time only: a slow machine is no fault.
"""

import argparse
import concurrent.futures
import sys
import time

from support import CommandLineTest

WAYS = ("configured", "discovery", "nothing", "loop", "parallel")


class Run(CommandLineTest):
    def runTest(self):
        """Only a carrier of the setting-up and cleaning-up of a test."""

    def measure(self, way, count, rate, burst):
        self.setUp()
        api = self.start_emulator(
            "--limit", f"video_post={rate}/{burst}", "--limit", "video_other=off", "--ready-after", "0"
        )
        self.limit = f"video_post={rate}"
        begun = time.monotonic()
        if way in ("loop", "parallel"):
            with concurrent.futures.ThreadPoolExecutor(4 if way == "parallel" else 1) as pool:
                codes = list(pool.map(lambda number: self.create(api, number), range(count)))
            failed = sum(code != 0 for code in codes)
        else:
            failed = self.ingest(api, way, count, burst)
        wall = time.monotonic() - begun
        ledger = api.ledger()
        self.doCleanups()
        return failed, wall, ledger

    def create(self, api, number):
        url = f"https://videos.example/{number}.mp4"
        return self.muxctl("--rate-limit", self.limit, "assets", "create", url, env=api.env).returncode

    def ingest(self, api, way, count, burst):
        manifest = self.write_manifest(count)
        told = {
            "configured": ("--rate-limit", f"{self.limit}/{burst}"),
            "discovery": ("--rate-limit", self.limit, "--discover-burst"),
            "nothing": ("--rate-limit", self.limit),
        }[way]
        return self.muxctl("ingest", *told, "--rate-limit", "video-other=off", manifest, env=api.env).returncode


def bounds(way, count, rate, burst):
    """Most refusals, and the longest wall time."""
    optimum = (count - burst) / rate
    return {
        "configured": (0, 1.05 * optimum),
        "discovery": (1, 1.10 * optimum),
        "nothing": (0, (count - 3) / rate + 2),
        "loop": (0, None),
        "parallel": (0, None),
    }[way]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--rate", type=float, default=1)
    parser.add_argument("--burst", type=int, default=10)
    parser.add_argument("--judge-time", action="store_true")
    given = parser.parse_args()
    good = True
    for way in given.ways:
        failed, wall, ledger = Run().measure(way, given.count, given.rate, given.burst)
        most, longest = bounds(way, given.count, given.rate, given.burst)
        optimum = (given.count - given.burst) / given.rate
        kept = failed == 0 and ledger["creates"] == given.count and ledger["duplicates"] == 0
        kept = kept and ledger["refused"] <= most
        if given.judge_time and longest:
            kept = kept and wall <= longest
        good = good and kept
        print(
            f"{way:10}  created {ledger['creates']}, refused {ledger['refused']} (at most {most}), "
            f"duplicates {ledger['duplicates']}, wall {wall:.2f} s, optimum {optimum:.2f} s, "
            f"ratio {wall / optimum:.3f}" + (f", bound {longest:.2f} s" if longest else "") + ("" if kept else "  MISSED"),
            flush=True,
        )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
