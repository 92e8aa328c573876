#!/usr/bin/env bash
# The daemon's life: ready, asked, alone, ended.  Would catch: "ready" before
# it is, two daemons on one store, commands that hang on a dead or a stuck
# one, a daemon that never ends or never rests.
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"
SERVER=$BIN/okr-server
server_init
ANY='tcp://127.0.0.1:*'

say "ready says where"
start srv "$SERVER" serve "$D/srv" --listen "$ANY"
[[ $(cat "$D/srv.out") =~ ^ready\ listen\ (tcp://127.0.0.1:[0-9]+)\ publish\ (tcp://127.0.0.1:[0-9]+)\ fingerprint\ ([0-9a-z-]{39})$ ]] ||
  die "ready line: $(cat "$D/srv.out")"
listen=${BASH_REMATCH[1]} publish=${BASH_REMATCH[2]}
[ "$listen" != "$publish" ] || die "one port for both"
same "status" "$listen" "$(server status --json | field listen)"
same "fingerprint" "${BASH_REMATCH[3]}" "$(server status --json | field fingerprint)"
for at in "$listen" "$publish"; do
  timeout 2 bash -c "exec 3<>/dev/tcp/127.0.0.1/${at##*:}" ||
    die "nobody listens at $at"
done
grep -q '^<6>serving' "$D/srv.err" || die "the log has no priorities"

say "alone: a second daemon, another server's port"
fails 1 "$SERVER" serve "$D/srv"
has "who has it" "in use by another process (pid ${PIDS[srv]})" "$SAID"
server_init other
fails 1 "$SERVER" serve "$D/other" --listen "$listen" --publish "$ANY"
has "whose port" "$listen: the port is in use" "$SAID"
fails 1 "$SERVER" serve "$D/other" --listen "$ANY" --publish "$publish"
[ ! -e "$D/other/sock" ] || die "a socket of nobody"

say "endpoints that are none"
for wrong in tcp://127.0.0.1 127.0.0.1:1 tcp://:1 tcp://a:0 tcp://a:65536 \
  tcp://a:x ipc:///tmp/x "tcp://a b:1" ""; do
  fails 2 "$SERVER" serve "$D/other" --listen "$wrong"
  fails 2 "$SERVER" serve "$D/other" --publish "$wrong"
done
fails 1 "$SERVER" serve "$D/other" --listen tcp://192.0.2.1:7 --publish "$ANY"
has "which" "tcp://192.0.2.1:7" "$SAID"
fails 1 "$SERVER" serve "$D/nowhere"
fails 1 "$SERVER" serve "$D"
has "what to do" "okr-server init" "$SAID"
[ ! -e "$D/lock" ] || die "a lock in a folder that is no server's"

say "the same answers, with serve and without"
add() { server add unit --name "$1" --code "$1" --parent acme --json; }
add u1 | field code | grep -qx u1
with=$(server list --kind unit --json)
fails 1 add u1
has "the rule" "duplicate" "$SAID"
same "a refusal is logged, too" 7 "$(server status --json | field lsn)"
stop srv
[ ! -e "$D/srv/sock" ] || die "the socket stays"
same "list" "$with" "$(server list --kind unit --json)"
fails 1 add u1
has "the rule" "duplicate" "$SAID"
add u2 >/dev/null
server_start
same "written without, seen with" u2 "$(server show u2 --json | field code)"

say "stuck: a command gives up after a second"
kill -STOP "${PIDS[srv]}"
before=$(date +%s%N)
fails 1 server status
took=$((($(date +%s%N) - before) / 1000000))
[ $took -ge 900 ] && [ $took -lt 2000 ] || die "it took $took ms"
has "it says so" "did not answer within 1 s" "$SAID"
has "who" "pid ${PIDS[srv]}" "$SAID"
kill -CONT "${PIDS[srv]}"
server status >/dev/null

say "idle: it rests"
ticks() { awk '{print $14 + $15}' "/proc/${PIDS[srv]}/stat"; }
before=$(ticks)
sleep 1
[ $(($(ticks) - before)) -le 5 ] || die "it turns without an event"

say "no core that would hold the keys"
grep -q '^Max core file size *0 *0 ' "/proc/${PIDS[srv]}/limits" ||
  die "it leaves cores"

say "ends within a second, in the midst of work"
for i in {1..200}; do
  add "busy$i" >/dev/null 2>&1 || break
done &
work=$!
sleep 0.3
before=$(date +%s%N)
stop srv
took=$((($(date +%s%N) - before) / 1000000))
[ $took -lt 1000 ] || die "it took $took ms to end"
wait $work || true
"$SERVER" check "$D/srv" >/dev/null
server_start
stop srv INT

say "killed: the next one takes its place, and so do commands"
server_start
stop srv KILL
[ -S "$D/srv/sock" ] || die "no dead socket to be tried"
server status >/dev/null
server_start
stop srv KILL
server_start
server status >/dev/null
stop srv

say "commands beside each other wait for each other"
for i in {1..8}; do
  { add "par$i" || touch "$D/par-failed"; } >/dev/null &
  PIDS[par$i]=$!
done
for i in {1..8}; do wait "${PIDS[par$i]}"; unset "PIDS[par$i]"; done
[ ! -e "$D/par-failed" ] || die "one of them gave up"
same "all are in" 8 "$(server list --kind unit --json | grep -o '"par[1-8]"' |
  sort -u | wc -l)"

say "a store of a newer version"
"$OKR_BINARY_DIR/tests/okr-flip" "$D/srv/store" --version 2
for command in serve status check; do
  fails 1 "$SERVER" $command "$D/srv"
  has "$command" "newer version" "$SAID"
  has "$command" "upgrade" "$SAID"
done
"$OKR_BINARY_DIR/tests/okr-flip" "$D/srv/store" --version 1
server status >/dev/null

say "a damaged row: the log says so, and it does not spin"
cp -r "$D/srv" "$D/sound"
server set policy beat_ms=200 >/dev/null
server_start
"$OKR_BINARY_DIR/tests/okr-flip" "$D/srv/store" scope 0
sleep 0.5
before=$(ticks)
sleep 2
[ $(($(ticks) - before)) -le 10 ] || die "it spins"
grep -q "a turn failed and changed nothing: stored data is damaged" \
  "$D/srv.err" || die "the log does not say it"
fails 1 server add unit --name x --code x --parent acme
has "what to do" "check DIR" "$SAID"
stop srv
rm -rf "$D/srv" && mv "$D/sound" "$D/srv"

say "usage"
fails 2 "$SERVER"
fails 2 "$SERVER" frobnicate
fails 2 "$SERVER" site
fails 2 "$SERVER" status
fails 2 "$SERVER" status "$D/srv" more
fails 2 "$SERVER" list "$D/srv" --kind nothing
fails 2 "$SERVER" list "$D/srv" --kind unit --kind unit
fails 2 "$SERVER" list "$D/srv" --kind
same "version" "okr-server 0.1.0" "$("$SERVER" --version)"
has "help" "site invite DIR NAME" "$("$SERVER" --help)"
has "examples" "okr-server serve /srv/okr" "$("$SERVER" serve --help)"
has "before the verb" '"code":"u1"' "$("$SERVER" --json show "$D/srv" u1)"
