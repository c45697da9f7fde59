"""Ingest from the first row to the last, compared with what the API says really happened."""

import json
import re
import unittest

from support import WHOAMI, CommandLineTest


class IngestTest(CommandLineTest):
    def ingest(self, api, manifest, *arguments, **options):
        return self.muxctl("ingest", manifest, *self.FAST, *arguments, env=api.env, **options)

    def test_creates_each_row_once_with_its_title_and_id(self):
        api = self.start_emulator(*self.FAST_API)
        run = self.ingest(api, self.write_manifest(30))
        self.assert_ends(run, 0)
        self.assertEqual(run.stdout, "")
        self.assertEqual(run.stderr.splitlines()[-1], "created 30 of 30")
        self.assert_ledger(api, creates=30)
        made = api.created()
        self.assertEqual(sorted(m["input"] for m in made),
                         sorted(f"https://videos.example/{i}.mp4" for i in range(30)))
        self.assertEqual(len({m["external_id"] for m in made}), 30)

    def test_same_command_again_creates_nothing(self):
        api = self.start_emulator(*self.FAST_API)
        manifest = self.write_manifest(10)
        self.assert_ends(self.ingest(api, manifest), 0)
        run = self.ingest(api, manifest)
        self.assert_ends(run, 0)
        self.assertIn("already there 10", run.stderr)
        self.assertEqual(run.stderr.splitlines()[-1], "created 10 of 10")
        self.assert_ledger(api, creates=10)

    def test_appended_rows_are_created_by_the_next_run(self):
        api = self.start_emulator(*self.FAST_API)
        self.assert_ends(self.ingest(api, self.write_manifest(5)), 0)
        self.assert_ends(self.ingest(api, self.write_manifest(8)), 0)
        self.assert_ledger(api, creates=8)

    def test_repeated_rows_are_created_once(self):
        api = self.start_emulator(*self.FAST_API)
        manifest = self.folder / "urls.txt"
        manifest.write_text("https://videos.example/a.mp4\nhttps://videos.example/b.mp4\n" * 3, encoding="utf-8")
        run = self.ingest(api, manifest)
        self.assert_ends(run, 0)
        self.assert_ledger(api, creates=2)
        self.assertIn("4 rows repeat an earlier one", run.stderr)

    def test_reads_standard_input(self):
        api = self.start_emulator(*self.FAST_API)
        rows = "https://videos.example/a.mp4\nhttps://videos.example/b.mp4\n"
        run = self.ingest(api, "-", "--journal", "stdin.journal", "--format", "urls", stdin=rows)
        self.assert_ends(run, 0)
        self.assert_ledger(api, creates=2)
        self.assertTrue((self.folder / "stdin.journal").exists())

    def test_standard_input_needs_a_journal(self):
        self.assert_ends(self.muxctl("ingest", "-", stdin=""), 2, "usage")

    def test_defaults_are_used_where_a_row_says_nothing(self):
        api = self.start_emulator(*self.FAST_API)
        manifest = self.folder / "videos.csv"
        manifest.write_text("url,playback_policy\nhttps://videos.example/a.mp4,\nhttps://videos.example/b.mp4,signed\n",
                            encoding="utf-8")
        run = self.ingest(api, manifest, "--playback-policy", "public", "--video-quality", "plus")
        self.assert_ends(run, 0)
        listing = self.muxctl("assets", "list", env=api.env)
        assets = [json.loads(line) for line in listing.stdout.splitlines()]
        self.assertEqual(sorted(a["playback_ids"][0]["policy"] for a in assets), ["public", "signed"])
        self.assertEqual([a["video_quality"] for a in assets], ["plus", "plus"])

    def test_lost_answers_lead_to_no_duplicate_and_no_lost_id(self):
        api = self.start_emulator(*self.FAST_API, "--fault", "create_answer_lost=0.05", "--random-seed", "7")
        run = self.ingest(api, self.write_manifest(100), "--horizon", "4s", "--json")
        self.assert_ends(run, 0)
        self.assertEqual(run.stderr.splitlines()[-1], "created 100 of 100")
        self.assert_ledger(api, creates=100)
        self.assertGreater(api.ledger()["faults"], 0)
        events = [json.loads(line) for line in run.stdout.splitlines()]
        ids = [e["asset_id"] for e in events if e["event"] == "row" and e["state"] == "created"]
        self.assertEqual(sorted(ids), sorted(m["id"] for m in api.created()))

    def test_events_tell_the_story_of_every_row(self):
        api = self.start_emulator(*self.FAST_API)
        run = self.ingest(api, self.write_manifest(5), "--json")
        self.assert_ends(run, 0)
        events = [json.loads(line) for line in run.stdout.splitlines()]
        self.assertEqual({e["v"] for e in events}, {1})
        self.assertEqual(events[0]["event"], "loaded")
        self.assertEqual(events[0]["rows"], 5)
        created = [e for e in events if e["event"] == "row" and e["state"] == "created"]
        self.assertEqual(sorted(e["line"] for e in created), [2, 3, 4, 5, 6])
        self.assertEqual(created[0]["url"], f"https://videos.example/{created[0]['line'] - 2}.mp4")
        end = events[-1]
        self.assertEqual((end["event"], end["ended"], end["exit_code"]), ("summary", "finished", 0))
        self.assertEqual((end["created"], end["total"], end["failed"], end["throttled"]), (5, 5, 0, 0))

    def test_refused_rows_are_named_and_the_rest_goes_on(self):
        api = self.start_scripted({
            ("GET", "/system/v1/whoami"): (200, "application/json", WHOAMI),
            ("POST", "/video/v1/assets"): (400, "application/json",
                                           '{"error":{"type":"invalid_parameters","messages":["no \\u001b[2J"]}}'),
        })
        run = self.ingest(api, self.write_manifest(4))
        self.assert_ends(run, 1)
        self.assertEqual(len(re.findall(r"(?m)^muxctl: .*videos\.csv:[2-5]:1: failed: .*no \\x1b\[2J", run.stderr)), 4)
        self.assertEqual(run.stderr.splitlines()[-1], "created 0 of 4")
        self.assertNotIn("\x1b", run.stderr)

    def test_max_errors_ends_the_run(self):
        api = self.start_scripted({
            ("GET", "/system/v1/whoami"): (200, "application/json", WHOAMI),
            ("POST", "/video/v1/assets"): (400, "application/json", '{"error":{"type":"x","messages":["no"]}}'),
        })
        run = self.ingest(api, self.write_manifest(40), "--max-errors", "3", "--concurrency", "1")
        self.assert_ends(run, 6)
        self.assertLess(len([r for r in api.requests if r[0] == "POST"]), 20)
        self.assertIn("resume with:", run.stderr)

    def test_refused_rows_are_sent_again_on_request(self):
        answers = {
            ("GET", "/system/v1/whoami"): (200, "application/json", WHOAMI),
            ("POST", "/video/v1/assets"): (400, "application/json", '{"error":{"type":"x","messages":["no"]}}'),
        }
        api = self.start_scripted(answers)
        manifest = self.write_manifest(2)
        self.assert_ends(self.ingest(api, manifest), 1)
        self.assert_ends(self.ingest(api, manifest), 1)
        self.assertEqual(len([r for r in api.requests if r[0] == "POST"]), 2)
        self.assert_ends(self.ingest(api, manifest, "--retry-failed"), 1)
        self.assertEqual(len([r for r in api.requests if r[0] == "POST"]), 4)

    def test_quiet_run_still_has_its_summary(self):
        api = self.start_emulator(*self.FAST_API)
        run = self.ingest(api, self.write_manifest(3), "-q")
        self.assert_ends(run, 0)
        lines = run.stderr.splitlines()
        self.assertEqual(len(lines), 4)
        self.assertRegex(lines[0], r"^ingest of .*videos\.csv finished after \S+, \d+\.\d\d creates/s$")
        self.assertEqual(lines[1], "already there 0, failed 0, ambiguous 0, duplicates 0, 429s 0")
        self.assertRegex(lines[2], r"^journal .*videos\.csv\.mux-journal$")
        self.assertEqual(lines[3], "created 3 of 3")

    def test_closed_event_stream_does_not_stop_the_run(self):
        api = self.start_emulator(*self.FAST_API)
        process = self.start_muxctl("ingest", self.write_manifest(40), *self.FAST, "--json", env=api.env)
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.wait(120), 0)
        self.assert_ledger(api, creates=40)


