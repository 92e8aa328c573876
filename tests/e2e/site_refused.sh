#!/usr/bin/env bash
# What headquarters refuses: shown to its author, issued anew with the ids
# that hold; and those who watch and wait.  Would catch: a refused operation
# that is lost, or done twice by a retry; a stream that says too much, or
# nothing, or never ends.
set -eu
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"

server_init
server_start
site_join a
site_start a
until_true 10 is_settled a

say "two units of one code, and a person in the one that loses"
stop srv KILL
until_true 10 link_is a offline
unit=$(ask a add kind=unit name=Lyon code=LY parent=acme --as $ADA | field id)
ask a add kind=person name=Bo mail=bo@acme.example unit=LY --as $ADA >/dev/null
"$BIN/okr-server" add "$D/srv" unit --name Lyon --code LY --parent acme >/dev/null
server_start
until_true 10 is_settled a
same "refused" 2 "$(status_of a refused)"
refused=$(ask a refused)
has "the unit" '"rule":"duplicate"' "$refused"
has "the person" '"rule":"unknown_entity"' "$refused"
has "what it is about" "\"about\":\"$unit\"" "$refused"
op=$(python3 -c 'import json, sys
print(next(r["op"] for r in json.load(sys.stdin) if r["kind"] == "person"))' \
  <<<"$refused")
same "the unit that holds" LY "$(ask a show ref=LY | field code)"
fails 1 ask a show ref=bo@acme.example

say "issued anew"
fails 1 ask a retry op="$op"
has "by nobody" "unknown_person" "$SAID"
fails 2 ask a retry op="$op" replace=LY --as $ADA
fails 2 ask a retry op="$op" replace="$op=LY" --as $ADA
fails 1 ask a retry op="$op" replace="$unit=nowhere" --as $ADA
fails 1 ask a retry op="${op: -5}" replace="$unit=LY" --as $ADA
ask a retry op="${op: -10}" replace="$unit=LY" --as $ADA |
  field mail | grep -qx bo@acme.example
fails 1 ask a retry op="$op" replace="$unit=LY" --as $ADA
until_true 10 is_settled a
same "refused" 1 "$(status_of a refused)"
same "there" bo@acme.example \
  "$(server show bo@acme.example --json | field mail)"

say "a retry that is refused at once keeps the refused one"
op=$(ask a refused | field 0.op)
fails 1 ask a retry op="$op" --as $ADA
has "again" "duplicate" "$SAID"
same "refused" 1 "$(status_of a refused)"

say "who watches is told of every change, and of a draft only if it is his"
server set policy workflow=formal >/dev/null
server add cycle --name Q1 --kind quarter --start 2026-01-01 \
  --end 2026-03-31 >/dev/null
until_true 5 ask a show ref=Q1
"$ASK" "$D/a" watch --follow --ms 20000 >"$D/all.out" 2>"$D/all.txt" &
PIDS[all]=$!
"$ASK" "$D/a" watch --follow --ms 20000 --as bo@acme.example >"$D/bo.out" \
  2>"$D/bo.txt" &
PIDS[bo]=$!
sleep 0.5
ask a add kind=objective cycle=Q1 title='secret plan' \
  owner=bo@acme.example unit=LY --as bo@acme.example >/dev/null
server add unit --name Nice --code NI --parent acme >/dev/null
until_true 5 grep -q Nice "$D/all.out"
until_true 5 grep -q Nice "$D/bo.out"
has "his own" "secret plan" "$(cat "$D/bo.out")"
lacks "not theirs" "secret plan" "$(cat "$D/all.out")"

say "who waits"
ask a wait ms=5000 >/dev/null
stop srv KILL
until_true 10 link_is a offline
from=$SECONDS
fails 1 ask a wait ms=300
has "late" "timeout" "$SAID"
[ $((SECONDS - from)) -le 2 ] || die "a wait of 300 ms took longer"
"$ASK" "$D/a" wait ms=60000 --ms 60000 2>"$D/wait.txt" &
PIDS[wait]=$!
sleep 0.3

say "the end is told to all of them"
stop a
for who in all bo wait; do
  wait "${PIDS[$who]}" 2>/dev/null || true
  unset "PIDS[$who]"
  has "$who" "the site daemon ends" "$(cat "$D/$who.txt")"
done
