"""The program mux-emulator as a user sees it: the env file, clean ends, clear errors."""

import os
import pathlib
import signal
import ssl
import subprocess
import sys
import tempfile
import unittest
import urllib.request

program = sys.argv.pop(1)


class Emulator:
    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [program, "--port", "0", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def ready(self):
        return self.process.stdout.readline()

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


def refused(*arguments):
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr


class ProgramTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.env_file = pathlib.Path(self.folder.name, "env")

    def tearDown(self):
        self.folder.cleanup()

    def start(self, *arguments):
        emulator = Emulator("--env-file", str(self.env_file), *arguments)
        self.addCleanup(emulator.process.stderr.close)
        self.addCleanup(emulator.process.stdout.close)
        self.addCleanup(emulator.process.wait)
        self.addCleanup(emulator.process.kill)
        self.announcement = emulator.ready()
        return emulator

    def environment(self):
        """What a shell makes of the file."""
        text = subprocess.run(
            ["env", "-i", "sh", "-c", f'. "{self.env_file}"; env'], capture_output=True, text=True, check=True
        ).stdout
        return dict(line.split("=", 1) for line in text.splitlines())

    def test_env_file_is_private_and_leads_a_client_to_the_server(self):
        emulator = self.start()
        self.assertEqual(self.env_file.stat().st_mode & 0o777, 0o600)
        env = self.environment()
        self.assertIn(env["MUX_BASE_URL"], self.announcement)
        self.assertTrue(env["MUX_BASE_URL"].startswith("https://127.0.0.1:"))
        for trusted in ("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"):
            request = urllib.request.Request(
                env["MUX_BASE_URL"] + "/_emulator/ledger",
                headers={"X-Emulator-Token": env["MUX_EMULATOR_CONTROL_TOKEN"]},
            )
            context = ssl.create_default_context(cafile=env[trusted])
            with urllib.request.build_opener(
                urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
            ).open(request, timeout=60) as answer:
                self.assertEqual(answer.status, 200)
        self.assertGreater(os.path.getsize(env["SSL_CERT_FILE"]), os.path.getsize(env["NODE_EXTRA_CA_CERTS"]))
        self.assertEqual(emulator.stop()[0], 0)

    def test_every_signal_ends_it_cleanly_and_its_files_go(self):
        for how in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            emulator = self.start()
            ca_file = self.environment()["NODE_EXTRA_CA_CERTS"]
            self.assertEqual(emulator.stop(how)[0], 0)
            self.assertFalse(self.env_file.exists())
            self.assertFalse(os.path.exists(os.path.dirname(ca_file)))

    def test_an_env_file_that_another_wrote_meanwhile_stays(self):
        first, second = self.start(), self.start()
        self.assertEqual(first.stop()[0], 0)
        self.assertTrue(self.env_file.exists())
        self.assertEqual(second.stop()[0], 0)
        self.assertFalse(self.env_file.exists())

    def test_help_names_the_faults_and_the_rule_of_failing_words(self):
        text = subprocess.run([program, "--help"], capture_output=True, text=True, timeout=60, check=True).stdout
        for word in ("partial", "expire_session", "upload_answer_lost", "storage.finish", "--fail-word", "--list-lag"):
            self.assertIn(word, text)

    def test_verbose_ends_with_the_ledger(self):
        emulator = self.start("--verbose")
        self.assertIn("creates: 0\nduplicates: 0\n", emulator.stop()[1])

    def test_a_port_in_use_is_named(self):
        self.start()
        port = self.environment()["MUX_BASE_URL"].rsplit(":", 1)[1]
        code, message = refused("--port", port)
        self.assertEqual(code, 5)
        self.assertIn(f"port {port}", message)
        self.assertIn("in use", message)

    def test_an_unwritable_env_file_is_named(self):
        code, message = refused("--env-file", "/nonexistent/env")
        self.assertEqual(code, 5)
        self.assertIn("/nonexistent/env", message)

    def test_nonsense_on_the_command_line_is_a_usage_error(self):
        for arguments in (
            ["--limit", "video=1/5"],
            ["--limit", "video_post=0/5"],
            ["--limit", "video_post=1/5x"],
            ["--fault", "nonsense"],
            ["--list-lag", "soon"],
            ["--list-lag", "100=2"],
            ["--limit-scope", "planet"],
            ["--port", "65536"],
            ["--unknown"],
        ):
            code, message = refused(*arguments)
            self.assertEqual(code, 2, arguments)
            self.assertTrue(message, arguments)

    def test_version(self):
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout[:13]), (0, "mux-emulator "))


if __name__ == "__main__":
    unittest.main()
