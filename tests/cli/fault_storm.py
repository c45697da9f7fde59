"""Many rows at a high rate against an API that fails in every way it knows; compares the journal with the ledger.

usage: fault_storm.py [--rows 1000] [--rate 50] [--share 0.05] [--horizon 10s] [--seed N]
"""

import argparse
import pathlib
import random
import sys
import tempfile
import time

from killable_job import Job, describe, marker_text
from support import Emulator

KINDS = ("drop_before", "drop_after", "reset_before", "reset_after", "http_500_before", "http_500_after",
         "http_502_before", "http_502_after", "http_503_before", "http_503_after", "html_before", "html_after",
         "truncate", "delay:1500")
MOST_RUNS = 20


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--burst", type=int, default=10)
    parser.add_argument("--share", type=float, default=0.05, help="of the calls that meet a fault")
    parser.add_argument("--horizon", default="10s")
    parser.add_argument("--list-lag", type=int, default=2000, help="milliseconds, of half the assets")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    print(f"fault storm: {options}", flush=True)
    # Each kind befalls what the kinds before it have spared.
    faults = [word for kind in KINDS for word in ("--fault", f"{kind}={options.share / len(KINDS):.6f}")]
    with tempfile.TemporaryDirectory(prefix="fault-storm-") as folder:
        emulator = Emulator(folder, "--limit", f"video_post={options.rate}/{options.burst}", "--limit",
                            "video_other=off", "--ready-after", "0", "--list-lag", f"{options.list_lag}=0.5",
                            "--random-seed", str(options.seed), *faults)
        job = Job(emulator, pathlib.Path(folder), "storm", options.rows,
                  options=["--horizon", options.horizon, "--rate", str(options.rate), "--burst", str(options.burst)])
        begun = time.monotonic()
        for runs in range(1, MOST_RUNS + 1):
            code, said = job.run()
            if code not in (5, 9):  # these: the API was too sick to go on
                break
        wrong = [] if code == 0 else [f"run {runs} ended with {code}: {said}"]
        wrong += job.complaints(emulator.created())
        ledger, twice = emulator.ledger(), marker_text(emulator.created())
        emulator.stop()
    print(f"{options.rows} rows in {time.monotonic() - begun:.1f}s and {runs} runs; ledger: {describe(ledger)}")
    for what in wrong[:20]:
        print("  " + what)
    good = (not wrong and not twice and ledger["creates"] == options.rows and ledger["duplicates"] == 0
            and ledger["faults"] > 0)
    print("every row once" if good else "FAILED")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
