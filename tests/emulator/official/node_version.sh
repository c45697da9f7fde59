# Sourced: ends the test as skipped (77) unless node 20 or newer is there.
if ! command -v node >/dev/null; then
  echo "skipped: node is not installed"
  exit 77
fi
if [ "$(node --print 'process.versions.node.split(".")[0] >= 20')" != true ]; then
  echo "skipped: node $(node --version) is older than 20"
  exit 77
fi
