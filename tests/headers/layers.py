#!/usr/bin/env python3
"""Who may include whom. Reads every #include of the repository and fails on one that points where it must not.

The table is the picture in the README; a room that is not named here may include nothing of ours.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Room -> what it may include, as prefixes of the included name. `std` stands for every header without a slash that is
# not one of the libraries below.
LIBRARIES = ("boost/", "openssl/", "simdjson", "sqlite3.h", "CLI/", "nlohmann/", "gtest/", "gmock/", "benchmark/")
PUBLIC_BOOST = (
    "boost/asio/awaitable.hpp",
    "boost/asio/any_io_executor.hpp",
    "boost/system/result.hpp",
)
GROUPS = ("video", "data", "robots", "system")

RULES = {
    "src/policy": {"ours": ("policy/", "mux/error.hpp", "mux/operation.hpp"), "libraries": ()},
    "src/codec": {"ours": ("codec/", "mux/error.hpp", "mux/field.hpp", "mux/json.hpp", "mux/open_enum.hpp", "mux/open_enum_view.hpp", "mux/result.hpp"), "libraries": ("simdjson",)},
    "src/transport": {"ours": ("transport/", "policy/pool_plan.hpp", "policy/instant.hpp", "mux/body_sink.hpp", "mux/error.hpp", "mux/observer.hpp", "mux/operation.hpp", "mux/options.hpp", "mux/result.hpp", "mux/secret.hpp", "mux/stats.hpp"), "libraries": ("boost/", "openssl/")},
    "src/client": {"ours": ("client/", "codec/codec.hpp", "policy/", "transport/transport.hpp", "transport/text.hpp", "mux/"), "libraries": ("boost/asio", "boost/system", "boost/assert")},
    "src/api": {"ours": ("api/", "codec/", "mux/"), "libraries": ("boost/asio/awaitable.hpp",)},
    "src/ingest": {"ours": ("ingest/", "codec/codec.hpp", "codec/schema.hpp", "mux/"), "libraries": ("boost/asio", "boost/system", "sqlite3.h", "openssl/")},
    "src/emulator": {"ours": ("emulator/", "mux/emulator/", "mux/operation.hpp", "mux/version.hpp"), "libraries": ("boost/", "openssl/", "CLI/")},
    "src/muxctl": {"ours": ("muxctl/", "mux/"), "libraries": ("boost/asio", "boost/system", "CLI/")},
    "src": {"ours": (), "libraries": ("boost/",)},
    "examples": {"ours": ("mux/",), "libraries": ("boost/asio",)},
}


def room_of(path: pathlib.Path) -> str:
    parts = path.relative_to(ROOT).parts
    if parts[0] == "src":
        return "src/" + parts[1] if len(parts) > 2 else "src"
    if parts[0] == "include":
        if len(parts) > 3 and parts[2] in GROUPS:
            return "models" if parts[3] == "models" else "include"
        if len(parts) > 3 and parts[2] in ("ingest", "emulator"):
            return "include/" + parts[2]
        return "include"
    return parts[0]


def allowed(room: str, name: str) -> bool:
    library = name.startswith(LIBRARIES)
    if room == "models":
        return not library and (not name.startswith("mux/") or name in ("mux/open_enum.hpp", "mux/open_enum_view.hpp", "mux/field.hpp", "mux/json.hpp") or "/models/" in name)
    if room.startswith("include"):
        return name.startswith(PUBLIC_BOOST) if library else "/" not in name or name.startswith("mux/")
    rule = RULES[room]
    if library:
        return name.startswith(rule["libraries"]) if rule["libraries"] else False
    if "/" in name and not name.startswith("sys/") and not name.startswith("netinet/") and not name.startswith("arpa/"):
        return name.startswith(rule["ours"]) if rule["ours"] else False
    return True


def main() -> int:
    faults = []
    simdjson_users = set()
    files = 0
    for top in ("include", "src", "examples"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix not in (".hpp", ".cpp") or "golden" in path.parts:
                continue
            files += 1
            room = room_of(path)
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                match = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
                if not match:
                    continue
                name = match.group(1)
                where = f"{path.relative_to(ROOT)}:{number}"
                if name.startswith("simdjson"):
                    simdjson_users.add(str(path.relative_to(ROOT)))
                if room == "src/client" and name in ("mux/emulator/server.hpp",) or not allowed(room, name):
                    faults.append(f"{where}: {room} must not include {name}")
                if room != "src/emulator" and room != "include/emulator" and name.startswith(("emulator/", "mux/emulator/")) and top != "examples":
                    faults.append(f"{where}: only the emulator's own files and tests may know the emulator")
                if room not in ("src/ingest", "include/ingest", "src/muxctl") and name.startswith("mux/ingest/") and top != "examples":
                    faults.append(f"{where}: {room} must not know the ingest engine")
                if room == "src/client" and re.match(r"mux/(video|data|robots|system)/", name):
                    faults.append(f"{where}: the client handles any operation row and knows no resource")
    if len(simdjson_users) != 1:
        faults.append(f"simdjson must be seen by exactly one file, not by {sorted(simdjson_users)}")
    for fault in faults:
        print(fault)
    print(f"{files} files, {len(faults)} includes that point the wrong way")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
