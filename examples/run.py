#!/usr/bin/env python3
"""Runs an example against an emulator that holds three assets: it must succeed and name an asset.

usage: run.py EMULATOR EXAMPLE
"""

import os
import re
import subprocess
import sys
import tempfile
import time


def main() -> int:
    emulator, example = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        exports = os.path.join(folder, "env")
        server = subprocess.Popen([emulator, "--port", "0", "--seed-assets", "3", "--env-file", exports])
        try:
            while not os.path.exists(exports):
                if server.poll() is not None:
                    return 1
                time.sleep(0.05)
            with open(exports, encoding="utf-8") as file:
                variables = dict(re.findall(r"^export (\w+)='(.*)'$", file.read(), re.M))
            inherited = {k: v for k, v in os.environ.items() if not k.startswith("MUX_")}
            ran = subprocess.run([example], env={**inherited, **variables}, capture_output=True, text=True, timeout=60)
        finally:
            server.terminate()
            server.wait(30)
    print(ran.stdout + ran.stderr)
    return 0 if ran.returncode == 0 and re.search(r"^\w{32,60} ", ran.stdout, re.M) else 1


if __name__ == "__main__":
    sys.exit(main())
