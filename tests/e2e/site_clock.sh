#!/usr/bin/env bash
# Clocks that are wrong by years, and a company that moves to another time zone
# in mid-cycle.  Would catch: a check-in from the future that outlives every
# later one, a site that calls old data fresh (or waits years for a retry), a
# day that is taken from the machine and not from the company.
set -eu
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"
lib=$(ls /usr/lib/*/faketime/libfaketime.so.1 2>/dev/null) ||
  skip "no libfaketime (Debian's package faketime)"

# start NAME at OFFSET COMMAND...: with a clock that is off; what measures spans
# goes on.  The daemon takes the place of the shell, so that it gets signals.
at() {
  local offset=$1
  shift
  exec env LD_PRELOAD="$lib" FAKETIME="$offset" FAKETIME_DONT_FAKE_MONOTONIC=1 \
    ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" "$@"
}
value() { ask "$1" show ref="$2" | field value; }

server_init
server_start
server add cycle --name Q --kind quarter --start 2026-01-01 --end 2036-12-31 \
  >/dev/null
objective=$(server add objective --cycle Q --title Grow --json | field id)
kr=$(server add kr --objective "$objective" --title Rides --metric increase \
  --start 0 --target 100 --due 2036-12-31 --json | field id)
for name in ahead behind; do site_join $name; done
start ahead at +4y "$BIN/okr-site" run "$D/ahead"
start behind at -4y "$BIN/okr-site" run "$D/behind"
for name in ahead behind; do until_true 15 is_settled $name; done

say "the clocks are off: sites say how old the data is, by what was heard"
for name in ahead behind; do
  age=$(status_of $name age_s)
  [ "$age" -ge 0 ] && [ "$age" -lt 60 ] || die "$name: age $age"
done

say "a check-in four years ahead counts from when headquarters heard of it"
ask ahead checkin key_result="$kr" value=10 --as $ADA >/dev/null
until_true 10 is_settled ahead
ask behind checkin key_result="$kr" value=20 \
  observed_at="$(date -u -d '+1 second' +%FT%TZ)" --as $ADA >/dev/null
until_true 10 is_settled behind
sleep 1.1
server checkin "$kr" 30 >/dev/null 2>&1 || \
  server add check_in --key-result "$kr" --value 30 >/dev/null
for name in ahead behind; do
  until_true 10 is_settled $name
  until_true 10 test "$(value $name "$kr")" = 30
done
same "the value" 30 "$(server show "$kr" --json | field value)"

say "cut off, with clocks that jump: what is saved stays in its order"
stop srv KILL
until_true 10 link_is ahead offline
stop ahead
ask behind set ref="$kr" change=title=one --as $ADA >/dev/null
start ahead at -10y "$BIN/okr-site" run "$D/ahead"
ask ahead set ref="$kr" change=due=2030-01-01 --as $ADA >/dev/null
stop ahead
start ahead at +10y "$BIN/okr-site" run "$D/ahead"
ask ahead set ref="$kr" change=due=2031-01-01 --as $ADA >/dev/null
server_start
for name in ahead behind; do until_true 20 is_settled $name; done
same "his second edit" 2031-01-01 "$(server show "$kr" --json | field due)"
same "no conflict" 0 "$(status_of ahead conflicts)"
same "equal" "$(server_digest)" "$(status_of ahead digest)"
same "equal" "$(server_digest)" "$(status_of behind digest)"

say "the company moves: today is what the policy says, at every site"
server set policy utc_offset_min=840 >/dev/null
until_true 10 is_settled behind
for name in ahead behind; do
  until_true 10 is_settled $name
  same "equal" "$(server_digest)" "$(status_of $name digest)"
done
"$BIN/okr-server" check "$D/srv" >/dev/null
