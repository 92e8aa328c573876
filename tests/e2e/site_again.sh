#!/usr/bin/env bash
# What happens to every company: the same cycle made twice by offices that could
# not ask each other, the longest note there may be, keys that are lost.  Would
# catch: one of two entities of a name that vanishes, a limit that counts bytes
# where people count characters, a site that goes on under somebody else's keys.
set -eu
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"

server_init
server_start
for name in a b; do
  site_join $name
  site_start $name
  until_true 15 is_settled $name
done

say "one cycle, made at two sites without a line"
stop srv KILL
for name in a b; do
  until_true 10 link_is $name offline
  ask $name add kind=cycle name=2026-Q4 kind=quarter start=2026-10-01 \
    end=2026-12-31 --as $ADA >/dev/null
  ask $name add kind=objective cycle=2026-Q4 title="Grow at $name" \
    --as $ADA >/dev/null
done
server_start
for name in a b; do until_true 20 is_settled $name; done
for name in a b; do
  same "nothing refused" 0 "$(status_of $name refused)"
  same "both are there" 2 "$(ask $name list kind=cycle | count)"
  same "and what hangs on them" 2 "$(ask $name list kind=objective | count)"
  same "equal" "$(server_digest)" "$(status_of $name digest)"
done
fails 1 ask a add kind=objective cycle=2026-Q4 title=Third --as $ADA
has "both are named" "may be one of 2" "$SAID"
kept=$(ask a list kind=objective | field 0.cycle)
same "by their name" 2026-Q4 "$kept"
cycles=$(ask a list kind=cycle)
one=$(field 0.id <<<"$cycles")
other=$(field 1.id <<<"$cycles")
objective=$(ask a list kind=objective | python3 -c 'import json, sys
print(next(o["id"] for o in json.load(sys.stdin) if o["title"].endswith("a")))')

say "8,000 characters are 24,000 bytes of Chinese, and one more is too many"
kr=$(ask a add kind=key_result objective="$objective" title=Rides \
  metric=increase start=0 target=10 due=2026-12-01 --as $ADA | field id)
note=$(python3 -c 'print("汉" * 8000, end="")')
ask a checkin key_result="$kr" value=5 note="$note" --as $ADA >/dev/null
fails 2 ask a checkin key_result="$kr" value=6 note="${note}字" --as $ADA
has "the rule" "too_long" "$SAID"
until_true 15 is_settled a
until_true 15 is_settled b
noted=$(ask b show ref="$kr" | field check_ins.0.note)
same "the note, whole" "$note" "$noted"

say "one of the two cycles is put away: the name is unambiguous again"
ask b archive ref="$other" --as $ADA >/dev/null
until_true 15 is_settled b
until_true 15 is_settled a
ask a add kind=objective cycle="$one" title=Third --as $ADA >/dev/null

say "keys that are lost: the site does not start, and joins anew elsewhere"
ask a set ref="$kr" change=title=Unsent --as $ADA >/dev/null
until_true 15 is_settled a
stop a
mv "$D/a/keys" "$D/keys.lost"
fails 1 "$BIN/okr-site" run "$D/a"
has "what to do" "join anew" "$SAID"
fails 1 "$BIN/okr-site" join "$D/a" "$(invite a2)"
server_site revoke a >/dev/null
site_join a3
site_start a3
until_true 15 is_settled a3
same "equal" "$(server_digest)" "$(status_of a3 digest)"
same "what it had sent" Unsent "$(ask a3 show ref="$kr" | field title)"
"$BIN/okr-server" check "$D/srv" >/dev/null
