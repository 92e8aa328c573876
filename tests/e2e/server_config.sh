#!/usr/bin/env bash
# Settings of the server: read, refused with the line and the nearest key,
# read anew on SIGHUP; and what it tells its supervisor.
# Would catch: a mistake that is passed over, a reload that ends the daemon or
# takes a wrong file, "ready" before it is.
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"
SERVER=$BIN/okr-server
conf=$D/server.conf
server_init

say "--check-config only reads"
cat >"$conf" <<END
# where offices connect
listen = "tcp://127.0.0.1:$PORT"
publish = "tcp://127.0.0.1:$PUBLISH"
backup_max_age = "36h"   # a day and a half
END
"$SERVER" serve "$D/nowhere" --config "$conf" --check-config
try() { # TEXT SAID
  echo "$1" >"$D/bad.conf"
  fails 1 "$SERVER" serve "$D/srv" --config "$D/bad.conf" --check-config
  has "$1" "$2" "$SAID"
  has "$1" "$D/bad.conf" "$SAID"
}
try $'\n# c\nlisen = "x"' 'line 3: there is no key `lisen`; the nearest is `listen`'
try 'listen = "7801"' 'nothing to bind to'
try 'log = "loud"' 'is neither'
try 'backup_max_age = "36"' 'no such time'
try 'backup_max_age = "1s"' 'no such time'
try 'listen = ' 'end of file'
fails 1 "$SERVER" serve "$D/srv" --config "$D/none.conf"
has "none" "No such file" "$SAID"
cp "$D/bad.conf" "$D/srv/server.conf"
fails 1 "$SERVER" serve "$D/srv"
has "of the folder" "$D/srv/server.conf" "$SAID"
rm "$D/srv/server.conf"

say "ready, reloading, alive, stopping"
python3 - "$D/notify" >"$D/told" <<'END' &
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
while True:
    print(s.recv(4096).decode(), flush=True)
END
PIDS[listener]=$!
until_true 10 test -S "$D/notify"
export NOTIFY_SOCKET=$D/notify WATCHDOG_USEC=1000000
start srv "$SERVER" serve "$D/srv" --config "$conf"
unset NOTIFY_SOCKET WATCHDOG_USEC
has "listens" "listen tcp://127.0.0.1:$PORT publish tcp://127.0.0.1:$PUBLISH" \
  "$(cat "$D/srv.out")"
until_true 5 grep -qx READY=1 "$D/told"
until_true 5 grep -qx WATCHDOG=1 "$D/told"
has "no backup" "no backup yet" "$(server status --json | field alarms)"
"$SERVER" backup "$D/srv" "$D/one" >/dev/null
same "one" "[]" "$(server status --json | field alarms)"

echo 'backup_max_age = "1m' >"$conf"
kill -HUP "${PIDS[srv]}"
until_true 5 grep -q "the old settings stand: .*server.conf" "$D/srv.err"
cat >"$conf" <<END
listen = "tcp://127.0.0.1:1"
log = "debug"
END
kill -HUP "${PIDS[srv]}"
until_true 5 grep -q "settings read anew" "$D/srv.err"
grep -q "holds after a restart" "$D/srv.err" || die "it does not say it"
same "reloads" 2 "$(grep -cx RELOADING=1 "$D/told")"
server status >/dev/null
before=$EPOCHREALTIME
stop srv
after=$EPOCHREALTIME
[ $((${after/./} - ${before/./})) -lt 1000000 ] || die "it took its time"
until_true 5 grep -qx STOPPING=1 "$D/told"

say "the command line comes before the file"
start srv "$SERVER" serve "$D/srv" --config "$conf" \
  --listen "tcp://127.0.0.1:$PORT"
has "listens" "listen tcp://127.0.0.1:$PORT " "$(cat "$D/srv.out")"

say "a site says the same to its supervisor"
invite a >"$D/token"
"$BIN/okr-site" join "$D/a" "$(cat "$D/token")" >/dev/null
: >"$D/told"
NOTIFY_SOCKET=$D/notify WATCHDOG_USEC=1000000 \
  start a "$BIN/okr-site" run "$D/a"
until_true 5 grep -qx WATCHDOG=1 "$D/told"
kill -HUP "${PIDS[a]}"
until_true 5 grep -qx RELOADING=1 "$D/told"
stop a
until_true 5 grep -qx STOPPING=1 "$D/told"
same "ready, twice" 2 "$(grep -cx READY=1 "$D/told")"
