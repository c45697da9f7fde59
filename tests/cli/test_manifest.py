"""Faulty manifests and journals: everything is reported at once, nothing is sent."""

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


if __name__ == "__main__":
    unittest.main()
