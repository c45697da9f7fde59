#!/bin/sh
# run.sh EMULATOR FOLDER: runs the official Node client of FOLDER/node_modules against a fresh emulator.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/node_version.sh"
if [ ! -d "$2/node_modules/@mux/mux-node" ]; then
  echo "skipped: the official clients are not installed (tests/emulator/official/install.sh $2)"
  exit 77
fi
work=$(mktemp -d)
"$1" --env-file "$work/env" --ready-after 0.5 --no-limits >"$work/log" 2>&1 &
emulator=$!
trap 'kill "$emulator" 2>/dev/null && wait "$emulator"; rm -rf "$work"' EXIT
for _ in $(seq 600); do
  [ -e "$work/env" ] && break
  if ! kill -0 "$emulator" 2>/dev/null; then
    cat "$work/log"
    exit 1
  fi
  sleep 0.1
done
. "$work/env"
cp "$here/official_test.mjs" "$2/official_test.mjs"
node --test-reporter=spec --test "$2/official_test.mjs"
