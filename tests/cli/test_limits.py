"""The documented limit holds across processes: nothing is refused."""

import time
import unittest

from support import PATIENCE, CommandLineTest


class LimitsTest(CommandLineTest):
    def setUp(self):
        super().setUp()
        # The documented rate with the default bucket.
        self.api = self.start_emulator("--limit", "video_post=1/5", "--ready-after", "0")

    def create(self, number):
        return ("assets", "create", f"https://videos.example/{number}.mp4")

    def test_shell_loop_of_eight_is_never_refused(self):
        begun = time.monotonic()
        for number in range(8):
            self.assert_ends(self.muxctl(*self.create(number), env=self.api.env), 0)
        self.assertGreater(time.monotonic() - begun, 4, "three go at once, five wait a second each")
        self.assert_ledger(self.api, creates=8)

    def test_processes_at_the_same_time_share_the_limit(self):
        processes = [self.start_muxctl(*self.create(number), env=self.api.env) for number in range(8)]
        for process in processes:
            self.assertEqual(process.wait(PATIENCE), 0, process.stderr.read())
        self.assert_ledger(self.api, creates=8)

    def test_ingest_at_the_documented_rate_is_never_refused(self):
        manifest = self.write_manifest(9)
        begun = time.monotonic()
        run = self.muxctl("ingest", manifest, env=self.api.env)
        self.assert_ends(run, 0)
        self.assertGreater(time.monotonic() - begun, 4)
        self.assert_ledger(self.api, creates=9)

    def test_two_ingests_one_after_the_other_do_not_both_burst(self):
        for name in ("a.csv", "b.csv"):
            path = self.folder / name
            path.write_text("url\n" + "".join(f"https://videos.example/{name}/{i}.mp4\n" for i in range(4)),
                            encoding="utf-8")
            self.assert_ends(self.muxctl("ingest", path, env=self.api.env), 0)
        self.assert_ledger(self.api, creates=8)


if __name__ == "__main__":
    unittest.main()
