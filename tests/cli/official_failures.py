#!/usr/bin/env python3
"""What goes wrong with the official command line tool, done with ours, judged by the emulator's ledger.

The right column is what @mux/cli 2.0.1 does, as measured with that program on one machine; its figures do not come from this run.

  lost answer   the answer to a create is lost
  refused       of 20 uploads one is refused, and the create of another fails with 503 for a while
  rerun         the same command again
  large file    one file of --size bytes; the peak of the process's memory is bounded by --memory MiB, if given
"""

import argparse
import os
import sys
import time

from support import CommandLineTest

UNLIMITED = ("--no-limits", "--ready-after", "0")
FAST = ("--rate", "1000", "--horizon", "2s")


class Run(CommandLineTest):
    def runTest(self):
        """Only a carrier of the setting-up and cleaning-up of a test."""

    def write_clips(self, count, size):
        folder = self.folder / "clips"
        folder.mkdir()
        for number in range(count):
            (folder / f"{number:02}.mp4").write_bytes(os.urandom(size))
        return folder

    def lost_answer(self):
        api = self.start_emulator(*UNLIMITED, "--fault", "create_answer_lost*1")
        run = self.muxctl("ingest", self.write_manifest(1), *FAST, env=api.env)
        ledger = api.ledger()
        kept = run.returncode == 0 and ledger["creates"] == 1 and ledger["duplicates"] == 0
        return kept, f"{ledger['creates']} asset, {ledger['duplicates']} duplicates, exit {run.returncode}"

    def refused(self):
        api = self.start_emulator(
            *UNLIMITED, "--fault", "upload_errored@storage*1", "--fault", "http_503_before@video.uploads.create*2"
        )
        clips = self.write_clips(20, 700_000)
        run = self.muxctl("ingest", clips, *FAST, env=api.env)
        first = api.ledger()
        failed = self.folder / "failed.txt"
        out = self.muxctl("ingest", "export-failed", f"{clips}.mux-journal", "--output", failed, env=api.env)
        again = self.muxctl("ingest", "retry", f"{clips}.mux-journal", env=api.env)
        ledger = api.ledger()
        kept = (
            run.returncode == 1
            and first["upload_assets"] == 19
            and out.returncode == 0
            and failed.exists()
            and again.returncode == 0
            and ledger["upload_assets"] == 20
            and ledger["duplicates"] == 0
        )
        return kept, (
            f"{first['upload_assets']} of 20 made, 1 named with its reason; retry: {ledger['upload_assets']} of 20, "
            f"{ledger['duplicates']} duplicates, 0 ids lost"
        )

    def rerun(self):
        api = self.start_emulator(*UNLIMITED)
        clips = self.write_clips(20, 300_000)
        first = self.muxctl("ingest", clips, *FAST, env=api.env)
        second = self.muxctl("ingest", clips, *FAST, env=api.env)
        ledger = api.ledger()
        kept = (first.returncode, second.returncode) == (0, 0)
        kept = kept and ledger["upload_assets"] == 20 and ledger["duplicates"] == 0
        return kept, f"{ledger['upload_assets']} assets after two runs, {ledger['duplicates']} duplicates"

    def large_file(self, size, memory):
        api = self.start_emulator(*UNLIMITED)
        film = self.folder / "film.mp4"
        with open(film, "wb") as file:
            file.truncate(size)
        manifest = self.folder / "film.jsonl"
        manifest.write_text('{"file": "film.mp4"}\n', encoding="utf-8")
        begun = time.monotonic()
        process = self.start_muxctl("ingest", manifest, *FAST, env=api.env, stderr=None, stdout=None)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        peak = used.ru_maxrss / 1024
        ledger = api.ledger()
        kept = process.returncode == 0 and ledger["upload_assets"] == 1 and ledger["stored_bytes"] == size
        kept = kept and (memory is None or peak <= memory)
        wall = time.monotonic() - begun
        return kept, f"{size / 2**30:.2f} GiB, peak {peak:.1f} MiB, {wall:.1f} s"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=3 * 2**30)
    parser.add_argument("--memory", type=float)
    given = parser.parse_args()
    official = {
        "lost answer": "the same create sent 3 times: up to 3 assets, then it says that it failed",
        "refused": "stops; the 10 ids already made are not printed; 12 to 20 are never tried",
        "rerun": "all 20 uploaded again: 20 duplicates",
        "large file": "1 GiB: peak 2.16 GB; 3 GiB: peak 6.35 GB, 30.8 s",
    }
    good = True
    for name in official:
        run = Run()
        run.setUp()
        try:
            kept, text = (
                run.large_file(given.size, given.memory)
                if name == "large file"
                else getattr(run, name.replace(" ", "_"))()
            )
        finally:
            run.doCleanups()
        good = good and kept
        print(f"{name:12}  {text:70}  official: {official[name]}{'' if kept else '  MISSED'}", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
