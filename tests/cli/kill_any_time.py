"""Kills larger ingests with SIGKILL at random instants, again and again, while the API fails at random too; compares
journals with the ledger. Then measures what going on costs.

usage: kill_any_time.py [--kills 500] [--urls 150] [--files 10] [--at-once 6] [--seed N] [--cost-rows 1000]
"""

import argparse
import concurrent.futures
import pathlib
import random
import sys
import tempfile
import time

from killable_job import Job, describe, marker_text
from support import Emulator

MOST_RUNS = 200
FAULTS = ("drop_before@video.assets.create=0.005", "drop_after@video.assets.create=0.005",
          "reset_before@video.assets.create=0.005", "reset_after@video.assets.create=0.005",
          "http_500_before@video.assets.create=0.005", "http_502_after@video.assets.create=0.005",
          "html_after@video.assets.create=0.005", "truncate@video.assets.create=0.005",
          "drop_after@video.uploads.create=0.02", "cut@storage.chunk=0.02", "upload_answer_lost=0.05",
          "http_503_before@video_other=0.02")


def torment(emulator, folder, number, chance, options):
    """A job that is killed until it has been killed often enough; kills and what is wrong."""
    job = Job(emulator, folder, f"job{number}", options.urls, options.files, file_size=2_000_000,
              options=["--horizon", options.horizon, "--rate", str(options.rate), "--burst", "20"])
    kills = 0
    wrong = [f"{job.name}: no end"]
    for _ in range(MOST_RUNS):
        left = max(job.rows_left(), 1)
        if kills < options.kills_a_job and job.run_until(chance.uniform(0, options.start + left / options.rate)):
            kills += 1
            continue
        code, said = job.run()
        if code == 0:
            wrong = job.complaints(emulator.created())
            break
        if code not in (5, 9):  # the API was too sick to go on; begun again
            wrong = [f"{job.name}: ended with {code}: {said}"]
            break
    if not wrong:
        job.remove()
    return kills, wrong


def cost(folder, options):
    """Calls and seconds of a resumed run for the rows that were left; what is wrong."""
    wrong = []
    for part in (0.9, 0.5, 0.1):
        # One of its own: a scan for lost creates reads all assets of the last minutes, whosever they are.
        own = folder / f"own{int(part * 10)}"
        own.mkdir()
        emulator = Emulator(own, "--no-limits", "--ready-after", "0", "--latency-ms", "20")
        job = Job(emulator, folder, f"cost{int(part * 10)}", options.cost_rows,
                  options=["--horizon", options.horizon, "--rate", "500", "--burst", "50"])
        process = job.start()
        while process.poll() is None and job.rows_left() > part * job.rows:
            time.sleep(0.02)
        process.kill()
        process.communicate()
        left, before, begun = job.rows_left(), emulator.ledger(), time.monotonic()
        code, said = job.run()
        took, after = time.monotonic() - begun, emulator.ledger()
        creates = after["creates"] - before["creates"]
        calls = {name: after["classes"][name]["requests"] - before["classes"][name]["requests"]
                 for name in ("video_post", "video_other", "system")}
        print(f"resumed with {left} of {job.rows} rows left: {creates} creates, calls {calls}, {took:.1f}s")
        wrong += job.complaints(emulator.created()) if code == 0 else [f"{job.name}: ended with {code}: {said}"]
        # A scan of at most all pages at each of four passes, and the sweep.
        if creates > left or calls["video_post"] > 1.1 * left + 5 or calls["video_other"] > 5 * (job.rows / 100 + 2):
            wrong.append(f"{job.name}: going on cost too much")
        emulator.stop()
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--kills-a-job", type=int, default=10)
    parser.add_argument("--urls", type=int, default=150)
    parser.add_argument("--files", type=int, default=10)
    parser.add_argument("--rate", type=float, default=60)
    parser.add_argument("--start", type=float, default=0.5, help="seconds that a run takes to begin")
    parser.add_argument("--at-once", type=int, default=6)
    parser.add_argument("--horizon", default="5s")
    parser.add_argument("--cost-rows", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    print(f"kill any time: {options}", flush=True)
    kills, jobs, wrong = 0, 0, []
    with tempfile.TemporaryDirectory(prefix="kill-any-time-") as folder:
        faults = [word for fault in FAULTS for word in ("--fault", fault)]
        emulator = Emulator(folder, "--no-limits", "--ready-after", "0", "--latency-ms", "20", "--list-lag", "500=0.5",
                            "--random-seed", str(options.seed), *faults)
        with concurrent.futures.ThreadPoolExecutor(options.at_once) as pool:
            while kills < options.kills and not wrong:
                chances = [random.Random(options.seed * 10_000 + jobs + i) for i in range(options.at_once)]
                numbers = range(jobs, jobs + options.at_once)
                for killed, each in pool.map(lambda n, c: torment(emulator, pathlib.Path(folder), n, c, options),
                                             numbers, chances):
                    kills += killed
                    wrong += each
                jobs += options.at_once
                print(f"{kills} kills, {jobs} jobs", flush=True)
        ledger, twice = emulator.ledger(), marker_text(emulator.created())
        emulator.stop()
        if options.cost_rows and not wrong:
            wrong += cost(pathlib.Path(folder), options)
    print("ledger: " + describe(ledger))
    for what in wrong[:20]:
        print("  " + what)
    good = not wrong and ledger["duplicates"] == 0 and not twice and kills >= options.kills
    print("every row once" if good else "FAILED")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
