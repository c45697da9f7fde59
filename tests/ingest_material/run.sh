#!/bin/sh
# run.sh PROGRAM FOLDER: compares the program's reading with the material of FOLDER/node_modules.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../emulator/official/node_version.sh"
if [ ! -d "$2/node_modules/csv-spectrum" ]; then
  echo "skipped: the material is not installed (tests/emulator/official/install.sh $2 $here)"
  exit 77
fi
exec node "$here/compare.mjs" "$1" "$2"
