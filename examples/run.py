#!/usr/bin/env python3
"""Runs an example against an emulator that holds three assets. It must end as expected, and each pattern must match a line
of what it printed.

usage: run.py [--exit CODE] [--argument TEXT]… EMULATOR EXAMPLE PATTERN…

`{asset}` in an argument or a pattern stands for the id of an asset that exists.
"""

import argparse
import base64
import json
import os
import re
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request


def existing_asset(variables: dict) -> str:
    token = f"{variables['MUX_TOKEN_ID']}:{variables['MUX_TOKEN_SECRET']}".encode()
    request = urllib.request.Request(variables["MUX_BASE_URL"] + "/video/v1/assets?limit=1",
                                     headers={"Authorization": "Basic " + base64.b64encode(token).decode()})
    trust = ssl.create_default_context(cafile=variables["SSL_CERT_FILE"])
    with urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)).open(request) as answer:
        return json.load(answer)["data"][0]["id"]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--exit", type=int, default=0)
    parser.add_argument("--argument", action="append", default=[])
    parser.add_argument("emulator")
    parser.add_argument("example")
    parser.add_argument("patterns", nargs="+")
    given = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        exports = os.path.join(folder, "env")
        server = subprocess.Popen([given.emulator, "--port", "0", "--seed-assets", "3", "--env-file", exports])
        try:
            while not os.path.exists(exports):
                if server.poll() is not None:
                    return 1
                time.sleep(0.05)
            with open(exports, encoding="utf-8") as file:
                variables = dict(re.findall(r"^export (\w+)='(.*)'$", file.read(), re.M))
            asset = existing_asset(variables)
            inherited = {k: v for k, v in os.environ.items() if not k.startswith("MUX_")}
            ran = subprocess.run([given.example, *(a.replace("{asset}", asset) for a in given.argument)],
                                 env={**inherited, **variables}, capture_output=True, text=True, timeout=60)
        finally:
            server.terminate()
            server.wait(30)
    printed = ran.stdout + ran.stderr
    print(printed)
    missing = [p for p in given.patterns if not re.search(p.replace("{asset}", asset), printed, re.M)]
    for pattern in missing:
        print(f"nothing matches {pattern}")
    if ran.returncode != given.exit:
        print(f"ended with {ran.returncode} instead of {given.exit}")
    return 1 if missing or ran.returncode != given.exit else 0


if __name__ == "__main__":
    sys.exit(main())
