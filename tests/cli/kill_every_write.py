"""Kills an ingest with SIGKILL before each of its writes to the disk, starts it again, and compares with the ledger.

usage: kill_every_write.py [--urls 3] [--files 2] [--calls pwrite64,fdatasync] [--every 1] [--at-once 4]

strace counts the calls of each thread and sends the signal as the call begins, so that it is never made. For each
number of a call there is a job of its own; the first one that comes to its end unharmed is the last.
"""

import argparse
import concurrent.futures
import pathlib
import shutil
import sys
import tempfile

from killable_job import Job, describe, marker_text
from support import Emulator

MOST = 5000
SKIPPED = 77


def kill_at(emulator, folder, call, number, options):
    """Whether the process was killed, and what is wrong."""
    job = Job(emulator, folder, f"{call}{number}", options.urls, options.files,
              options=["--horizon", options.horizon, "--rate", "500", "--burst", "50"])
    code, said = job.run("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                         f"inject={call}:signal=KILL:when={number}")
    killed = code in (-9, 137)
    wrong = [] if killed or code == 0 else [f"{job.name}: first run ended with {code}: {said}"]
    if killed:
        code, said = job.run()
        if code != 0:
            wrong.append(f"{job.name}: second run ended with {code}: {said}")
    if not wrong:
        wrong = job.complaints(emulator.created())
    if not wrong:
        job.remove()
    return killed, wrong


def sweep(emulator, folder, call, options, pool):
    kills, number = 0, 1
    while number < MOST:
        numbers = range(number, number + options.at_once * options.every, options.every)
        results = list(pool.map(lambda n: kill_at(emulator, folder, call, n, options), numbers))
        kills += sum(killed for killed, _ in results)
        wrong = [what for _, each in results for what in each]
        if wrong or not all(killed for killed, _ in results):
            return kills, wrong
        number += options.at_once * options.every
    return kills, [f"{call}: no end"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--urls", type=int, default=3)
    parser.add_argument("--files", type=int, default=2)
    parser.add_argument("--calls", default="fdatasync,pwrite64")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--horizon", default="2s")
    options = parser.parse_args()
    if shutil.which("strace") is None:
        print("skipped: there is no strace")
        return SKIPPED
    good = True
    with tempfile.TemporaryDirectory(prefix="kill-every-write-") as folder:
        emulator = Emulator(folder, "--no-limits", "--ready-after", "0", "--latency-ms", "5")
        with concurrent.futures.ThreadPoolExecutor(options.at_once) as pool:
            for call in options.calls.split(","):
                kills, wrong = sweep(emulator, pathlib.Path(folder), call, options, pool)
                print(f"{call}: killed at {kills} of them, one at a time; {options.urls} URLs and {options.files} files")
                for what in wrong:
                    print("  " + what)
                good = good and kills > 0 and not wrong
        ledger, twice = emulator.ledger(), marker_text(emulator.created())
        print("ledger: " + describe(ledger))
        emulator.stop()
    good = good and ledger["duplicates"] == 0 and not twice
    print("every row once" if good else "FAILED")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
