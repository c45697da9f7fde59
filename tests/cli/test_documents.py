"""Completions and the manual page: made from the command line's own description, tried in the real programs."""

import json
import re
import shutil
import subprocess
import unittest

from support import PATIENCE, CommandLineTest


class DocumentsTest(CommandLineTest):
    def script(self, shell):
        run = self.muxctl("completion", shell)
        self.assert_ends(run, 0)
        path = self.folder / ("muxctl." + shell)
        path.write_text(run.stdout, encoding="utf-8")
        return path

    def in_shell(self, *command):
        run = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, cwd=self.folder, check=False,
                             env=self.environment())
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout.splitlines()

    def in_bash(self, *words):
        """What bash offers for the last word; `--option=value` comes as three words, as readline splits it."""
        quoted = " ".join(f"'{word}'" for word in words)
        return self.in_shell("bash", "-c", f"source {self.script('bash')}; COMP_WORDS=({quoted}); "
                             f"COMP_CWORD={len(words) - 1}; _muxctl; printf '%s\\n' \"${{COMPREPLY[@]}}\"")

    def test_bash_completes_commands_options_choices_and_files(self):
        (self.folder / "movies.csv").touch()
        self.assertEqual(self.in_bash("muxctl", "ing"), ["ingest"])
        self.assertIn("movies.csv", self.in_bash("muxctl", "ingest", "m"))
        self.assertIn("status", self.in_bash("muxctl", "ingest", ""))
        self.assertEqual(self.in_bash("muxctl", "assets", "list", "--form"), ["--format"])
        self.assertEqual(self.in_bash("muxctl", "assets", "list", "--format", ""), ["csv", "jsonl", "table"])
        self.assertEqual(self.in_bash("muxctl", "assets", "list", "--format", "=", "t"), ["table"])
        # The value of an option is no command, and the program's options are known everywhere.
        self.assertEqual(self.in_bash("muxctl", "--token-id", "ingest", "assets", "g"), ["get"])
        self.assertEqual(self.in_bash("muxctl", "ingest", "report", "--color", "al"), ["always"])
        self.assertEqual(self.in_bash("muxctl", "completion", "z"), ["zsh"])

    @unittest.skipUnless(shutil.which("fish"), "needs fish")
    def test_fish_completes_commands_options_and_choices(self):
        script = self.script("fish")

        def offers(line):
            shown = self.in_shell("fish", "--no-config", "-c", f"source {script}; complete -C '{line}'")
            return [text.split("\t")[0] for text in shown]

        self.assertEqual(offers("muxctl ing"), ["ingest"])
        self.assertEqual(offers("muxctl ingest export"), ["export-failed"])
        self.assertEqual(offers("muxctl assets list --format "), ["csv", "jsonl", "table"])
        self.assertEqual(offers("muxctl assets list --curs"), ["--cursor"])
        self.assertEqual(offers("muxctl --token-id ingest assets g"), ["get"])

    @unittest.skipUnless(shutil.which("zsh"), "needs zsh")
    def test_zsh_completes_commands_options_and_choices(self):
        script = self.script("zsh")
        # A terminal of its own, as completion exists in an interactive shell only.
        driver = self.folder / "driver.zsh"
        driver.write_text(f"""
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PROMPT= ; autoload -Uz compinit; compinit -u -d {self.folder}/dump; source {script}"
zpty -w shell "zstyle ':completion:*' list-packed no; setopt no_beep; bindkey '^I' complete-word; print begin''ning"
zpty -r -m shell text '*beginning*'
zpty -w -n shell "muxctl $1"$'\\t'
zpty -w -n shell $'\\x01''print -r -- \"<'$'\\x05''>\"'$'\\n'
zpty -r -m shell text '*<*>*'
zpty -w shell exit
print -r -- "$text"
""", encoding="utf-8")

        def completed(line):
            text = "\n".join(self.in_shell("zsh", "-f", str(driver), line))
            return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\r|\x08", "", text)

        self.assertIn("muxctl ingest ", completed("ing"))
        self.assertIn("muxctl ingest export-failed ", completed("ingest export-f"))
        self.assertIn("muxctl assets list --cursor", completed("assets list --curs"))

    def test_every_command_has_examples(self):
        page = self.muxctl("man").stdout
        commands = [line.removeprefix(".SS ").replace("\\-", "-") for line in page.splitlines() if line.startswith(".SS ")]
        self.assertGreater(len(commands), 10)
        for command in commands:
            shown = self.muxctl(*command.split()[1:], "--help")
            self.assert_ends(shown, 0)
            self.assertIn("Examples:", shown.stdout, command)
            self.assertIn(f"  {command}", shown.stdout, command)

    def test_help_manual_and_completions_name_the_same_options(self):
        page = self.muxctl("man").stdout.replace("\\-", "-")
        scripts = {shell: self.muxctl("completion", shell).stdout for shell in ("bash", "zsh", "fish")}
        for command in ("ingest", "ingest report", "assets list"):
            options = set(re.findall(r"(?m)^\s+(?:-\w,)?(--[a-z-]+)", self.muxctl(*command.split(), "--help").stdout))
            self.assertGreater(len(options), 3)
            for option in options:
                self.assertIn(option, page)
                self.assertIn(option, scripts["bash"])
                self.assertIn(option, scripts["zsh"])
                self.assertIn("-l " + option.removeprefix("--"), scripts["fish"])

    @unittest.skipUnless(shutil.which("mandoc"), "needs mandoc")
    def test_manual_page_has_no_faults(self):
        page = self.folder / "muxctl.1"
        page.write_text(self.muxctl("man").stdout, encoding="utf-8")
        run = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", str(page)], capture_output=True, text=True,
                             timeout=PATIENCE, check=False)
        # A date would make every build another one.
        self.assertEqual([line for line in run.stdout.splitlines() if "missing date" not in line], [])


