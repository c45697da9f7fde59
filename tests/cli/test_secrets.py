"""A secret never comes out: not in output, not in files, not on a command line."""

import base64
import json
import os
import pathlib
import unittest
import urllib.parse

from support import PATIENCE, CommandLineTest


def spellings(token_id, secret):
    """How a secret could leak without being seen at first sight."""
    return {
        secret.encode(),
        base64.b64encode(f"{token_id}:{secret}".encode()),
        base64.b64encode(secret.encode()),
        urllib.parse.quote(secret, safe="").encode(),
        json.dumps(secret)[1:-1].encode(),
        secret.encode().hex().encode(),
        secret.encode().hex().upper().encode(),
    }


class SecretsTest(CommandLineTest):
    def setUp(self):
        super().setUp()
        self.api = self.start_emulator(*self.FAST_API)
        self.secret = self.api.env["MUX_TOKEN_SECRET"]
        self.canaries = spellings(self.api.env["MUX_TOKEN_ID"], self.secret)

    def assert_clean(self, data, where, canaries=None):
        for canary in canaries or self.canaries:
            self.assertNotIn(canary, data, where)

    def assert_nothing_written(self, canaries=None):
        """No file below the test's folder but those of the emulator and the test holds a canary."""
        looked_at = 0
        for path in self.folder.rglob("*"):
            if path.is_file() and path.parent != self.api.folder and not path.name.startswith("given"):
                self.assert_clean(path.read_bytes(), path, canaries)
                looked_at += 1
        return looked_at

    def test_nothing_that_is_said_or_written_holds_the_secret(self):
        manifest = self.write_manifest(5)
        lines = [
            ("whoami", "-vv"),
            ("assets", "create", "https://videos.example/a.mp4", "-vv"),
            ("assets", "list", "--all", "-vv"),
            ("assets", "get", "nonsense", "-vv"),
            ("ingest", manifest, *self.FAST, "--json", "-vv"),
        ]
        for line in lines:
            run = self.muxctl(*line, env=self.api.env, binary=True)
            self.assert_clean(run.stdout + run.stderr, line)
        self.assertTrue((self.folder / "videos.csv.mux-journal").exists())
        self.assertGreaterEqual(self.assert_nothing_written(), 2)

    def test_errors_do_not_repeat_a_wrong_secret(self):
        secret = "wrong/secret+with=\"marks\" äö"
        env = {**self.api.env, "MUX_TOKEN_SECRET": secret}
        canaries = spellings(env["MUX_TOKEN_ID"], secret)
        for line in (("whoami", "-vv"), ("ingest", self.write_manifest(2), "-vv", "--json")):
            run = self.muxctl(*line, env=env, binary=True)
            self.assertEqual(run.returncode, 4, run.stderr)
            self.assert_clean(run.stdout + run.stderr, line, canaries)
        self.assert_nothing_written(canaries)

    def test_secret_with_a_line_break_is_refused_without_being_shown(self):
        env = {**self.api.env, "MUX_TOKEN_SECRET": "canary\r\nX-Injected: 1"}
        run = self.muxctl("whoami", "-vv", env=env)
        self.assertIn(run.returncode, (2, 4))
        self.assertNotIn("canary", run.stderr + run.stdout)

    def test_bearer_token_is_not_shown(self):
        env = {**self.api.env, "MUX_AUTHORIZATION_TOKEN": "canary-bearer-token"}
        run = self.muxctl("whoami", "-vv", env=env)
        self.assertEqual(run.returncode, 4)
        self.assertNotIn("canary-bearer-token", run.stderr + run.stdout)

    def test_secret_on_the_command_line_is_refused_without_being_repeated(self):
        for line in (("whoami", "--token-secret", "canary"), ("--token-secret=canary", "whoami")):
            run = self.muxctl(*line)
            self.assert_ends(run, 2, "secret_on_command_line")
            self.assertNotIn("canary", run.stderr)

    def test_secret_comes_from_standard_input_or_a_private_file(self):
        text = f"MUX_TOKEN_ID={self.api.env['MUX_TOKEN_ID']}\nMUX_TOKEN_SECRET={self.secret}\n"
        env = {name: value for name, value in self.api.env.items() if not name.startswith("MUX_TOKEN")}
        self.assert_ends(self.muxctl("whoami", "--credentials-file", "-", env=env, stdin=text), 0)
        path = self.folder / "given-credentials"
        path.write_text(text, encoding="utf-8")
        path.chmod(0o644)
        self.assert_ends(self.muxctl("whoami", "--credentials-file", path, env=env), 4, "credentials_file")
        path.chmod(0o600)
        self.assert_ends(self.muxctl("whoami", "--credentials-file", path, env=env), 0)

    @unittest.skipUnless(os.path.exists("/proc/self/cmdline"), "needs /proc")
    def test_command_line_of_the_process_holds_no_secret(self):
        process = self.start_muxctl("ingest", self.write_manifest(30), *self.FAST, "--json", env=self.api.env)
        process.stdout.readline()
        self.assert_clean(pathlib.Path(f"/proc/{process.pid}/cmdline").read_bytes(), "cmdline")
        process.stdout.read()
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_signature_of_a_source_url_is_neither_shown_nor_stored(self):
        manifest = self.folder / "given.txt"
        manifest.write_text("https://user:canaryuser@videos.example/a.mp4?sig=canaryquery\n"
                            "https://videos.example/b.mp4?X-Signature=canaryquery\n", encoding="utf-8")
        canaries = {b"canaryquery", b"canaryuser"}
        run = self.muxctl("ingest", manifest, *self.FAST, "--json", "-vv", env=self.api.env, binary=True)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assert_clean(run.stdout + run.stderr, "output", canaries)
        self.assert_nothing_written(canaries)
        self.assertIn("canaryquery", self.api.created()[1]["input"])

    def test_journal_and_limiter_state_are_private(self):
        self.assert_ends(self.muxctl("ingest", self.write_manifest(2), *self.FAST, env=self.api.env), 0)
        self.assertEqual((self.folder / "videos.csv.mux-journal").stat().st_mode & 0o077, 0)
        state = [p for p in (self.folder / "state").rglob("*") if p.is_file()]
        self.assertTrue(state)
        for path in state:
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)


if __name__ == "__main__":
    unittest.main()
