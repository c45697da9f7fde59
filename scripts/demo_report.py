#!/usr/bin/env python3
"""Compares the manifest, the listing and what the emulator's own ledger says; the last lines of the demo.

usage: demo_report.py MANIFEST LISTING BEGUN ENDED, with the emulator's variables in the environment
"""

import csv
import json
import os
import ssl
import sys
import urllib.request


def ledger() -> dict:
    request = urllib.request.Request(
        os.environ["MUX_BASE_URL"] + "/_emulator/ledger",
        headers={"X-Emulator-Token": os.environ["MUX_EMULATOR_CONTROL_TOKEN"]},
    )
    context = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
    # No proxy: the emulator is on this machine, whatever the environment says.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    with direct.open(request, timeout=30) as answer:
        return json.load(answer)["data"]


def main() -> int:
    manifest, listing, begun, ended = sys.argv[1:]
    with open(manifest, encoding="utf-8-sig", newline="") as file:
        wanted = sorted(row["external_id"] for row in csv.DictReader(file))
    with open(listing, encoding="utf-8") as file:
        listed = sorted(json.loads(line).get("meta", {}).get("external_id", "") for line in file)
    book = ledger()
    refused = sum(c["refused"] for c in book["classes"].values())
    count = len(wanted)
    bound = (count - 3) / 1.0 + 3
    wall = float(ended) - float(begun)
    print(f"listed: {len(listed)} assets, {'exactly those of the manifest' if listed == wanted else 'NOT those of the manifest'}")
    print(f"wall time: {wall:.1f} s (at most {bound:.0f} s)")
    print(f"created {book['creates']} of {count}")
    print(f"duplicates: {book['duplicates']}")
    print(f"429s: {refused}")
    good = listed == wanted and book["creates"] == count and book["duplicates"] == 0 and refused == 0 and wall <= bound
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
