"""Everyday calls: whoami, assets create, get, update, delete."""

import json
import subprocess
import unittest

from support import MUXCTL, PATIENCE, CommandLineTest


class EverydayTest(CommandLineTest):
    def setUp(self):
        super().setUp()
        self.api = self.start_emulator(*self.FAST_API)

    def run_fast(self, *arguments, **options):
        return self.muxctl("--rate-limit", "video-post=50/5", "--rate-limit", "video-other=off", *arguments,
                           env=self.api.env, **options)

    def create(self, *arguments):
        run = self.run_fast("assets", "create", *arguments)
        self.assert_ends(run, 0)
        return json.loads(run.stdout)

    def test_whoami_shows_the_environment(self):
        run = self.run_fast("whoami")
        self.assert_ends(run, 0)
        self.assertEqual(json.loads(run.stdout)["environment_id"], "emulat")
        self.assertEqual(run.stderr, "")

    def test_create_takes_everything_that_describes_an_asset(self):
        made = self.create("https://videos.example/a.mp4", "--title", "A film", "--external-id", "x-1", "--creator-id",
                           "c-1", "--passthrough", "p", "--playback-policy", "public", "--video-quality", "basic")
        self.assertEqual(made["meta"], {"title": "A film", "external_id": "x-1", "creator_id": "c-1"})
        self.assertEqual(made["passthrough"], "p")
        self.assertEqual([p["policy"] for p in made["playback_ids"]], ["public"])
        self.assertEqual(made["video_quality"], "basic")

    def test_get_shows_what_create_made(self):
        made = self.create("--url", "https://videos.example/a.mp4")
        run = self.run_fast("assets", "get", made["id"])
        self.assert_ends(run, 0)
        self.assertEqual(json.loads(run.stdout)["id"], made["id"])

    def test_update_changes_what_is_named_and_keeps_the_rest(self):
        made = self.create("https://videos.example/a.mp4", "--title", "Old", "--external-id", "x-1", "--passthrough",
                           "p")
        run = self.run_fast("assets", "update", made["id"], "--title", "New")
        self.assert_ends(run, 0)
        after = json.loads(run.stdout)
        self.assertEqual((after["meta"]["title"], after["meta"]["external_id"]), ("New", "x-1"))
        self.assertEqual(after["passthrough"], "p")

    def test_update_clears(self):
        made = self.create("https://videos.example/a.mp4", "--title", "Old", "--external-id", "x-1", "--passthrough",
                           "p")
        run = self.run_fast("assets", "update", made["id"], "--clear-passthrough", "--clear-title")
        self.assert_ends(run, 0)
        after = json.loads(run.stdout)
        self.assertFalse(after.get("passthrough"))
        self.assertFalse(after["meta"].get("title"))
        self.assertEqual(after["meta"]["external_id"], "x-1")

    def test_update_of_nothing_is_a_usage_error(self):
        self.assert_ends(self.run_fast("assets", "update", "ID"), 2, "usage")

    def test_delete_needs_a_confirmation(self):
        made = self.create("https://videos.example/a.mp4")
        self.assert_ends(self.run_fast("assets", "delete", made["id"]), 2, "not_confirmed")
        self.assert_ends(self.run_fast("assets", "get", made["id"]), 0)

    def test_delete_deletes(self):
        made = self.create("https://videos.example/a.mp4")
        self.assert_ends(self.run_fast("assets", "delete", made["id"], "--yes"), 0)
        self.assert_ends(self.run_fast("assets", "get", made["id"]), 8, "not_found")

    def test_wait_ends_when_the_asset_is_ready(self):
        api = self.start_emulator("--ready-after", "1", "--limit", "video_other=off")
        run = self.muxctl("assets", "create", "https://videos.example/a.mp4", "--wait", env=api.env)
        self.assert_ends(run, 0)
        self.assertEqual(json.loads(run.stdout)["status"], "ready")
        self.assertRegex(run.stderr, r"(?m)^created \w+$")

    def test_wait_fails_when_the_asset_does(self):
        run = self.run_fast("assets", "create", "https://errored.example/a.mp4", "--wait")
        self.assert_ends(run, 1, "asset_errored")
        self.assertEqual(json.loads(run.stdout)["status"], "errored")

    def test_interrupted_call_ends_with_130(self):
        self.api.control("faults", {"faults": ["delay:60000@video.assets.retrieve"]})
        made = self.create("https://videos.example/a.mp4")
        process = self.start_muxctl("-vv", "assets", "get", made["id"], env=self.api.env)
        for line in process.stderr:
            if "goes out" in line:
                break
        process.send_signal(2)
        rest = process.stderr.read()
        self.assertEqual(process.wait(PATIENCE), 130)
        self.assertIn("muxctl: error: [interrupted] stopped by SIGINT", rest)


class WithoutApiTest(CommandLineTest):
    def test_version(self):
        run = self.muxctl("version")
        self.assert_ends(run, 0)
        self.assertRegex(run.stdout, r"^muxctl \d+\.\d+\.\d+\n$")
        self.assertEqual(run.stderr, "")

    def test_help_goes_to_standard_output_without_escape_sequences(self):
        for command in ([], ["ingest"], ["assets"], ["assets", "list"], ["whoami"]):
            run = self.muxctl(*command, "--help")
            self.assert_ends(run, 0)
            self.assertNotIn("\x1b", run.stdout)
            self.assertIn("muxctl" if not command else command[-1], run.stdout)

    def test_wrong_usage_goes_to_standard_error_and_sends_nothing(self):
        for line in ([], ["unknown"], ["assets"], ["assets", "get"], ["whoami", "--unknown"]):
            run = self.muxctl(*line)
            self.assert_ends(run, 2, "usage")
            self.assertEqual(run.stdout, "")
            self.assertIn("--help", run.stderr)

    def test_closed_standard_output_is_an_error_and_no_file_takes_its_place(self):
        run = subprocess.run(["sh", "-c", '"$0" version >&-', MUXCTL], env=self.environment(), capture_output=True,
                             text=True, timeout=PATIENCE, check=False)
        self.assertEqual(run.returncode, 1)
        self.assertIn("[output_failed]", run.stderr)

    def test_full_disk_is_an_error(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            process = self.start_muxctl("version", stdout=full)
            message = process.stderr.read()
            self.assertEqual(process.wait(PATIENCE), 1)
        self.assertIn("[output_failed]", message)


if __name__ == "__main__":
    unittest.main()
