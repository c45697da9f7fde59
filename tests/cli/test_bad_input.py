"""Each thing that can be wrong between here and the API has its own code, message and exit code."""

import json
import socket
import subprocess
import threading
import unittest

from support import PATIENCE, WHOAMI, CommandLineTest

CREDENTIALS = {"MUX_TOKEN_ID": "id", "MUX_TOKEN_SECRET": "secret"}


class BadInputTest(CommandLineTest):
    def whoami(self, *envs, arguments=()):
        env = {}
        for more in envs:
            env.update(more)
        return self.muxctl("whoami", *arguments, env=env)

    def test_missing_credentials(self):
        run = self.whoami()
        self.assert_ends(run, 4, "missing_credentials")
        self.assertIn("MUX_TOKEN_ID", run.stderr)

    def test_half_credentials(self):
        self.assert_ends(self.whoami({"MUX_TOKEN_ID": "id"}), 4, "missing_credentials")

    def test_unknown_host(self):
        run = self.whoami(CREDENTIALS, {"MUX_BASE_URL": "https://no-such-host.invalid"})
        self.assert_ends(run, 5, "resolve_failed")
        self.assertIn("no-such-host.invalid", run.stderr)

    def test_refused_connection(self):
        with socket.socket() as bound:
            # Bound but not listening: the port is taken, and connections to it are refused.
            bound.bind(("127.0.0.1", 0))
            port = bound.getsockname()[1]
            run = self.whoami(CREDENTIALS, {"MUX_BASE_URL": f"https://127.0.0.1:{port}"})
        self.assert_ends(run, 5, "connect_failed")
        self.assertIn(str(port), run.stderr)

    def test_untrusted_certificate(self):
        api = self.start_emulator()
        env = {name: value for name, value in api.env.items() if name.startswith("MUX_")}
        self.assert_ends(self.whoami(env), 5, "certificate_untrusted")

    def test_certificate_of_another_host(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                        "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2", "-subj", "/CN=other.example",
                        "-addext", "subjectAltName=DNS:other.example"], cwd=self.folder, check=True,
                       capture_output=True, timeout=PATIENCE)
        api = self.start_emulator("--cert", str(self.folder / "cert.pem"), "--key", str(self.folder / "key.pem"))
        run = self.whoami(api.env, arguments=("--ca-file", "cert.pem"))
        self.assert_ends(run, 5, "certificate_wrong_host")
        self.assertIn("127.0.0.1", run.stderr)

    def test_given_ca_file_is_trusted(self):
        api = self.start_emulator()
        env = {name: value for name, value in api.env.items() if name.startswith("MUX_")}
        self.assert_ends(self.whoami(env, arguments=("--ca-file", api.env["NODE_EXTRA_CA_CERTS"])), 0)

    def test_unusable_ca_file(self):
        (self.folder / "empty.pem").write_text("no certificate\n", encoding="utf-8")
        for name in ("empty.pem", "missing.pem"):
            self.assert_ends(self.whoami(CREDENTIALS, arguments=("--ca-file", name)), 2, "invalid_ca_file")

    def test_no_tls_on_the_port(self):
        api = self.start_scripted({})
        run = self.whoami(CREDENTIALS, {"MUX_BASE_URL": api.url.replace("http://", "https://")})
        self.assert_ends(run, 5, "tls_failed")

    def test_plain_http_to_another_machine(self):
        run = self.whoami(CREDENTIALS, {"MUX_BASE_URL": "http://api.mux.example"})
        self.assert_ends(run, 2, "insecure_base_url")

    def test_base_url_that_is_none(self):
        self.assert_ends(self.whoami(CREDENTIALS, arguments=("--base-url", "nonsense")), 2, "insecure_base_url")

    def test_unauthorized(self):
        api = self.start_emulator()
        run = self.whoami(api.env, {"MUX_TOKEN_SECRET": "wrong"})
        self.assert_ends(run, 4, "unauthorized")
        self.assertIn("HTTP 401", run.stderr)
        self.assertIn("muxctl: hint: ", run.stderr)
        self.assertIn("muxctl: request id: ", run.stderr)

    def test_unauthorized_ingest_sends_no_create(self):
        api = self.start_emulator()
        run = self.muxctl("ingest", self.write_manifest(3), env={**api.env, "MUX_TOKEN_SECRET": "wrong"})
        self.assert_ends(run, 4, "unauthorized")
        self.assert_ledger(api, creates=0)

    def test_permission_denied(self):
        api = self.start_scripted({("GET", "/system/v1/whoami"): (
            403, "application/json", '{"error":{"type":"forbidden","messages":["not yours"]}}')})
        run = self.whoami(api.env)
        self.assert_ends(run, 4, "permission_denied")
        self.assertIn("not yours", run.stderr)

    def test_not_found(self):
        api = self.start_emulator()
        made = self.muxctl("assets", "create", "https://videos.example/a.mp4", env=api.env)
        asset = json.loads(made.stdout)["id"]
        other = asset[:-1] + ("a" if asset[-1] != "a" else "b")
        run = self.muxctl("assets", "get", other, env=api.env)
        self.assert_ends(run, 8, "not_found")
        self.assertIn("HTTP 404", run.stderr)

    def test_id_that_would_leave_its_path(self):
        api = self.start_emulator()
        for name in ("", "..", "../../system/v1/whoami", "a/b", "a?b", "a\r\nb"):
            run = self.muxctl("assets", "get", "--", name, env=api.env)
            self.assertIn(run.returncode, (2, 8), name)
            self.assertEqual(run.stdout, "")

    def test_html_where_json_was_expected(self):
        api = self.start_scripted({("GET", "/system/v1/whoami"): (200, "text/html", "<html>Log in</html>")})
        self.assert_ends(self.whoami(api.env), 9, "not_json")

    def test_json_of_another_kind(self):
        for body in ("[]", '{"data":[]}', '{"data":{"environment_id":7}}'):
            api = self.start_scripted({("GET", "/system/v1/whoami"): (200, "application/json", body)})
            run = self.whoami(api.env)
            self.assertEqual(run.returncode, 9, run.stderr)
            self.assertRegex(run.stderr, r"\[(bad_response|not_json)\]")

    def test_redirect_is_not_followed(self):
        api = self.start_scripted({("GET", "/system/v1/whoami"): (307, "text/html", "elsewhere")})
        self.assert_ends(self.whoami(api.env), 9, "unexpected_status")

    def test_truncated_body(self):
        with Truncating() as server:
            run = self.whoami(CREDENTIALS, {"MUX_BASE_URL": server.url})
        self.assert_ends(run, 9, "truncated_body")

    def test_server_error(self):
        api = self.start_scripted({("GET", "/system/v1/whoami"): (500, "text/html", "<html>oops</html>")})
        run = self.whoami(api.env)
        self.assert_ends(run, 5, "server_error")
        self.assertIn("HTTP 500", run.stderr)

    def test_lost_create_is_reported_as_ambiguous_and_not_repeated(self):
        api = self.start_emulator("--fault", "create_answer_lost")
        run = self.muxctl("assets", "create", "https://videos.example/a.mp4", env=api.env)
        self.assert_ends(run, 5, "ambiguous")
        self.assertIn("connection_lost_unanswered", run.stderr)
        self.assertIn("look before you repeat", run.stderr)
        self.assertEqual(api.ledger()["creates"], 1)

    def test_deadline_that_the_limit_cannot_meet(self):
        api = self.start_emulator()
        for number in range(3):
            self.muxctl("assets", "create", f"https://videos.example/{number}.mp4", env=api.env)
        for number in range(3, 9):
            run = self.muxctl("assets", "create", f"https://videos.example/{number}.mp4", "--deadline", "50ms",
                              env=api.env)
            if run.returncode:
                break
        self.assertEqual(run.returncode, 5)
        self.assertRegex(run.stderr, r"\[(would_exceed_deadline|timed_out|ambiguous)\]")
        self.assertEqual(api.ledger()["refused"], 0)

    def test_call_that_takes_longer_than_its_timeout(self):
        api = self.start_emulator("--fault", "delay:60000@system.utilities.whoami")
        run = self.whoami(api.env, arguments=("--deadline", "1s"))
        self.assert_ends(run, 5, "timed_out")

    def test_messages_of_the_api_cannot_steer_the_terminal(self):
        api = self.start_scripted({("GET", "/system/v1/whoami"): (
            400, "application/json",
            json.dumps({"error": {"type": "x", "messages": ["\x1b[2J\r\nmuxctl: all is well \u202e"]}}))})
        run = self.whoami(api.env)
        self.assert_ends(run, 8, "bad_request")
        self.assertNotIn("\x1b", run.stderr)
        self.assertNotIn("\u202e", run.stderr)
        self.assertEqual([line for line in run.stderr.splitlines() if line.startswith("muxctl: all is well")], [])

    def test_mixed_credentials(self):
        run = self.whoami(CREDENTIALS, arguments=("--token-id", "another"))
        self.assert_ends(run, 4, "mixed_credentials")

    def test_limiter_state_that_cannot_be_kept(self):
        (self.folder / "file").write_text("", encoding="utf-8")
        api = self.start_scripted({("GET", "/system/v1/whoami"): (200, "application/json", WHOAMI)})
        run = self.whoami(api.env, arguments=("--limits-dir", str(self.folder / "file" / "limits")))
        self.assert_ends(run, 1, "limiter_state")


class Truncating:
    """Announces more than it sends, each time."""

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                   b"Content-Length: 1000\r\n\r\n{")

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


if __name__ == "__main__":
    unittest.main()
