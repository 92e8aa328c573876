#!/usr/bin/env bash
# kill -9 while people write, over and over, with the server there: what was
# answered is there afterwards, and at the server once.  Would catch: an answer
# before its commit, a push that is made anew after a crash, a sequence that is
# given out twice.
set -eu
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"

server_init
server_start
site_join a
site_start a
until_true 10 is_settled a
server add cycle --name Q1 --kind quarter --start 2026-01-01 \
  --end 2026-03-31 >/dev/null
until_true 5 ask a show ref=Q1

ids_of() { { grep -o '^{"id":"[0-9a-f]*"' "$1" || true; } | cut -d'"' -f4 | sort; }
all_ids() { ask a list | grep -o '{"id":"[0-9a-f]*"' | cut -d'"' -f4 | sort; }

: >"$D/answered"
# Six rounds, and more where the machine is too busy for them to mean anything.
round=0
while [ "$round" -lt 6 ] ||
  { [ "$round" -lt 40 ] && [ "$(wc -l <"$D/answered")" -le 500 ]; }; do
  round=$((round + 1))
  "$ASK" "$D/a" add kind=objective cycle=Q1 title="$round-%d" --as $ADA \
    --many 2000 --each --ms 3000 >"$D/answers" 2>/dev/null &
  PIDS[writer]=$!
  sleep "0.$((round % 6 + 1))"
  stop a KILL
  kill "${PIDS[writer]}" 2>/dev/null || true
  wait "${PIDS[writer]}" 2>/dev/null || true
  unset "PIDS[writer]"
  # The last line may be cut: its answer came all the same.
  ids_of "$D/answers" >>"$D/answered"
  site_start a
  sort -o "$D/answered" "$D/answered"
  lost=$(all_ids | comm -13 - "$D/answered" | wc -l)
  same "lost after round $round" 0 "$lost"
done
say "$(wc -l <"$D/answered") answered"
[ "$(wc -l <"$D/answered")" -gt 500 ] || die "too few to mean anything"

until_true 60 is_settled a
same "all here are there" "$(ask a list | count)" \
  "$(server list --json | count)"
same "each once" "$(server list --json | count)" "$(server list --json |
  grep -o '"title":"[^"]*"' | sort -u | wc -l)"
same "digest" "$(server_digest)" "$(status_of a digest)"
same "alarms" "[]" "$(status_of a alarms)"
same "refused" 0 "$(status_of a refused)"
stop a
"$BIN/okr-site" check "$D/a" >/dev/null
