#!/usr/bin/env bash
# The demo ends well, names three equal digests at the end, and leaves nothing
# behind.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/demo/try.sh
. "$here/../demo/try.sh"

try '' || { cat "$try_out"; exit 1; }
for when in before during after; do
  n=$(grep -c "digest $when " "$try_out")
  [ "$n" = 3 ] || { echo "digests $when: $n, not 3"; exit 1; }
  kinds=$(sed -n "s/.*digest $when .* //p" "$try_out" | sort -u | wc -l)
  case $when in during) wanted=2 ;; *) wanted=1 ;; esac
  [ "$kinds" = $wanted ] || { echo "digests $when: $kinds kinds"; exit 1; }
done
nothing_left
