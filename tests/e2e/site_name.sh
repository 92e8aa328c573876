#!/usr/bin/env bash
# A server whose name cannot be looked up, as in an office without a line:
# libzmq then says nothing at all.  Would catch: a daemon that waits for a name
# server instead of answering, or ending, or that never dials again.
set -eu
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"

unshare -m true 2>/dev/null || skip "no mount namespace may be made here"
server_init
server_start
token=$("$BIN/okr-server" site invite "$D/srv" a \
  --endpoint "tcp://localhost:$PORT")
"$BIN/okr-site" join "$D/a" "$token" >/dev/null
echo 'retry_max = "300ms"' >"$D/a/site.conf"

say "nobody knows the name"
: >"$D/hosts"
echo "hosts: files dns" >"$D/nsswitch"
echo "nameserver 192.0.2.1" >"$D/resolv"
# shellcheck disable=SC2016
start a unshare -m sh -c 'mount --bind "$0/hosts" /etc/hosts &&
  mount --bind "$0/nsswitch" /etc/nsswitch.conf &&
  mount --bind "$0/resolv" /etc/resolv.conf && exec "$@"' \
  "$D" "$BIN/okr-site" run "$D/a"
sleep 1
from=$(date +%s%N)
same "link" offline "$(status_of a link)"
[ $((($(date +%s%N) - from) / 1000000)) -lt 1000 ] || die "slow to answer"

say "it becomes known"
echo "127.0.0.1 localhost" >"$D/hosts"
until_true 60 is_settled a
stop srv
: >"$D/hosts"
until_true 10 link_is a offline
sleep 1
from=$(date +%s%N)
stop a
[ $((($(date +%s%N) - from) / 1000000)) -lt 1000 ] || die "slow to end"
