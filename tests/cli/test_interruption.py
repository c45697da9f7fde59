"""Runs that are stopped, politely or not, go on where they were."""

import json
import os
import shlex
import signal
import subprocess
import time
import unittest

from support import PATIENCE, CommandLineTest


class InterruptionTest(CommandLineTest):
    ROWS = 60

    def setUp(self):
        super().setUp()
        self.api = self.start_emulator("--limit", "video_post=20/5", "--limit", "video_other=off")
        self.manifest = self.write_manifest(self.ROWS, "my videos.csv")
        self.line = ("ingest", self.manifest, "--rate", "20", "--burst", "5", "--rate-limit", "video-other=off",
                     "--horizon", "2s")

    def start_and_wait_for(self, rows, *arguments):
        """A run of which so many rows are created."""
        process = self.start_muxctl(*self.line, "--json", *arguments, env=self.api.env)
        for line in process.stdout:
            event = json.loads(line)
            rows -= event["event"] == "row" and event["state"] == "created"
            if rows <= 0:
                return process
        self.fail("the run ended too early: " + process.stderr.read())

    def finish(self, process):
        _, messages = process.communicate(timeout=PATIENCE)
        return process.returncode, messages

    def resume(self):
        run = self.muxctl(*self.line, env=self.api.env)
        self.assert_ends(run, 0)
        self.assertEqual(run.stderr.splitlines()[-1], f"created {self.ROWS} of {self.ROWS}")
        self.assert_ledger(self.api, creates=self.ROWS)

    def assert_stops(self, number, code):
        process = self.start_and_wait_for(15)
        process.send_signal(number)
        ended, messages = self.finish(process)
        self.assertEqual(ended, code, messages)
        self.assertRegex(messages, r"(?m)^created \d+ of 60$")
        self.assertTrue(messages.splitlines()[-1].startswith("resume with: "), messages)
        self.assertLess(self.api.ledger()["creates"], self.ROWS)
        self.resume()
        return messages

    def test_ctrl_c_stops_and_the_same_command_goes_on(self):
        self.assert_stops(signal.SIGINT, 130)

    def test_sigterm_stops_with_143(self):
        self.assert_stops(signal.SIGTERM, 143)

    def test_sighup_stops_with_129(self):
        self.assert_stops(signal.SIGHUP, 129)

    def test_resume_line_can_be_pasted_into_a_shell(self):
        process = self.start_and_wait_for(10)
        process.send_signal(signal.SIGINT)
        _, messages = self.finish(process)
        command = messages.splitlines()[-1].removeprefix("resume with: ")
        self.assertIn(str(self.manifest), shlex.split(command))
        run = subprocess.run(["sh", "-c", command], env=self.environment(self.api.env), cwd=self.folder,
                             capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assert_ends(run, 0)
        self.assert_ledger(self.api, creates=self.ROWS)

    def test_first_signal_lets_calls_under_way_end(self):
        self.api.control("faults", {"faults": ["delay:1500@video.assets.create"]})
        process = self.start_muxctl(*self.line, "--json", env=self.api.env)
        for line in process.stdout:
            if json.loads(line).get("state") == "sending":
                break
        process.send_signal(signal.SIGINT)
        ended, messages = self.finish(process)
        self.assertEqual(ended, 130, messages)
        self.assertIn("ambiguous 0", messages)
        self.api.control("faults", {"faults": []})
        self.resume()

    def test_second_signal_ends_at_once_and_loses_nothing(self):
        self.api.control("faults", {"faults": ["delay:100000@video.assets.create"]})
        process = self.start_muxctl(*self.line, "--json", "--stop-timeout", "1h", env=self.api.env)
        for line in process.stdout:
            if json.loads(line).get("state") == "sending":
                break
        process.send_signal(signal.SIGINT)
        for line in process.stderr:
            if "a second signal" in line:
                break
        process.send_signal(signal.SIGINT)
        ended, messages = self.finish(process)
        self.assertEqual(ended, 130)
        self.assertIn("resume with: ", messages)
        self.api.control("faults", {"faults": []})
        self.resume()

    def test_stop_timeout_gives_calls_under_way_up(self):
        self.api.control("faults", {"faults": ["delay:100000@video.assets.create"]})
        process = self.start_muxctl(*self.line, "--json", "--stop-timeout", "300ms", env=self.api.env)
        for line in process.stdout:
            if json.loads(line).get("state") == "sending":
                break
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        ended, messages = self.finish(process)
        self.assertEqual(ended, 130, messages)
        # The calls under way would take 60 s to time out and 100 s to be answered.
        self.assertLess(time.monotonic() - begun, 50)
        self.api.control("faults", {"faults": []})
        self.resume()

    def test_usr1_prints_where_the_run_stands(self):
        process = self.start_and_wait_for(5)
        process.send_signal(signal.SIGUSR1)
        for line in process.stderr:
            if "created" in line:
                break
        self.assertRegex(line, r"created \d+/60 \(\d+%\).* allowed, about .* left")
        process.stdout.read()
        self.assertEqual(self.finish(process)[0], 0)

    def test_signal_ignored_from_the_start_stays_ignored(self):
        process = subprocess.Popen(["nohup", os.environ["MUXCTL"], *map(str, self.line), "--json"],
                                   env=self.environment(self.api.env), cwd=self.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.end, process)
        process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        self.assertEqual(self.finish(process)[0], 0)
        self.assert_ledger(self.api, creates=self.ROWS)

    def test_sigkill_loses_nothing(self):
        for rows in (1, 10, 25):
            process = self.start_and_wait_for(rows)
            process.kill()
            self.finish(process)
        self.resume()

    def test_second_process_on_the_same_journal_is_refused(self):
        process = self.start_and_wait_for(1)
        self.assert_ends(self.muxctl(*self.line, env=self.api.env), 7, "journal_locked")
        process.stdout.read()
        self.assertEqual(self.finish(process)[0], 0)
        self.assert_ledger(self.api, creates=self.ROWS)


if __name__ == "__main__":
    unittest.main()
