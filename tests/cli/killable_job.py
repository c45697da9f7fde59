"""A job for muxctl that may be killed and begun again, and its audit: journal against the API's own ledger."""

import csv
import json
import os
import shutil
import sqlite3
import subprocess
import time

from support import MUXCTL, PATIENCE

CREATED, READY, ERRORED = 3, 5, 6


def without_leak_check(env):
    """LeakSanitizer cannot work in a traced process."""
    options = env.get("ASAN_OPTIONS", "")
    return {**env, "ASAN_OPTIONS": options + (":" if options else "") + "detect_leaks=0"}


class Job:
    """Rows of URLs and of local files; each has an external id of its own, by which the ledger is read."""

    def __init__(self, emulator, folder, name, urls, files=0, file_size=300_000, options=()):
        self.emulator = emulator
        self.name = name
        self.folder = folder / name
        self.folder.mkdir()
        self.manifest = self.folder / "videos.csv"
        self.journal = self.folder / "videos.csv.mux-journal"
        self.rows = urls + files
        with open(self.manifest, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["url", "file", "external_id"])
            for number in range(self.rows):
                if number < urls:
                    cells = [f"https://videos.example/{name}/{number}.mp4", ""]
                else:
                    clip = self.folder / f"{number}.mov"
                    clip.write_bytes(bytes([number % 256]) * file_size)
                    cells = ["", str(clip)]
                writer.writerow([*cells, f"{name}-{number}"])
        self.line = [MUXCTL, "ingest", str(self.manifest), "-q", "--rate-limit", "video-other=off", *options]
        self.env = {"PATH": os.environ["PATH"], "HOME": str(self.folder),
                    "XDG_STATE_HOME": str(self.folder / "state"), **emulator.env}
        for sanitizer in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if sanitizer in os.environ:
                self.env[sanitizer] = os.environ[sanitizer]

    def start(self, *before):
        return subprocess.Popen([*before, *self.line], env=without_leak_check(self.env) if before else self.env,
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def run(self, *before):
        """To its end, or until it is killed; the exit code and what it said."""
        process = self.start(*before)
        try:
            _, said = process.communicate(timeout=2 * PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return None, "still running"
        return process.returncode, said

    def run_until(self, seconds):
        """As `run`, but killed with SIGKILL after that time. True if it was."""
        process = self.start()
        try:
            process.communicate(timeout=seconds)
            return False
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return True

    def rows_left(self):
        """Rows without an asset, as the journal has it; all if there is none."""
        if not self.journal.exists():
            return self.rows
        with sqlite3.connect(f"file:{self.journal}?mode=ro", uri=True) as journal:
            try:
                [(total, done)] = journal.execute("SELECT count(*), count(asset_id) FROM rows")
            except sqlite3.OperationalError:
                return self.rows
        journal.close()
        return (total or self.rows) - done

    def complaints(self, assets):
        """What is wrong: `assets` are all that were ever created, as `Emulator.created` gives them."""
        wrong = []
        made = {}
        for asset in assets:
            owner, _, number = asset["external_id"].rpartition("-")
            if owner == self.name:
                made.setdefault(int(number), []).append(asset["id"])
        journal = sqlite3.connect(self.journal)
        known = journal.execute("SELECT id, state, asset_id, external_id FROM rows").fetchall()
        journal.close()
        if len(known) != self.rows:
            wrong.append(f"{len(known)} rows in the journal instead of {self.rows}")
        for _, state, asset_id, external_id in known:
            number = int(external_id.rpartition("-")[2])
            ids = made.get(number, [])
            if len(ids) != 1:
                wrong.append(f"row {number} has {len(ids)} assets")
            if state not in (CREATED, READY, ERRORED) or asset_id not in ids:
                wrong.append(f"row {number}: state {state}, asset {asset_id}, made {ids}")
        return [f"{self.name}: {what}" for what in wrong]

    def remove(self):
        shutil.rmtree(self.folder)


def marker_text(assets):
    """Markers that several assets share."""
    seen = {}
    for asset in assets:
        marker = next((text for text in (asset["passthrough"], asset["external_id"]) if text.startswith("mm1:")), None)
        if marker:
            seen[marker[:30]] = seen.get(marker[:30], 0) + 1
    return [marker for marker, count in seen.items() if count > 1]


def wait_for(condition):
    until = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError("nothing happened")
        time.sleep(0.01)


def describe(ledger):
    return json.dumps({name: ledger[name] for name in ("creates", "upload_assets", "duplicates", "refused", "faults")})