class LogFileTest(CommandLineTest):
    def test_log_file_has_all_that_is_said_with_its_time_whatever_is_shown(self):
        api = self.start_emulator(*self.FAST_API)
        path = self.folder / "run.log"
        path.write_text("", encoding="utf-8")
        path.chmod(0o644)
        run = self.muxctl("ingest", self.write_manifest(3), *self.FAST, "-q", "--log-file", path, env=api.env)
        self.assert_ends(run, 0)
        entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        self.assertEqual({e["v"] for e in entries}, {1})
        for entry in entries:
            self.assertRegex(entry["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$")
        texts = [e["text"] for e in entries]
        self.assertIn("created 3 of 3", texts)
        self.assertEqual(sum(": created " in text for text in texts), 3)
        self.assertTrue(any("answered 201" in text for text in texts))
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        # It grows, and errors are in it too.
        self.assert_ends(self.muxctl("ingest", "nowhere.csv", "--log-file", path, env=api.env), 3)
        last = json.loads(path.read_text(encoding="utf-8").splitlines()[-1])
        self.assertEqual((last["level"], last["code"]), ("error", "manifest_unreadable"))
        self.assertGreater(len(path.read_text(encoding="utf-8").splitlines()), len(entries))

    def test_log_file_that_cannot_be_written_is_said_at_once(self):
        self.assert_ends(self.muxctl("version", "--log-file", "no/such/folder/log"), 2, "usage")


class LimitsOfARunTest(CommandLineTest):
    def test_share_of_errors_ends_the_run(self):
        refused = json.dumps({"error": {"type": "x", "messages": ["no"]}})
        whoami = json.dumps({"data": {"environment_id": "e", "environment_name": "E"}})
        api = self.start_scripted({
            ("GET", "/system/v1/whoami"): (200, "application/json", whoami),
            ("POST", "/video/v1/assets"): (400, "application/json", refused),
        })
        run = self.muxctl("ingest", self.write_manifest(200), "--rate", "1000", "--burst", "30", "--max-errors", "50%",
                          "--concurrency", "1", env=api.env)
        self.assert_ends(run, 6)
        sent = len([r for r in api.requests if r[0] == "POST"])
        self.assertGreaterEqual(sent, 20)
        self.assertLess(sent, 60)
        self.assertIn("--max-errors", run.stderr)
        self.assertIn("resume with:", run.stderr)
        # Half of them may fail, so none of these is too many.
        self.assert_ends(self.muxctl("ingest", self.write_manifest(10, "few.csv"), *self.FAST, "--max-errors", "100%",
                                     env=api.env), 1)

    def test_longest_duration_ends_the_run_and_the_same_command_goes_on(self):
        api = self.start_emulator("--limit", "video_post=20/5", "--limit", "video_other=off")
        line = ("ingest", self.write_manifest(60), "--rate", "20", "--burst", "5", "--rate-limit", "video-other=off")
        run = self.muxctl(*line, "--max-duration", "1s", env=api.env)
        self.assert_ends(run, 6)
        self.assertIn("resume with:", run.stderr)
        self.assertLess(api.ledger()["creates"], 60)
        self.assert_ends(self.muxctl(*line, env=api.env), 0)
        ledger = api.ledger()
        self.assertEqual((ledger["creates"], ledger["duplicates"]), (60, 0))

    def test_limit_that_is_none_is_refused(self):
        for flag, value in (("--max-errors", "0"), ("--max-errors", "5x"), ("--max-errors", "101%"),
                            ("--max-duration", "soon"), ("--uploads", "0")):
            self.assert_ends(self.muxctl("ingest", "x.csv", flag, value), 2, "usage")


if __name__ == "__main__":
    unittest.main()
