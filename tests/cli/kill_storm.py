"""Kills an ingest with SIGKILL at random moments, starts it again until it is done, and compares with the ledger.

usage: kill_storm.py [--rounds 20] [--rows 100] [--rate 20] [--burst 5] [--lost 0] [--horizon 2s] [--seed N]
       kill_storm.py --manifest FILE [--rounds 20] [--horizon 90s] …    at the documented limits
"""

import argparse
import csv
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

from support import MUXCTL, PATIENCE, Emulator


def run_storm(options, folder):
    chance = random.Random(options.seed)
    documented = options.manifest is not None
    arguments = [] if documented else ["--limit", f"video_post={options.rate}/{options.burst}",
                                       "--limit", "video_other=off"]
    # Answers take their time, as in the world: most kills then hit a create between its execution and its record.
    arguments += ["--latency-ms", "40"]
    if options.lost:
        arguments += ["--fault", f"create_answer_lost={options.lost}"]
    emulator = Emulator(folder, *arguments)
    manifest = folder / "videos.csv"
    if documented:
        manifest.write_bytes(options.manifest.read_bytes())
        with manifest.open(encoding="utf-8", newline="") as file:
            options.rows = sum(1 for _ in csv.DictReader(file))
        options.rate = 1
    else:
        manifest.write_text(
            "url,title\n" + "".join(f"https://videos.example/{i}.mp4,Video {i}\n" for i in range(options.rows)),
            encoding="utf-8",
        )
    fast = [] if documented else ["--rate-limit", "video-other=off"]
    line = [MUXCTL, "ingest", str(manifest), "-q", "--horizon", options.horizon, *fast]
    if not documented:
        line += ["--rate", str(options.rate), "--burst", str(options.burst)]
    env = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "XDG_STATE_HOME": str(folder / "state"), **emulator.env}
    length = options.rows / options.rate
    longest = 2 * length / (options.rounds + 1)  # so that work is left for most of the rounds
    kills = 0
    for _ in range(options.rounds):
        process = subprocess.Popen(line, env=env, stderr=subprocess.PIPE, text=True)
        try:
            process.wait(chance.uniform(0, longest))
        except subprocess.TimeoutExpired:
            process.kill()
            kills += 1
        process.communicate(timeout=PATIENCE)
    begun = time.monotonic()
    last = subprocess.run(line, env=env, capture_output=True, text=True, timeout=2 * PATIENCE + 4 * length, check=False)
    listing = subprocess.run([MUXCTL, "assets", "list", "--all", *fast], env=env,
                             capture_output=True, text=True, timeout=PATIENCE, check=False)
    ledger = emulator.ledger()
    emulator.stop()
    listed = [json.loads(asset)["id"] for asset in listing.stdout.splitlines()]
    print(f"kills: {kills} of {options.rounds}, last run: exit {last.returncode} after "
          f"{time.monotonic() - begun:.1f}s, {last.stderr.splitlines()[-1]}")
    print(f"ledger: creates {ledger['creates']}, duplicates {ledger['duplicates']}, 429s {ledger['refused']}; "
          f"listed {len(listed)}")
    return (
        kills > 0
        and last.returncode == 0
        and last.stderr.splitlines()[-1] == f"created {options.rows} of {options.rows}"
        and ledger["creates"] == options.rows
        and ledger["duplicates"] == 0
        and ledger["refused"] == 0
        and len(set(listed)) == len(listed) == options.rows
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--rows", type=int, default=100)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--burst", type=int, default=5)
    parser.add_argument("--lost", type=float, default=0)
    parser.add_argument("--horizon", default="2s")
    parser.add_argument("--manifest", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    print(f"kill storm: {options}")
    with tempfile.TemporaryDirectory(prefix="kill-storm-") as folder:
        good = run_storm(options, pathlib.Path(folder))
    print("every row once, none refused" if good else "FAILED")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
