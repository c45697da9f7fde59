"""What a journal tells after a run, and what can be done with it: status, retry, report, export-failed."""

import csv
import html.parser
import io
import json
import os
import shlex
import signal
import subprocess
import unittest

from support import PATIENCE, WHOAMI, CommandLineTest

REFUSED = json.dumps({"error": {"type": "invalid_parameters", "messages": ["no, \"never\" <b>\x1b[2J"]}})
SECRET = "canary-signature"


class JournalTest(CommandLineTest):
    def refusing_api(self):
        return self.start_scripted({
            ("GET", "/system/v1/whoami"): (200, "application/json", WHOAMI),
            ("POST", "/video/v1/assets"): (400, "application/json", REFUSED),
        })

    def ingest(self, api, manifest, *arguments, **options):
        return self.muxctl("ingest", manifest, *self.FAST, *arguments, env=api.env, **options)

    def journal(self, manifest="videos.csv"):
        return self.folder / (manifest + ".mux-journal")

    def ask(self, command, *arguments, **options):
        return self.muxctl("ingest", command, *arguments, **options)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8", newline="")
        return path

    def refused_batch(self, name, text, *arguments):
        """A batch all of whose rows were refused."""
        run = self.ingest(self.refusing_api(), self.write(name, text), *arguments)
        self.assert_ends(run, 1)
        return self.journal(name)

    def interrupted(self, api, rows=40, created=5):
        """A run that was stopped after some rows."""
        manifest = self.write_manifest(rows)
        process = self.start_muxctl("ingest", "videos.csv", "--rate", "20", "--burst", "5", "--json",
                                    "--rate-limit", "video-other=off", env=api.env)
        for line in process.stdout:
            event = json.loads(line)
            created -= event["event"] == "row" and event["state"] == "created"
            if created == 0:
                break
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 130)
        return manifest

    # ---- status ----

    def test_status_says_what_is_left_and_how_to_go_on(self):
        api = self.start_emulator("--limit", "video_post=20/5", "--limit", "video_other=off")
        self.interrupted(api)
        run = self.ask("status", self.journal(), "--json")
        self.assert_ends(run, 0)
        status = json.loads(run.stdout)
        self.assertEqual((status["v"], status["rows"]["total"], status["in_use"]), (1, 40, False))
        self.assertGreater(status["rows"]["left"], 0)
        self.assertEqual(status["last_run"], "stopped")
        self.assertEqual(shlex.split(status["command"])[1:3], ["ingest", "videos.csv"])
        shown = self.ask("status", self.journal())
        self.assertIn(status["command"], shown.stdout)
        # Pasted into a shell anywhere, it goes on.
        elsewhere = subprocess.run([os.environ["MUXCTL"], "ingest", "status", str(self.journal()), "--json"],
                                   env=self.environment(), cwd="/", capture_output=True, text=True, check=True)
        command = json.loads(elsewhere.stdout)["command"]
        done = subprocess.run(["sh", "-c", command], env=self.environment(api.env), cwd="/", capture_output=True,
                              text=True, timeout=PATIENCE, check=False)
        self.assert_ends(done, 0)
        self.assert_ledger(api, creates=40)
        self.assertEqual(json.loads(self.ask("status", self.journal(), "--json").stdout)["complete"], True)

    def test_status_can_be_asked_while_a_run_goes_on(self):
        api = self.start_emulator(*self.FAST_API)
        self.write_manifest(60)
        process = self.start_muxctl("ingest", "videos.csv", "--rate", "10", "--json", env=api.env)
        for line in process.stdout:
            if json.loads(line).get("state") == "created":
                break
        run = self.ask("status", self.journal(), "--json")
        self.assert_ends(run, 0)
        status = json.loads(run.stdout)
        self.assertEqual((status["in_use"], status["last_run"]), (True, "under way"))
        self.assertGreater(status["rows"]["created"], 0)
        process.stdout.read()
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_file_that_is_no_journal_is_refused(self):
        path = self.write("notes", "no journal\n" * 500)
        for command in ("status", "report", "export-failed", "retry"):
            self.assert_ends(self.ask(command, path), 7, "journal_corrupt")
            self.assert_ends(self.ask(command, "nowhere"), 7, "journal_unavailable")
        self.assertFalse((self.folder / "nowhere").exists())

    def test_manifest_with_the_name_of_a_command_is_given_as_a_path(self):
        api = self.start_emulator(*self.FAST_API)
        self.write("status", "https://videos.example/a.mp4\n")
        self.assert_ends(self.ingest(api, "./status"), 0)
        self.assert_ledger(api, creates=1)
        refused = self.muxctl("ingest", "--rate", "5", "status", self.journal("status"))
        self.assert_ends(refused, 2, "usage")
        self.assertIn("--rate does not go with muxctl ingest status", refused.stderr)

    # ---- retry ----

    def test_retry_at_another_host_is_refused(self):
        journal = self.refused_batch("videos.csv", "url,title\nhttps://videos.example/a.mp4,A\n")
        api = self.start_emulator(*self.FAST_API)
        self.assert_ends(self.ask("retry", journal, env=api.env), 7, "other_environment")
        self.assert_ledger(api, creates=0)

    def test_retry_repeats_only_what_was_refused(self):
        answers = {
            ("GET", "/system/v1/whoami"): (200, "application/json", WHOAMI),
            ("POST", "/video/v1/assets"): (400, "application/json", REFUSED),
        }
        api = self.start_scripted(answers)
        self.write_manifest(3)
        self.assert_ends(self.ingest(api, "videos.csv"), 1)
        answers["POST", "/video/v1/assets"] = (201, "application/json", json.dumps(
            {"data": {"id": "asset1", "status": "preparing", "created_at": "1700000000"}}))
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir()
        journal = self.journal()
        run = subprocess.run(
            [os.environ["MUXCTL"], "ingest", "retry", str(journal), "--rate", "40", "--results", "results.csv"],
            env=self.environment(api.env), cwd=elsewhere, capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assert_ends(run, 0)
        self.assertEqual(len([r for r in api.requests if r[0] == "POST"]), 6)
        # The added path means the folder where it was typed, and its flag takes the place of the old one.
        self.assertEqual(len((elsewhere / "results.csv").read_text(encoding="utf-8").splitlines()), 4)
        again = self.ask("status", journal, "--json")
        self.assertTrue(json.loads(again.stdout)["complete"])

    def test_retry_says_what_it_needs_if_the_manifest_cannot_be_read_again(self):
        api = self.refusing_api()
        run = self.ingest(api, "-", "--journal", "j", "--format", "urls", stdin="https://videos.example/a.mp4\n")
        self.assert_ends(run, 1)
        refused = self.ask("retry", "j", env=api.env)
        self.assert_ends(refused, 2, "usage")
        self.assertIn("standard input", refused.stderr)
        self.ingest(api, self.write_manifest(1))
        (self.folder / "videos.csv").unlink()
        gone = self.ask("retry", self.journal(), env=api.env)
        self.assert_ends(gone, 3, "manifest_unreadable")
        self.assertIn("is gone", gone.stderr)
        self.assertIn("--retry-failed", gone.stderr)

    # ---- export-failed ----

    def test_failed_rows_come_in_the_manifests_format_and_are_taken_again(self):
        inputs = {
            "videos.csv": "title,url\n\"A, \"\"1\"\"\",https://videos.example/a.mp4\nB,https://videos.example/b.mp4\n",
            "videos.tsv": "title\turl\nA\thttps://videos.example/a.mp4\nB\thttps://videos.example/b.mp4\n",
            "videos.jsonl": '{"url":"https://videos.example/a.mp4","title":"A","static_renditions":'
                            '[{"resolution":"highest"}]}\n{"url":"https://videos.example/b.mp4"}\n',
            "videos.txt": "https://videos.example/a.mp4\nhttps://videos.example/b.mp4\n",
        }
        for name, text in inputs.items():
            with self.subTest(name):
                journal = self.refused_batch(name, text)
                again = self.folder / ("again-" + name)
                run = self.ask("export-failed", journal, "--output", again)
                self.assert_ends(run, 0)
                self.assertEqual(again.stat().st_mode & 0o777, 0o600)
                self.assertIn("never", again.read_text(encoding="utf-8"))
                before = self.muxctl("ingest", self.folder / name, "--dry-run", "--json")
                after = self.muxctl("ingest", again, "--dry-run", "--json")
                self.assert_ends(after, 0)
                self.assertEqual(json.loads(after.stdout)["rows"], 2)
                self.assertEqual(json.loads(before.stdout)["rows"], 2)
                # The very same rows: a journal that knows them knows them again.
                known = self.muxctl("ingest", again, "--journal", journal, "--dry-run", "--json")
                self.assert_ends(known, 0)
                api = self.start_emulator(*self.FAST_API)
                self.assert_ends(self.ingest(api, again), 0)
                self.assertEqual(sorted(m["input"] for m in api.created()),
                                 ["https://videos.example/a.mp4", "https://videos.example/b.mp4"])

    def test_failed_rows_with_secrets_are_read_again_from_the_manifest(self):
        text = f"title,url\nA,https://videos.example/a.mp4?sig={SECRET}\nB,https://videos.example/b.mp4\n"
        journal = self.refused_batch("videos.csv", text)
        run = self.ask("export-failed", journal)
        self.assert_ends(run, 0)
        rows = list(csv.DictReader(io.StringIO(run.stdout)))
        self.assertEqual([r["url"] for r in rows],
                         [f"https://videos.example/a.mp4?sig={SECRET}", "https://videos.example/b.mp4"])
        self.assertNotIn(SECRET, run.stderr)
        # Without the manifest the row is named, without its secret, and the exit code says so.
        (self.folder / "videos.csv").unlink()
        lost = self.ask("export-failed", journal)
        self.assert_ends(lost, 1)
        self.assertEqual([r["url"] for r in csv.DictReader(io.StringIO(lost.stdout))], ["https://videos.example/b.mp4"])
        self.assertIn("line 2: https://videos.example/a.mp4?… is left out", lost.stderr)
        self.assertNotIn(SECRET, lost.stdout + lost.stderr)

    def test_row_that_changed_in_the_manifest_is_not_taken_for_the_failed_one(self):
        journal = self.refused_batch("videos.csv", f"url,title\nhttps://videos.example/a.mp4?sig={SECRET},A\n")
        self.write("videos.csv", "url,title\nhttps://videos.example/a.mp4?sig=other,B\n")
        run = self.ask("export-failed", journal)
        self.assert_ends(run, 1)
        self.assertNotIn("sig=", run.stdout)

    def test_cells_like_formulas_are_neutralised_on_request(self):
        journal = self.refused_batch("videos.csv", "url,title\nhttps://videos.example/a.mp4,=1+1\n")
        for command in (("export-failed", journal), ("report", journal, "--format", "csv")):
            self.assertIn(",=1+1,", self.ask(*command).stdout)
            self.assertIn(",'=1+1,", self.ask(*command, "--neutralise").stdout)

    # ---- report ----

    def test_every_row_is_in_the_results_with_its_asset(self):
        api = self.start_emulator(*self.FAST_API)
        self.assert_ends(self.ingest(api, self.write_manifest(12)), 0)
        run = self.ask("report", self.journal(), "--format", "csv")
        self.assert_ends(run, 0)
        rows = list(csv.DictReader(io.StringIO(run.stdout)))
        self.assertEqual([int(r["line"]) for r in rows], list(range(2, 14)))
        self.assertEqual({r["state"] for r in rows}, {"created"})
        self.assertEqual({r["asset_id"] for r in rows}, {m["id"] for m in api.created()})
        self.assertEqual(rows[3]["title"], "Video 3")
        self.assertRegex(rows[0]["created_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$")

    def test_report_as_json_has_counts_runs_and_failures(self):
        journal = self.refused_batch("videos.csv", "url\nhttps://videos.example/a.mp4\nhttps://videos.example/b.mp4\n")
        run = self.ask("report", journal, "--format", "json")
        self.assert_ends(run, 0)
        report = json.loads(run.stdout)
        self.assertEqual((report["v"], report["rows"]["total"], report["rows"]["failed"]), (1, 2, 2))
        self.assertEqual([r["ended"] for r in report["runs"]], ["finished"])
        self.assertEqual([f["line"] for f in report["failures"]], [2, 3])
        self.assertEqual(report["failures"][0]["http_status"], 400)
        self.assertEqual(report["attempts"]["http_errors"], {"400": 2})
        self.assertEqual(report["manifests"], [str(self.folder / "videos.csv")])

    def test_report_as_text_shows_failures_without_control_characters(self):
        journal = self.refused_batch("videos.csv", "url\nhttps://videos.example/a.mp4\n")
        run = self.ask("report", journal)
        self.assert_ends(run, 0)
        self.assertIn("line 2: https://videos.example/a.mp4: failed: no,", run.stdout)
        self.assertIn("muxctl ingest retry", run.stdout)
        self.assertNotIn("\x1b", run.stdout)

    def test_html_report_is_one_page_without_references_and_with_all_text_escaped(self):
        journal = self.refused_batch("videos.csv", "url,title\nhttps://videos.example/a.mp4,<script>alert(1)</script>\n")
        run = self.ask("report", journal, "--format", "html", "--output", "report.html")
        self.assert_ends(run, 0)
        page = (self.folder / "report.html").read_text(encoding="utf-8")
        self.assertNotIn("<script", page)
        self.assertNotIn("\x1b", page)
        self.assertIn("&lt;script&gt;", page)
        checker = PageChecker()
        checker.feed(page)
        checker.close()
        self.assertEqual(checker.open, [])
        self.assertEqual(checker.references, [])
        self.assertGreaterEqual(checker.count["figure"], 4)

    def test_run_writes_its_files_at_its_end_and_after_a_signal(self):
        names = ("report", "results", "failed", "html")
        flags = [word for name in names for word in ("--" + name, name + ".out")]
        api = self.refusing_api()
        self.assert_ends(self.ingest(api, self.write_manifest(2), *flags), 1)
        for name in names:
            path = self.folder / (name + ".out")
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)
            self.assertIn("videos.example/1.mp4", path.read_text(encoding="utf-8"), name)
        self.assertEqual(json.loads((self.folder / "report.out").read_text(encoding="utf-8"))["rows"]["failed"], 2)

        emulator = self.start_emulator("--limit", "video_post=20/5", "--limit", "video_other=off")
        self.write_manifest(60, "more.csv")
        process = self.start_muxctl("ingest", "more.csv", "--rate", "20", "--burst", "5", "--json", "--results",
                                    "stopped.csv", env=emulator.env)
        for line in process.stdout:
            if json.loads(line).get("state") == "created":
                break
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 143)
        rows = list(csv.DictReader(io.StringIO((self.folder / "stopped.csv").read_text(encoding="utf-8"))))
        self.assertEqual(len(rows), 60)
        self.assertEqual(sum(r["state"] == "created" for r in rows), emulator.ledger()["creates"])

    def test_file_that_cannot_be_written_is_known_before_anything_is_sent(self):
        api = self.start_emulator(*self.FAST_API)
        run = self.ingest(api, self.write_manifest(1), "--results", "no/such/folder/results.csv")
        self.assert_ends(run, 2, "usage")
        self.assert_ledger(api, creates=0)


class PageChecker(html.parser.HTMLParser):
    """Tags that are closed as they were opened, and everything that would fetch something."""

    VOID = {"meta", "link", "br", "img", "hr", "input"}

    def __init__(self):
        super().__init__()
        self.open, self.references, self.count = [], [], {}

    def handle_starttag(self, tag, attrs):
        self.count[tag] = self.count.get(tag, 0) + 1
        self.references += [value for name, value in attrs if name in ("href", "src", "data", "action", "xlink:href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.count[tag] = self.count.get(tag, 0) + 1

    def handle_endtag(self, tag):
        if self.open[-1:] != [tag]:
            raise AssertionError(f"</{tag}> closes {self.open[-1:]}")
        self.open.pop()


if __name__ == "__main__":
    unittest.main()
