"""What a person sees: each stream is examined on its own, a terminal gets a line that is rewritten, a file does not."""

import os
import pty
import select
import subprocess
import time
import unittest

from support import MUXCTL, PATIENCE, CommandLineTest


class TerminalTest(CommandLineTest):
    def run_on_terminal(self, *arguments, env=None, streams=("stdout", "stderr")):
        """Exit code and what the terminal got; streams that are not on it are thrown away."""
        ours, theirs = pty.openpty()
        targets = {name: theirs if name in streams else subprocess.DEVNULL for name in ("stdout", "stderr")}
        process = subprocess.Popen([MUXCTL, *map(str, arguments)], stdin=subprocess.DEVNULL, cwd=self.folder,
                                   env=self.environment({"TERM": "xterm"}, env or {}), **targets)
        os.close(theirs)
        shown = b""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            ready, _, _ = select.select([ours], [], [], 1)
            if not ready:
                continue
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            if not piece:
                break
            shown += piece
        os.close(ours)
        return process.wait(PATIENCE), shown.decode()

    def ingest(self, *arguments, env=None, **options):
        api = self.start_emulator(*self.FAST_API)
        # 60 rows at 20 a second last for some updates of the line.
        return self.run_on_terminal("ingest", self.write_manifest(60), "--rate", "20", "--rate-limit",
                                    "video-other=off", *arguments, env={**api.env, **(env or {})}, **options)

    def test_progress_is_one_line_that_is_rewritten(self):
        code, shown = self.ingest()
        self.assertEqual(code, 0, shown)
        rewritten = [piece for piece in shown.split("\r") if piece.startswith("created ") and "/60" in piece]
        self.assertGreater(len(rewritten), 1, shown)
        self.assertNotIn("\x1b", shown)
        self.assertTrue(shown.rstrip().endswith("created 60 of 60"), shown)

    def test_line_fits_the_terminal(self):
        _, shown = self.ingest()
        for piece in shown.replace("\n", "\r").split("\r"):
            if "/60" in piece:
                self.assertLess(len(piece.replace("\b", "")), 80)

    def test_dumb_terminal_gets_plain_lines(self):
        code, shown = self.ingest(env={"TERM": "dumb"})
        self.assertEqual(code, 0)
        self.assertNotIn("\r", shown.replace("\r\n", "\n"))
        self.assertIn("muxctl: created ", shown)

    def test_quiet_shows_no_progress(self):
        _, shown = self.ingest("-q")
        self.assertNotIn("/60", shown)
        self.assertIn("created 60 of 60", shown)

    def test_pipe_gets_plain_lines(self):
        api = self.start_emulator(*self.FAST_API)
        run = self.muxctl("ingest", self.write_manifest(60), *self.FAST, env=api.env)
        self.assert_ends(run, 0)
        self.assertNotIn("\r", run.stderr)
        self.assertRegex(run.stderr, r"(?m)^muxctl: created \d+/60 \(\d+%\).*, failed 0, ambiguous 0, 429s 0$")

    def test_error_is_coloured_on_a_terminal_only(self):
        _, shown = self.run_on_terminal("whoami")
        self.assertIn("\x1b[1;31merror:\x1b[0m", shown)
        self.assertNotIn("\x1b", self.muxctl("whoami").stderr)

    def test_no_color_and_never_win_over_a_terminal(self):
        for arguments, env in ((("whoami",), {"NO_COLOR": "1"}), (("whoami", "--color", "never"), {}),
                               (("whoami",), {"TERM": "dumb"})):
            _, shown = self.run_on_terminal(*arguments, env=env)
            self.assertIn("error:", shown)
            self.assertNotIn("\x1b", shown)

    def test_always_colours_a_pipe(self):
        self.assertIn("\x1b[1;31m", self.muxctl("whoami", "--color", "always", env={"NO_COLOR": "1"}).stderr)

    def test_help_has_no_escape_sequences_even_on_a_terminal(self):
        _, shown = self.run_on_terminal("--help")
        self.assertNotIn("\x1b", shown)

    def test_listing_is_a_table_on_a_terminal_and_lines_of_json_in_a_pipe(self):
        api = self.start_emulator()
        api.control("seed", {"count": 3})
        _, shown = self.run_on_terminal("assets", "list", env=api.env)
        self.assertTrue(shown.startswith("ID "), shown)
        self.assertTrue(self.muxctl("assets", "list", env=api.env).stdout.startswith("{"))

    def test_table_is_chosen_by_standard_output_alone(self):
        api = self.start_emulator()
        api.control("seed", {"count": 3})
        _, shown = self.run_on_terminal("assets", "list", env=api.env, streams=("stdout",))
        self.assertTrue(shown.startswith("ID "), shown)

    def test_csv_cannot_steer_the_terminal(self):
        api = self.start_emulator(*self.FAST_API)
        self.assert_ends(self.muxctl("assets", "create", "https://videos.example/a.mp4", "--title", "a\x1b[2Jb\u202e",
                                     env=api.env), 0)
        _, shown = self.run_on_terminal("assets", "list", "--format", "csv", env=api.env)
        self.assertNotIn("\x1b", shown)
        self.assertIn("a\\x1b[2Jb\\u{202e}", shown)


if __name__ == "__main__":
    unittest.main()