class DryRunTest(CommandLineTest):
    def test_tells_rows_duplicates_and_time_and_sends_nothing(self):
        manifest = self.folder / "urls.txt"
        manifest.write_text("".join(f"https://videos.example/{i % 50}.mp4\n" for i in range(60)), encoding="utf-8")
        run = self.muxctl("ingest", manifest, "--dry-run", env={"MUX_BASE_URL": "https://unreachable.invalid"})
        self.assert_ends(run, 0)
        self.assertEqual(run.stdout, "rows to create: 50\nduplicate rows: 10 (lines 51, 52, 53, 54, 55, 56, 57, 58, 59, 60)\n"
                         "predicted time: 47s\n")
        self.assertEqual([p.name for p in self.folder.iterdir() if "journal" in p.name], [])

    def test_knows_raised_limits_and_speaks_json(self):
        run = self.muxctl("ingest", self.write_manifest(100), "--dry-run", "--json", "--rate", "10", "--burst", "21")
        self.assert_ends(run, 0)
        report = json.loads(run.stdout)
        self.assertEqual((report["event"], report["rows"], report["predicted_s"]), ("dry_run", 100, 8))

    def test_reports_faults(self):
        manifest = self.folder / "bad.txt"
        manifest.write_text("https://videos.example/a.mp4\nnonsense\n", encoding="utf-8")
        self.assert_ends(self.muxctl("ingest", manifest, "--dry-run"), 3, "manifest_invalid")


if __name__ == "__main__":
    unittest.main()
