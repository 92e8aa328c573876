#!/usr/bin/env bash
# The units leave a daemon little to do harm with: exposure below 2.0, as
# systemd-analyze counts it; and the settings that are installed are read.
set -euo pipefail
tree=${OKR_SOURCE_DIR:?ctest sets it}
bin=${OKR_BIN:?ctest sets it}

for name in server site; do
  case $name in
    server) run=(serve /nowhere) ;;
    site) run=(run /nowhere) ;;
  esac
  conf=$tree/packaging/conf/$name.conf
  "$bin/okr-$name" "${run[@]}" --config "$conf" --check-config
  # What stands there as an example has to be right as well.
  all=$(mktemp)
  sed -nE 's/^# ([a-z_]+ = .*|speaks \{|  [0-9]+ = .*|\})$/\1/p' "$conf" >"$all"
  [ "$(wc -l <"$all")" -ge 3 ] || { echo "no examples in $conf"; exit 1; }
  "$bin/okr-$name" "${run[@]}" --config "$all" --check-config
  rm "$all"
done

command -v systemd-analyze >/dev/null ||
  { echo "skipped: there is no systemd-analyze here"; exit 77; }
for unit in "$tree"/packaging/systemd/*.service; do
  said=$(systemd-analyze security --no-pager --offline=true --threshold=20 \
    "$unit" 2>&1) || { echo "$said"; exit 1; }
  grep 'Overall exposure' <<<"$said"
done
