#!/usr/bin/env bash
# The demo notices when a promise is broken: each planted fault ends it with 1,
# for the reason that was planted.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/demo/try.sh
. "$here/../demo/try.sh"

for fault in '1 does not catch up' '2 resolved in Chengdu' \
  '3 check-in made offline'; do
  try "${fault%% *}"
  status=$?
  [ "$status" = 1 ] || { cat "$try_out"; echo "fault $fault: $status"; exit 1; }
  grep 'demo failed' "$try_out" | grep -q "${fault#* }" || {
    cat "$try_out"
    echo "fault $fault: it failed, but for another reason"
    exit 1
  }
  nothing_left
done
