"""The documented limit holds across processes: nothing is refused."""

import json
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


class LimitsCommandTest(CommandLineTest):
    """What `muxctl limits` knows, and where it knows it from."""

    def limits(self, *arguments, env):
        run = self.muxctl(*arguments, "limits", "--format", "jsonl", env=env)
        self.assert_ends(run, 0)
        return {row["class"]: row for row in map(json.loads, run.stdout.splitlines())}

    def test_shows_every_class_without_sending_anything(self):
        api = self.start_emulator()
        rows = self.limits("--rate-limit", "video_post=2/8", env=api.env)
        self.assertEqual(
            list(rows),
            ["video_post", "video_other", "monitoring", "data", "system", "robots", "storage", "unlimited"],
        )
        self.assertEqual((rows["video_post"]["full_rate"], rows["video_post"]["burst"]), (2, 7))
        self.assertEqual(rows["video_post"]["burst_is"], "configured")
        self.assertEqual(rows["video_other"]["burst_is"], "assumed")
        self.assertIsNone(rows["unlimited"]["full_rate"])
        self.assertEqual(sum(c["requests"] for c in api.ledger()["classes"].values()), 0)

    def test_shows_what_other_processes_spent(self):
        api = self.start_emulator("--ready-after", "0")
        self.assert_ends(self.muxctl("assets", "create", "https://videos.example/1.mp4", env=api.env), 0)
        spent = self.limits(env=api.env)["video_post"]["tokens"]
        self.assertGreater(spent, 1.9)
        self.assertLessEqual(spent, 3)
        elsewhere = self.limits("--bucket-id", "another", env=api.env)
        self.assertEqual(elsewhere["video_post"]["tokens"], 3)

    def test_probe_learns_the_burst_and_keeps_it(self):
        api = self.start_emulator("--limit", "video_other=0.01/20", "--limit", "data=0.01/10")
        slow = ("--rate-limit", "video_other=0.01", "--rate-limit", "data=0.01")
        run = self.muxctl(*slow, "limits", "--probe", "--deadline", "30s", env=api.env)
        # The refused read would wait for its turn longer than it may: an answer came, the probe is content.
        self.assert_ends(run, 0)
        self.assertIn("video_post and robots were not probed", run.stderr)
        ledger = api.ledger()["classes"]
        self.assertEqual(ledger["video_other"]["refused"], 1)
        self.assertEqual(api.ledger()["creates"], 0)
        known = self.limits(*slow, env=api.env)["video_other"]
        self.assertEqual(known["burst_is"], "learnt")
        self.assertLessEqual(known["burst"], 19)
        self.assertGreaterEqual(known["burst"], 3)
        self.assertIsNotNone(known["since_refusal_s"])
        self.assert_ends(self.muxctl("limits", "--forget", env=api.env), 0)
        self.assertEqual(self.limits(*slow, env=api.env)["video_other"]["burst_is"], "assumed")

    def test_a_folder_that_cannot_be_used_is_named(self):
        (self.folder / "file").write_text("")
        run = self.muxctl("--limits-dir", str(self.folder / "file" / "x"), "limits", env={
            "MUX_TOKEN_ID": "id", "MUX_TOKEN_SECRET": "secret"})
        self.assert_ends(run, 1, "limiter_state")
        self.assertIn(str(self.folder / "file"), run.stderr)


if __name__ == "__main__":
    unittest.main()
