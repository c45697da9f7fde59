#!/bin/sh
# install.sh FOLDER [LIST]: puts the packages that LIST/package.json names, at the pinned versions, into
# FOLDER/node_modules. LIST is this folder by default: the official clients.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
list=${2:-$here}
. "$here/node_version.sh"
mkdir -p "$1"
cp "$list/package.json" "$list/package-lock.json" "$1"
if cmp -s "$list/package-lock.json" "$1/node_modules/installed.json"; then
  exit 0
fi
cd "$1"
if ! npm ci --no-audit --no-fund --ignore-scripts; then
  echo "skipped: npm could not fetch the packages of $list"
  exit 77
fi
cp package-lock.json node_modules/installed.json
