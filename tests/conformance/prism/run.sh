#!/bin/sh
# run.sh PYTHON CALLS FOLDER: the example calls of the program CALLS against the contract mock of FOLDER/node_modules.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../emulator/official/node_version.sh"
if [ ! -d "$3/node_modules/@stoplight/prism-http-server" ]; then
  echo "skipped: the contract mock is not installed (tests/emulator/official/install.sh $3 $here)"
  exit 77
fi
exec "$1" "$here/../contract.py" "$2" "$3"
