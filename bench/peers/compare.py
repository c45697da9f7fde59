"""Runs this library and its peers against one server, rounds interleaved, and sets the medians beside the targets."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile

from server import Server, find_nginx

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
AUTHORIZATION = "Authorization: Basic cGVlcjpzZWNyZXQ="


class Row:
    """One program of one section; each of its runs adds a sample."""

    def __init__(self, name, command, port, per=1):
        self.name, self.command, self.port, self.per = name, command, port, per
        self.samples = []
        self.output = ""

    def median(self, what):
        return statistics.median(sample[what] for sample in self.samples)


class Section:
    def __init__(self, key, title, rows, rounds):
        self.key, self.title, self.rows, self.rounds = key, title, rows, rounds


def requests_of_wrk(output):
    if re.search(r"Non-2xx|Socket errors", output):
        raise SystemExit("peers: wrk saw errors\n" + output)
    return int(re.search(r"(\d+) requests in", output).group(1))


class Comparison:
    def __init__(self, arguments):
        self.arguments = arguments
        self.build = pathlib.Path(arguments.build).resolve()
        self.programs = self.build / "bench/peers"
        self.rounds = arguments.rounds or (2 if arguments.quick else 5)
        self.pages = 50 if arguments.quick else 1000
        self.gets = 2000 if arguments.quick else 40000
        self.node_gets = 200 if arguments.quick else 4000
        self.reconnects = 50 if arguments.quick else 300
        self.starts = 3 if arguments.quick else max(10, self.rounds)
        self.sections, self.skipped, self.checks, self.results = {}, [], [], []

    # The rows.

    def define(self):
        program = lambda name, *rest: [str(self.programs / name), *map(str, rest)]
        kept = self.server.kept
        node = self.node()
        url = f"https://127.0.0.1:{kept}/video/v1/assets/{self.asset_id}"
        wrk = ["wrk", "-t1", "-c8", "-d1s" if self.arguments.quick else "-d2s", "-H", AUTHORIZATION, "-H",
               "Accept: application/json", url]

        listing = [Row("OpenSSL, nothing decoded", program("openssl_peer", "listing"), kept, self.pages * 100),
                   Row("libcurl + on-demand", program("curl_peer", "listing"), kept, self.pages * 100),
                   Row("mux, owned", program("mux_peer", "listing"), kept, self.pages * 100),
                   Row("mux, borrowed", program("mux_peer", "listing_borrowed"), kept, self.pages * 100)]
        small = [Row("wrk", wrk, kept),
                 Row("libcurl multi + on-demand", program("curl_peer", "small", self.gets), kept, self.gets),
                 Row("mux", program("mux_peer", "small", self.gets), kept, self.gets)]
        start = [Row("OpenSSL, nothing decoded", program("openssl_peer", "one"), kept),
                 Row("OpenSSL + on-demand", program("openssl_peer", "one_typed"), kept),
                 Row("mux", program("mux_peer", "one"), kept)]
        if node:
            listing.append(Row("mux-node", [*node, "listing"], kept, self.pages * 100))
            small += [Row("mux-node", [*node, "small", str(self.node_gets)], kept, self.node_gets),
                      Row("mux-node, one GET", [*node, "small", "1"], kept)]
            start.append(Row("mux-node", [*node, "small", "1"], kept))
        reconnect = []
        for name, port in (("ticket", self.server.resumed), ("full handshake", self.server.full)):
            for who, peer in (("OpenSSL", "openssl_peer"), ("mux", "mux_peer")):
                reconnect.append(Row(f"{who}, {name}", program(peer, "reconnect", self.reconnects), port, self.reconnects))
        for who, peer in (("OpenSSL", "openssl_peer"), ("mux", "mux_peer")):
            reconnect.append(Row(f"{who}, once", program(peer, "reconnect", 1), self.server.full))
        compiler = ["g++", "-std=c++20", "-O2", "-DNDEBUG", *self.flags_of_users(), "-c", "-o",
                    str(self.folder / "compiled.o")]
        compiling = [Row("awaitable alone", [*compiler, str(HERE / "compile/awaitable_only.cpp")], kept),
                     Row("mux, one call", [*compiler, str(HERE / "compile/one_call.cpp")], kept)]

        known = [Section("listing", f"Listing of {self.pages * 100:,} assets", listing, self.rounds),
                 Section("small", "Small GETs, 8 at a time", small, self.rounds),
                 Section("start", "One GET from the start of a process", start, self.starts),
                 Section("reconnect", "A connection and one GET, one after the other", reconnect, self.rounds),
                 Section("compile", "One user's file, g++ -O2", compiling, min(3, self.rounds))]
        for section in known:
            if not self.arguments.only or section.key in self.arguments.only.split(","):
                self.sections[section.key] = section

    def flags_of_users(self):
        """The include folders and definitions with which a program that uses the library is compiled."""
        commands = json.loads((self.build / "compile_commands.json").read_text())
        ours = next(c for c in commands if c["file"].endswith("peers/mux_peer.cpp"))
        return [flag for flag in shlex.split(ours["command"]) if re.match("-[DI]", flag)]

    def node(self):
        """The command of the Node peer; nothing, with a word about it, where it cannot run."""
        home = self.programs / "node"
        if not self.arguments.without_node:
            install = subprocess.run([ROOT / "tests/emulator/official/install.sh", home], capture_output=True, text=True)
            if install.returncode == 0:
                shutil.copy(HERE / "node/peer.mjs", home)
                return ["node", str(home / "peer.mjs")]
            why = (install.stdout.strip().splitlines() or ["npm failed"])[-1].removeprefix("skipped: ")
        else:
            why = "not wanted"
        self.skipped.append(f"mux-node: {why}")
        return None

    # Running.

    def run_once(self, row, keep=True):
        environment = dict(os.environ, PEERS_HOST="127.0.0.1", PEERS_PORT=str(row.port), PEERS_ASSET_ID=self.asset_id,
                           PEERS_CA_FILE=str(self.folder / "ca.pem"), NODE_EXTRA_CA_CERTS=str(self.folder / "ca.pem"),
                           SSL_CERT_FILE=str(self.folder / "ca.pem"))
        report = self.folder / "report"
        done = subprocess.run([self.programs / "measure", report, *row.command], capture_output=True, text=True,
                              env=environment)
        wall, user, system, peak, status = report.read_text().split()
        if done.returncode != 0 or status != "0":
            raise SystemExit(f"peers: {row.name} failed ({status}): {' '.join(row.command)}\n{done.stdout}{done.stderr}")
        if row.command[0] == "wrk":
            row.per = requests_of_wrk(done.stdout)
        else:
            row.output = done.stdout.strip()
        if keep:
            cpu = float(user) + float(system)
            row.samples.append({"wall_s": float(wall), "cpu_s": cpu, "user_s": float(user), "system_s": float(system),
                                "cpu_us_per_unit": cpu * 1e6 / row.per, "peak_kib": int(peak), "units": row.per})

    def measure(self, section):
        say(f"{section.title}: {section.rounds} rounds of {len(section.rows)}")
        for row in section.rows if section.key in ("listing", "start") else []:
            self.run_once(row, keep=False)  # files and programs are in memory from here on
        for round_number in range(section.rounds):
            turn = round_number % len(section.rows)
            for row in section.rows[turn:] + section.rows[:turn]:
                self.run_once(row)
        outputs = {row.output for row in section.rows if row.output.startswith("assets=")}
        if section.key == "listing" and len(outputs) != 1:
            raise SystemExit(f"peers: the decoders do not agree: {outputs}")
        if section.key == "listing":
            self.checks.append(f"all that decode agree: {outputs.pop()}")
        if section.key == "reconnect":
            (resumed, anew), (never, full) = self.server.handshakes("resumed"), self.server.handshakes("full")
            self.checks.append(f"the server saw {resumed:,} resumed and {anew:,} full handshakes on the port with tickets, "
                               f"{never:,} and {full:,} on the one without")

    # Results.

    def row(self, section, name):
        rows = [row for row in self.sections[section].rows if row.name == name] if section in self.sections else []
        return rows[0] if rows else None

    def judge(self):
        unit, cpu = "cpu_us_per_unit", "cpu_s"
        floor, curl = self.row("listing", "OpenSSL, nothing decoded"), self.row("listing", "libcurl + on-demand")
        node = self.row("listing", "mux-node")
        for name, against_floor, against_node in (("mux, owned", 2.6, 8), ("mux, borrowed", 2.0, 10.5)):
            ours = self.row("listing", name)
            if not ours:
                continue
            self.ratio(f"listing, {name}: CPU ÷ nothing decoded", against_floor, ours, floor, unit)
            if name == "mux, owned":
                self.ratio(f"listing, {name}: CPU ÷ libcurl + on-demand", 0.75, ours, curl, unit)
            self.ratio(f"listing, {name}: CPU of mux-node ÷ ours", against_node, node, ours, unit, at_least=True)
            self.ratio(f"listing, {name}: wall ÷ nothing decoded", 1.25, ours, floor, "wall_s")
            self.figure(f"listing, {name}: peak MiB", 12, ours.median("peak_kib") / 1024)

        ours = self.row("small", "mux")
        if ours:
            self.ratio("small GET: CPU ÷ wrk", 1.6, ours, self.row("small", "wrk"), unit)
            self.ratio("small GET: CPU ÷ libcurl multi", 0.55, ours, self.row("small", "libcurl multi + on-demand"), unit)
            node, once = self.row("small", "mux-node"), self.row("small", "mux-node, one GET")
            if node:
                alone = (node.median(cpu) - once.median(cpu)) * 1e6 / (self.node_gets - 1)
                self.figure("small GET: CPU of mux-node (without its start) ÷ ours", 28, alone / ours.median(unit),
                            at_least=True)

        ours = self.row("start", "mux")
        if ours:
            self.ratio("start: wall ÷ OpenSSL + on-demand", 1.1, ours, self.row("start", "OpenSSL + on-demand"), "wall_s")
            self.ratio("start: wall ÷ OpenSSL, nothing decoded", 1.1, ours, self.row("start", "OpenSSL, nothing decoded"),
                       "wall_s")

        if self.row("reconnect", "mux, once"):
            for who in ("mux", "OpenSSL"):
                once = self.row("reconnect", f"{who}, once").median(cpu)
                each = lambda name: self.row("reconnect", f"{who}, {name}").median(cpu) - once
                self.figure(f"reconnect, {who}: CPU with a ticket ÷ full handshake", 0.5 if who == "mux" else None,
                            each("ticket") / each("full handshake"))

        ours, alone = self.row("compile", "mux, one call"), self.row("compile", "awaitable alone")
        if ours:
            self.figure("compile: CPU seconds beyond the awaitable", 2, ours.median(cpu) - alone.median(cpu))
            self.figure("compile: peak MiB beyond the awaitable", 250,
                        (ours.median("peak_kib") - alone.median("peak_kib")) / 1024)

    def ratio(self, text, wanted, of, to, what, at_least=False):
        if of and to:
            self.figure(text, wanted, of.median(what) / to.median(what), at_least)

    def figure(self, text, wanted, value, at_least=False):
        reached = None if wanted is None else value >= wanted if at_least else value <= wanted
        self.results.append({"figure": text, "wanted": wanted, "at_least": at_least, "measured": round(value, 3),
                             "reached": reached})

    def print_tables(self):
        for section in self.sections.values():
            print(f"\n{section.title} (medians of {section.rounds})")
            print(f"  {'':28}{'wall ms':>11}{'CPU ms':>11}{'µs CPU each':>13}{'peak MiB':>10}")
            for row in section.rows:
                print(f"  {row.name:28}{row.median('wall_s') * 1e3:11.1f}{row.median('cpu_s') * 1e3:11.1f}"
                      f"{row.median('cpu_us_per_unit'):13.2f}{row.median('peak_kib') / 1024:10.1f}")
        print()
        for check in self.checks:
            print(check)
        for skipped in self.skipped:
            print(f"skipped: {skipped}")
        print(f"\n  {'':58}{'measured':>9}{'target':>10}")
        for r in self.results:
            wanted = "" if r["wanted"] is None else f"{'≥' if r['at_least'] else '≤'} {r['wanted']:g}"
            mark = {None: "", True: "reached", False: "MISSED"}[r["reached"]]
            print(f"  {r['figure']:58}{r['measured']:9.2f}{wanted:>10}  {mark}")

    def write_json(self, load_before):
        out = pathlib.Path(self.arguments.json) if self.arguments.json else ROOT / "build/results/peers.json"
        out.parent.mkdir(parents=True, exist_ok=True)
        sections = {}
        for section in self.sections.values():
            sections[section.key] = {
                "title": section.title, "rounds": section.rounds,
                "rows": [{"name": row.name, "command": [pathlib.Path(row.command[0]).name, *row.command[1:]][:3],
                          "median": {what: row.median(what) for what in row.samples[0]}, "samples": row.samples}
                         for row in section.rows]}
        out.write_text(json.dumps({"machine": self.machine(load_before), "sections": sections, "checks": self.checks,
                                   "skipped": self.skipped, "figures": self.results}, indent=1) + "\n")
        print(f"\nwritten: {out}")

    def machine(self, load_before):
        def first_line(*command):
            done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
            return ((done.stdout + done.stderr).splitlines() or [""])[0]

        model = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
        return {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
                "commit": first_line("git", "rev-parse", "HEAD"),
                "changed_files": len(subprocess.run(["git", "status", "--porcelain", "src", "include", "bench"], cwd=ROOT,
                                                    capture_output=True, text=True).stdout.splitlines()),
                "cpu": model.group(1) if model else platform.machine(), "cores": os.cpu_count(),
                "kernel": platform.release(), "load_before": load_before, "load_after": os.getloadavg(),
                "compiler": first_line("g++", "--version"), "openssl": first_line("openssl", "version"),
                "nginx": first_line(self.server.nginx, "-v"), "wrk": first_line("wrk", "-v"),
                "node": first_line("node", "--version") if shutil.which("node") else None}

    def run(self):
        load_before = os.getloadavg()
        with tempfile.TemporaryDirectory(prefix="mux-peers-") as folder:
            self.folder = pathlib.Path(folder)
            site = self.folder / "site"
            say(f"making {self.pages} pages")
            made = subprocess.run([self.programs / "make_corpus", site, str(self.pages)], capture_output=True, text=True)
            if made.returncode != 0:
                raise SystemExit(made.stderr)
            self.asset_id = made.stdout.strip()
            self.server = Server(self.folder, find_nginx(self.programs))
            try:
                self.server.start()
                self.define()
                for section in self.sections.values():
                    self.measure(section)
            finally:
                self.server.stop()
        self.judge()
        self.print_tables()
        self.write_json(load_before)


def say(text):
    print(f"peers: {text}", file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(prog="bench/peers/run", description=__doc__ + " Exit code 0: it ran; the targets "
                                     "are reported, not enforced.")
    parser.add_argument("--rounds", type=int, help="interleaved rounds of a section (default 5; start: at least 10)")
    parser.add_argument("--quick", action="store_true", help="few pages, requests and rounds: does it run at all")
    parser.add_argument("--only", metavar="SECTIONS", help="of listing,small,start,reconnect,compile")
    parser.add_argument("--without-node", action="store_true", help="leave out the official Node SDK")
    parser.add_argument("--json", metavar="FILE", help="where the results go (default build/results/peers.json)")
    parser.add_argument("--build", metavar="FOLDER", default=str(ROOT / "build/release"), help="the optimised build")
    Comparison(parser.parse_args()).run()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
