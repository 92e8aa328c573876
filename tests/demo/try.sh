# shellcheck shell=bash
# Sourced by the tests of the demo: runs it in a folder of its own.

try_demo=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/demo.sh
for program in okr-server okr-site okr okr-demo-relay; do
  [ -x "${OKR_BIN:-.}/$program" ] && continue
  echo "no ${OKR_BIN:-\$OKR_BIN}/$program"
  exit 77
done
try_dir=$(mktemp -d)
try_out=$try_dir/out
trap 'rm -rf "$try_dir"' EXIT

# try FAULT: the demo once, with a planted fault or none; its exit code.
try() {
  TMPDIR=$try_dir OKR_DEMO_BREAK=$1 bash "$try_demo" --once >"$try_out" 2>&1
}

# No folder, and no process that was started in one.
nothing_left() {
  if compgen -G "$try_dir/okr-demo.*" >/dev/null; then
    echo 'the demo left a folder behind'
    exit 1
  fi
  if pgrep -f "$try_dir" >/dev/null 2>&1; then
    pgrep -af "$try_dir"
    echo 'the demo left a process behind'
    exit 1
  fi
}
