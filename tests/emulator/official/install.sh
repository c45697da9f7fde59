#!/bin/sh
# install.sh FOLDER: puts the official clients, at the pinned versions, into FOLDER/node_modules.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/node_version.sh"
mkdir -p "$1"
cp "$here/package.json" "$here/package-lock.json" "$1"
if cmp -s "$here/package-lock.json" "$1/node_modules/installed.json"; then
  exit 0
fi
cd "$1"
if ! npm ci --no-audit --no-fund --ignore-scripts; then
  echo "skipped: npm could not fetch the official clients"
  exit 77
fi
cp package-lock.json node_modules/installed.json
