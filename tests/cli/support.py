"""What the tests of the command line share: the programs, a local API, a scripted server, a manifest."""

import csv
import http.server
import json
import os
import pathlib
import shlex
import shutil
import ssl
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.request

MUXCTL = os.environ.get("MUXCTL", "muxctl")
MUX_EMULATOR = os.environ.get("MUX_EMULATOR", "mux-emulator")

# Long enough for the slowest machine: a limit against hanging, never a measure.
PATIENCE = 180


class Emulator:
    """The local API as a process of its own, with what it tells about itself."""

    def __init__(self, folder, *arguments):
        self.folder = pathlib.Path(folder)
        self.env_file = self.folder / "emulator.env"
        self.log = open(self.folder / "emulator.log", "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [MUX_EMULATOR, "--port", "0", "--env-file", str(self.env_file), *arguments],
            stdout=self.log,
            stderr=self.log,
        )
        until = time.monotonic() + PATIENCE
        while not self.env_file.exists():
            if self.process.poll() is not None or time.monotonic() > until:
                self.log.seek(0)
                raise RuntimeError("the emulator did not start: " + self.log.read())
            time.sleep(0.02)
        self.env = self.read_env()

    def read_env(self):
        env = {}
        for line in self.env_file.read_text(encoding="utf-8").splitlines():
            if not line.startswith("export "):
                continue
            for word in shlex.split(line.removeprefix("export ")):
                name, _, value = word.partition("=")
                env[name] = value
        return env

    @property
    def port(self):
        return int(self.env["MUX_BASE_URL"].rsplit(":", 1)[1])

    def control(self, action, body=None):
        request = urllib.request.Request(
            self.env["MUX_BASE_URL"] + "/_emulator/" + action,
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-Emulator-Token": self.env["MUX_EMULATOR_CONTROL_TOKEN"], "Content-Type": "application/json"},
        )
        trust = ssl.create_default_context(cafile=self.env["SSL_CERT_FILE"])
        # No proxy: the emulator is on this machine, whatever the environment says.
        direct = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
        )
        with direct.open(request, timeout=PATIENCE) as answer:
            return answer.read().decode()

    def ledger(self):
        ledger = json.loads(self.control("ledger"))
        return ledger.get("data", ledger)

    def created(self):
        return [json.loads(line) for line in self.control("assets").splitlines()]

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.log.close()


class ScriptedApi:
    """A server on plain http that answers what a test says: `answers[(method, path)] = (status, type, body)`."""

    def __init__(self, answers):
        self.requests = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                path = self.path.partition("?")[0]
                outer.requests.append((self.command, path, body.decode()))
                status, kind, text = answers.get((self.command, path), (404, "application/json", "{}"))
                data = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PATCH = do_DELETE = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.env = {"MUX_BASE_URL": self.url, "MUX_TOKEN_ID": "id", "MUX_TOKEN_SECRET": "secret"}

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


WHOAMI = json.dumps(
    {
        "data": {
            "access_token_name": "t",
            "environment_id": "e",
            "environment_name": "E",
            "environment_type": "development",
            "organization_id": "o",
            "organization_name": "O",
            "permissions": ["video:write"],
        }
    }
)


class CommandLineTest(unittest.TestCase):
    """A test with a folder and a home of its own; servers that it starts are stopped at its end."""

    # Raised limits at both sides, so that a test does not take a second a row.
    FAST_API = ("--limit", "video_post=50/5", "--limit", "video_other=off", "--ready-after", "0")
    FAST = ("--rate", "50", "--burst", "5", "--rate-limit", "video-other=off")

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="muxctl-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def start_emulator(self, *arguments):
        emulator = Emulator(tempfile.mkdtemp(dir=self.folder), *arguments)
        self.addCleanup(emulator.stop)
        return emulator

    def start_scripted(self, answers):
        api = ScriptedApi(answers)
        self.addCleanup(api.stop)
        return api

    def environment(self, *extra):
        env = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "XDG_STATE_HOME": str(self.folder / "state")}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
            if name in os.environ:
                env[name] = os.environ[name]
        for more in extra:
            env.update(more)
        return env

    def muxctl(self, *arguments, env=None, stdin=None, binary=False):
        """Runs to its end; `stdin` is text."""
        return subprocess.run(
            [MUXCTL, *map(str, arguments)],
            env=self.environment(env or {}),
            input=stdin if stdin is None or not binary else stdin.encode(),
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=not binary,
            timeout=PATIENCE,
            cwd=self.folder,
            check=False,
        )

    def start_muxctl(self, *arguments, env=None, **options):
        process = subprocess.Popen(
            [MUXCTL, *map(str, arguments)],
            env=self.environment(env or {}),
            stdin=subprocess.DEVNULL,
            stdout=options.pop("stdout", subprocess.PIPE),
            stderr=options.pop("stderr", subprocess.PIPE),
            text=True,
            cwd=self.folder,
            **options,
        )
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE)
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()

    def write_manifest(self, rows, name="videos.csv"):
        path = self.folder / name
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["url", "title", "external_id"])
            for number in range(rows):
                writer.writerow([f"https://videos.example/{number}.mp4", f"Video {number}", f"video-{number}"])
        return path

    def assert_ends(self, run, code, error=None):
        """The exit code, and the error's own code where one is printed."""
        self.assertEqual(run.returncode, code, f"stdout: {run.stdout}\nstderr: {run.stderr}")
        if error:
            self.assertIn(f"muxctl: error: [{error}] ", run.stderr)

    def assert_ledger(self, emulator, creates):
        """Each row was created once, and the API never had to refuse."""
        ledger = emulator.ledger()
        seen = {name: ledger[name] for name in ("creates", "duplicates", "refused")}
        self.assertEqual(seen, {"creates": creates, "duplicates": 0, "refused": 0})
