"""Listings: complete, in every format, as a stream, in flat memory."""

import csv
import io
import json
import os
import unittest

from support import PATIENCE, CommandLineTest

NASTY = "bell \x07 esc \x1b[2J c1 \u009b31m bidi \u202e quote \" comma , line\r\nbreak"


class ListingTest(CommandLineTest):
    def setUp(self):
        super().setUp()
        self.api = self.start_emulator("--no-limits", "--ready-after", "0")

    def list(self, *arguments, **options):
        return self.muxctl("assets", "list", "--rate-limit", "video-other=off", *arguments, env=self.api.env,
                           **options)

    def seed(self, count, style="small"):
        self.api.control("seed", {"count": count, "style": style})

    def create_nasty(self):
        run = self.muxctl("assets", "create", "https://videos.example/a.mp4", "--title", NASTY, env=self.api.env)
        self.assert_ends(run, 0)
        return run

    def test_all_pages_are_listed_once_each(self):
        self.seed(250)
        run = self.list("--all")
        self.assert_ends(run, 0)
        ids = [json.loads(line)["id"] for line in run.stdout.splitlines()]
        self.assertEqual(len(ids), 250)
        self.assertEqual(len(set(ids)), 250)
        self.assertEqual(run.stderr, "")

    def test_listing_is_what_was_created(self):
        made = [json.loads(self.create_nasty().stdout)["id"] for _ in range(3)]
        run = self.list("--all")
        self.assertEqual(sorted(json.loads(line)["id"] for line in run.stdout.splitlines()), sorted(made))

    def test_empty_listing_is_no_error(self):
        run = self.list("--all")
        self.assert_ends(run, 0)
        self.assertEqual(run.stdout, "")

    def test_one_page_names_the_cursor_from_which_to_go_on(self):
        self.seed(250)
        seen, cursor = [], []
        for expected in (100, 100, 50):
            run = self.list(*cursor)
            self.assert_ends(run, 0)
            page = [json.loads(line)["id"] for line in run.stdout.splitlines()]
            self.assertEqual(len(page), expected)
            seen += page
            _, found, rest = run.stderr.partition("--cursor ")
            cursor = ["--cursor", rest.partition(",")[0]] if found else []
        self.assertEqual(cursor, [])
        self.assertEqual(len(set(seen)), 250)

    def test_limit_is_the_size_of_a_page(self):
        self.seed(25)
        self.assertEqual(len(self.list("--limit", "10").stdout.splitlines()), 10)
        self.assertEqual(len(self.list("--limit", "10", "--all").stdout.splitlines()), 25)

    def test_csv_keeps_the_exact_text_in_a_pipe(self):
        self.create_nasty()
        run = self.list("--format", "csv", binary=True)
        rows = list(csv.DictReader(io.StringIO(run.stdout.decode(), newline="")))
        self.assertEqual(len(rows), 1)
        self.assertEqual(rows[0]["title"], NASTY)
        self.assertEqual(rows[0]["status"], "ready")

    def test_csv_has_the_chosen_fields(self):
        self.seed(2)
        run = self.list("--format", "csv", "--fields", "status,id")
        self.assertEqual(run.stdout.splitlines()[0], "status,id")
        self.assertTrue(all(line.startswith("ready,") for line in run.stdout.splitlines()[1:]))

    def test_json_means_the_same_without_raw_control_characters(self):
        self.create_nasty()
        for fields in ([], ["--fields", "title"]):
            run = self.list(*fields, binary=True)
            text = run.stdout.decode()
            self.assertFalse([c for c in text if c != "\n" and (ord(c) < 32 or c in "\x7f\u009b\u202e")])
            found = json.loads(text)
            self.assertEqual(found["title"] if fields else found["meta"]["title"], NASTY)

    def test_json_with_fields_has_exactly_these(self):
        self.seed(1)
        run = self.list("--fields", "id,passthrough,playback_ids")
        self.assertEqual(list(json.loads(run.stdout)), ["id", "passthrough", "playback_ids"])

    def test_table_escapes_what_would_steer_a_terminal(self):
        self.create_nasty()
        run = self.list("--format", "table", binary=True)
        text = run.stdout.decode()
        header, row = text.splitlines()
        self.assertTrue(header.startswith("ID "))
        self.assertIn("\\x1b[2J c1 \\u{009b}31m bidi \\u{202e}", row)

    def test_unknown_field_names_the_known_ones(self):
        run = self.list("--fields", "id,nonsense")
        self.assert_ends(run, 2, "usage")
        self.assertIn("id,status,created_at", run.stderr)

    def test_ends_quietly_when_its_reader_goes(self):
        self.seed(20000)
        process = self.start_muxctl("assets", "list", "--all", "--rate-limit", "video-other=off", env=self.api.env)
        self.assertTrue(process.stdout.readline())
        process.stdout.close()
        self.assertEqual(process.wait(PATIENCE), 0)
        self.assertEqual(process.stderr.read(), "")
        self.assertLess(self.api.ledger()["classes"]["video_other"]["requests"], 200)

    def test_failure_half_way_names_the_cursor_and_keeps_what_was_listed(self):
        self.seed(300)
        self.api.control("faults", {"faults": ["html_before@video.assets.list"]})
        first = self.list()
        self.assert_ends(first, 9, "not_json")
        self.api.control("faults", {"faults": []})
        cursor = self.list().stderr.partition("--cursor ")[2].partition(",")[0]
        self.api.control("faults", {"faults": ["html_before@video.assets.list"]})
        run = self.list("--all", "--cursor", cursor)
        self.assert_ends(run, 9, "not_json")
        self.assertIn("go on with --cursor " + cursor, run.stderr)

    def test_memory_does_not_grow_with_the_listing(self):
        def peak(count):
            self.api.control("reset", {})
            self.seed(count, "rich")
            with open(os.devnull, "w", encoding="utf-8") as sink:
                # The allocator of the sanitizer keeps what was freed for a while: that is not the program's.
                env = {**self.api.env, "ASAN_OPTIONS": "quarantine_size_mb=1:thread_local_quarantine_size_kb=64"}
                process = self.start_muxctl("assets", "list", "--all", "--rate-limit", "video-other=off",
                                            "--format", "csv", env=env, stdout=sink)
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
                self.assertEqual(process.returncode, 0)
                return usage.ru_maxrss

        few, many = peak(500), peak(10000)
        self.assertLess(many - few, 10 * 1024, f"{few} KiB for 500 assets, {many} KiB for 10,000")


if __name__ == "__main__":
    unittest.main()
