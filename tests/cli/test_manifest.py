"""Faulty manifests and journals: everything is reported at once, nothing is sent."""

import json
import unittest

from support import CommandLineTest


class ManifestTest(CommandLineTest):
    def setUp(self):
        super().setUp()
        self.api = self.start_emulator(*self.FAST_API)

    def ingest(self, name, text, *arguments):
        data = text if isinstance(text, bytes) else text.encode()
        (self.folder / name).write_bytes(data)
        return self.muxctl("ingest", name, *self.FAST, *arguments, env=self.api.env)

    def assert_faults(self, run, *places):
        self.assert_ends(run, 3, "manifest_invalid")
        found = [line.partition(": ")[0] for line in run.stderr.splitlines() if not line.startswith("muxctl:")]
        self.assertEqual(found, list(places), run.stderr)
        self.assertIn("nothing was sent", run.stderr)
        self.assertEqual(run.stdout, "")
        ledger = self.api.ledger()
        self.assertEqual((ledger["creates"], ledger["classes"]["video_post"]["requests"]), (0, 0))

    def test_all_faults_are_named_with_line_and_column(self):
        run = self.ingest("videos.csv", "url,title,video_quality\n"
                          "https://videos.example/a.mp4,A,basic\n"
                          "nonsense,B,basic\n"
                          ",C,basic\n"
                          "https://videos.example/d.mp4,D,best\n"
                          f"https://videos.example/e.mp4,{'E' * 513},plus\n")
        self.assert_faults(run, "videos.csv:3:1", "videos.csv:4:1", "videos.csv:5:32", "videos.csv:6:30")
        self.assertIn("videos.csv has 4 faults", run.stderr)

    def test_unknown_column(self):
        self.assert_faults(self.ingest("videos.csv", "url,colour\nhttps://videos.example/a.mp4,red\n"),
                           "videos.csv:1:5")

    def test_missing_url_column(self):
        self.assert_ends(self.ingest("videos.csv", "title\nA\n"), 3, "manifest_invalid")

    def test_too_many_cells(self):
        self.assert_ends(self.ingest("videos.csv", "url\nhttps://videos.example/a.mp4,x,y\n"), 3, "manifest_invalid")

    def test_quote_that_is_never_closed(self):
        self.assert_ends(self.ingest("videos.csv", 'url,title\nhttps://videos.example/a.mp4,"open\n'), 3,
                         "manifest_invalid")

    def test_bytes_that_are_no_utf8(self):
        run = self.ingest("videos.csv", b"url,title\nhttps://videos.example/a.mp4,\xff\xfe\n")
        self.assert_ends(run, 3, "manifest_invalid")

    def test_control_characters_are_shown_escaped(self):
        run = self.ingest("urls.txt", "https://videos.example/a.mp4\nbad\x1b[2Jurl\n")
        self.assert_ends(run, 3, "manifest_invalid")
        self.assertNotIn("\x1b", run.stderr)

    def test_file_that_is_not_there(self):
        self.assert_ends(self.muxctl("ingest", "nowhere.csv", env=self.api.env), 3, "manifest_unreadable")

    def test_byte_order_mark_crlf_and_quoted_line_breaks_are_understood(self):
        run = self.ingest("videos.csv", b'\xef\xbb\xbfurl,title\r\nhttps://videos.example/a.mp4,"two\r\nlines"\r\n')
        self.assert_ends(run, 0)
        self.assert_ledger(self.api, creates=1)

    def test_journal_of_another_manifest_is_refused(self):
        self.assert_ends(self.ingest("a.csv", "url\nhttps://videos.example/a.mp4\n", "--journal", "j"), 0)
        run = self.ingest("b.csv", "url\nhttps://videos.example/b.mp4\n", "--journal", "j")
        self.assert_ends(run, 7, "journal_foreign")
        self.assert_ledger(self.api, creates=1)

    def test_journal_of_another_environment_is_refused(self):
        self.assert_ends(self.ingest("a.csv", "url\nhttps://videos.example/a.mp4\n"), 0)
        other = self.start_emulator(*self.FAST_API)
        run = self.muxctl("ingest", "a.csv", env=other.env)
        self.assert_ends(run, 7, "other_environment")
        self.assert_ledger(other, creates=0)

    def test_file_that_is_no_journal_is_refused_and_left_alone(self):
        (self.folder / "j").write_text("my precious notes\n" * 100, encoding="utf-8")
        run = self.ingest("a.csv", "url\nhttps://videos.example/a.mp4\n", "--journal", "j")
        self.assert_ends(run, 7, "journal_corrupt")
        self.assertEqual((self.folder / "j").read_text(encoding="utf-8"), "my precious notes\n" * 100)
        self.assert_ledger(self.api, creates=0)

    def test_journal_that_cannot_be_written_is_refused(self):
        run = self.ingest("a.csv", "url\nhttps://videos.example/a.mp4\n", "--journal", "no/such/folder/j")
        self.assert_ends(run, 7, "journal_unavailable")

    def assets(self):
        run = self.muxctl("assets", "list", "--all", "--format", "jsonl", env=self.api.env)
        self.assert_ends(run, 0)
        return {asset.get("meta", {}).get("title"): asset for asset in map(json.loads, run.stdout.splitlines())}

    def test_every_field_of_a_row_reaches_the_api_whatever_the_form(self):
        text = ('{"url":"https://videos.example/a.mp4","meta":{"title":"A","creator_id":"c"},"test":true,'
                '"max_resolution_tier":"1440p","playback_policies":["public","signed"]}\n'
                '{"url":"https://videos.example/b.mp4","title":"B","reason":"of an earlier failure"}\n')
        self.assert_ends(self.ingest("videos.jsonl", text, "--set", "test=false", "--set", "meta.creator_id=d"), 0)
        assets = self.assets()
        self.assertEqual(sorted(assets), ["A", "B"])
        self.assertEqual((assets["A"]["test"], assets["A"]["max_resolution_tier"], assets["A"]["meta"]["creator_id"]),
                         (True, "1440p", "c"))
        self.assertEqual(sorted(id["policy"] for id in assets["A"]["playback_ids"]), ["public", "signed"])
        self.assertEqual((assets["B"].get("test", False), assets["B"]["meta"]["creator_id"]), (False, "d"))

    def test_defaults_from_a_file_change_no_row(self):
        (self.folder / "defaults.json").write_text('{"meta": {"creator_id": "studio"}}\n', encoding="utf-8")
        rows = "url\ttitle\nhttps://videos.example/a.mp4\tA\n"
        self.assert_ends(self.ingest("videos.tsv", rows, "--defaults", "defaults.json"), 0)
        self.assertEqual(self.assets()["A"]["meta"]["creator_id"], "studio")
        self.assert_ends(self.ingest("videos.tsv", rows, "--video-quality", "plus"), 0)
        self.assert_ledger(self.api, creates=1)

    def test_defaults_that_are_wrong_send_nothing(self):
        rows = "url\nhttps://videos.example/a.mp4\n"
        self.assert_ends(self.ingest("videos.csv", rows, "--set", "test=perhaps"), 2, "usage")
        self.assert_ends(self.ingest("videos.csv", rows, "--set", "colour=red"), 2, "usage")
        (self.folder / "defaults.json").write_text('{"test":\n 1}', encoding="utf-8")
        run = self.ingest("videos.csv", rows, "--defaults", "defaults.json")
        self.assert_ends(run, 3, "manifest_invalid")
        self.assertIn("defaults.json:2:2: test is a number (expected true or false)", run.stderr)
        self.assert_ends(self.ingest("videos.csv", rows, "--defaults", "nowhere.json"), 3, "manifest_unreadable")
        self.assert_ledger(self.api, creates=0)

    def dry_run(self, *arguments):
        run = self.muxctl("ingest", *arguments, "--dry-run", "--json", env=self.api.env)
        self.assert_ends(run, 0)
        return json.loads(run.stdout)

    def test_dry_run_knows_the_rows_that_are_done(self):
        rows = "url\nhttps://videos.example/a.mp4\nhttps://videos.example/b.mp4\n"
        self.assert_ends(self.ingest("videos.csv", rows), 0)
        (self.folder / "videos.csv").write_text(rows + "https://videos.example/c.mp4\nhttps://videos.example/a.mp4\n",
                                                encoding="utf-8")
        before = (self.folder / "videos.csv.mux-journal").read_bytes()
        told = self.dry_run("videos.csv")
        self.assertEqual({name: told[name] for name in ("rows", "creates", "duplicate_rows", "done")},
                         {"rows": 3, "creates": 1, "duplicate_rows": 1, "done": 2})
        self.assertEqual((self.folder / "videos.csv.mux-journal").read_bytes(), before)
        self.assert_ledger(self.api, creates=2)

    def test_dry_run_of_folders_patterns_and_what_a_shell_makes_of_them(self):
        (self.folder / "clips" / "more").mkdir(parents=True)
        for name, size in (("a.mp4", 10), ("b.mov", 200), ("more/-c.mp4", 3000), (".hidden", 1)):
            (self.folder / "clips" / name).write_bytes(b"x" * size)
        for arguments, files, size in ((("clips/",), 3, 3210), (("clips/*.mp4",), 1, 10),
                                       (("clips/a.mp4", "clips/b.mov"), 2, 210),
                                       (("--", "clips/more/-c.mp4"), 1, 3000)):
            told = self.muxctl("ingest", "--dry-run", "--json", *arguments, env=self.api.env)
            self.assert_ends(told, 0)
            told = json.loads(told.stdout)
            self.assertEqual((told["files"], told["bytes"]), (files, size), arguments)

    def test_what_a_pattern_named_is_not_uploaded_again_with_its_folder(self):
        (self.folder / "clips").mkdir()
        for name in ("a.mp4", "b.mp4", "c.mov"):
            (self.folder / "clips" / name).write_bytes(b"video" * 100)
        self.assert_ends(self.muxctl("ingest", "clips/*.mp4", *self.FAST, env=self.api.env), 0)
        self.assertTrue((self.folder / "clips.mux-journal").exists())
        self.assertEqual(self.dry_run("clips")["creates"], 1)
        self.assert_ends(self.muxctl("ingest", "clips/", *self.FAST, env=self.api.env), 0)
        self.assertEqual(len(self.muxctl("assets", "list", "--all", "--format", "jsonl",
                                         env=self.api.env).stdout.splitlines()), 3)


if __name__ == "__main__":
    unittest.main()
