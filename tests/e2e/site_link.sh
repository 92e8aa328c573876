#!/usr/bin/env bash
# The link: a server that is not there costs nothing, one that refuses is
# named, and a site that was revoked goes on for itself.  Would catch: a loop
# that spins, dialling without a pause, a refusal that nobody is told, an
# outbox that is dropped with the link.
set -eu
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"

# Connections to the publish endpoint.
listeners() {
  awk -v port=":$(printf %04X "$PUBLISH")" \
    '$3 ~ port"$" && $4 == "01"' /proc/net/tcp /proc/net/tcp6 | wc -l
}
listen() { [ "$(listeners)" = "$1" ]; }
ticks() { awk '{ print $14 + $15 }' "/proc/${PIDS[$1]}/stat"; }

server_init
server_start
site_join a
site_start a
until_true 10 is_settled a
server add cycle --name Q1 --kind quarter --start 2026-01-01 \
  --end 2026-03-31 >/dev/null
until_true 5 ask a show ref=Q1

say "a server that is killed, and its port that refuses"
stop srv KILL
until_true 10 link_is a offline
before=$(ticks a)
sleep 3
spent=$(($(ticks a) - before))
[ "$spent" -le 15 ] || die "3 s without a server cost $spent ticks"

say "it comes back, and the stream with it"
server_start
until_true 10 is_settled a
server add objective --cycle Q1 --title streamed >/dev/null
until_true 5 sh -c "'$ASK' '$D/a' list | grep -q streamed"

say "thin: no stream, and yet all of it"
printf 'retry_max = "300ms"\nthin = true\n' >"$D/a/site.conf"
kill -HUP "${PIDS[a]}"
until_true 10 listen 0
until_true 10 is_settled a
server add objective --cycle Q1 --title polled >/dev/null
until_true 5 sh -c "'$ASK' '$D/a' list | grep -q polled"
printf 'retry_max = "300ms"\n' >"$D/a/site.conf"
kill -HUP "${PIDS[a]}"
until_true 10 listen 1
until_true 10 is_settled a

say "settings that are wrong change nothing"
echo 'thim = true' >"$D/a/site.conf"
kill -HUP "${PIDS[a]}"
until_true 5 grep -q 'there is no key .thim.' "$D/a.err"
is_settled a || die "it did not go on"

say "revoked: told so, and what is written stays here"
server_site revoke a >/dev/null
until_true 5 link_is a refused
has "why" "it was revoked" "$(ask a status)"
ask a add kind=objective cycle=Q1 title=kept --as $ADA >/dev/null
same "pending" 1 "$(status_of a pending)"
rm "$D/a/site.conf"
stop a
site_start a
until_true 10 link_is a refused
same "pending after a restart" 1 "$(status_of a pending)"
same "seen here" 3 "$(ask a list | count)"
same "unseen there" 2 "$(server list --json | count)"
before=$(ticks a)
sleep 2
spent=$(($(ticks a) - before))
[ "$spent" -le 10 ] || die "2 s of being refused cost $spent ticks"

say "asked to end, it ends"
from=$(date +%s%N)
stop a
[ $((($(date +%s%N) - from) / 1000000)) -lt 1000 ] || die "not within 1 s"
