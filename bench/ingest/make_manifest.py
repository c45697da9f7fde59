#!/usr/bin/env python3
"""Writes a manifest of many rows to standard output, for measurements: make_manifest.py ROWS [csv|jsonl|urls]"""

import argparse
import sys

MOST = 100_000_000
BLOCK = 10_000


def csv_row(i):
    title = f'"Film {i}, the long cut"' if i % 4 == 0 else f"Film {i}"
    return f"https://videos.example.com/library/2026/film-{i:08}.mp4,{title},lib-{i:08},public\n"


def jsonl_row(i):
    return (f'{{"url":"https://videos.example.com/library/2026/film-{i:08}.mp4","meta":{{"title":"Film {i}",'
            f'"external_id":"lib-{i:08}"}},"playback_policies":["public"]}}\n')


def url_row(i):
    return f"https://videos.example.com/library/2026/film-{i:08}.mp4\n"


FORMS = {"csv": ("url,title,external_id,playback_policy\n", csv_row), "jsonl": ("", jsonl_row), "urls": ("", url_row)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument("form", nargs="?", choices=FORMS, default="csv")
    wanted = parser.parse_args()
    if not 0 <= wanted.rows <= MOST:
        parser.error(f"0 to {MOST} rows")
    header, row = FORMS[wanted.form]
    sys.stdout.write(header)
    for first in range(0, wanted.rows, BLOCK):
        sys.stdout.write("".join(map(row, range(first, min(first + BLOCK, wanted.rows)))))


if __name__ == "__main__":
    main()
