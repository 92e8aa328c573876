#!/usr/bin/env bash
# Peers that do not behave: unknown keys, revoked ones that stay where they
# are, frames that are none.  Would catch: an identity taken from anything but
# the key of this very message, a subscription that outlives its site, a
# daemon that falls over what somebody sends.
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"
PEEK=$OKR_BINARY_DIR/tests/okr-peek
server_init
server_start
site_join a
site_join b
KEY=$(sed -n 's/^public //p' "$D/srv/keys/link.key")
LISTEN=tcp://127.0.0.1:$PORT
PUB=tcp://127.0.0.1:$PUBLISH
A=$D/a/keys/link.key
peek() { "$PEEK" "$1" "$KEY" "${@:2}"; }
add() { server add unit --name "$1" --code "$1" --parent acme >/dev/null; }

say "an unknown key: heard, and told so; it sees nothing"
for what in hello pull; do
  same "$what" "refuse 1" "$(peek new $LISTEN $what)"
done
same "on PUB" refused "$(peek new $PUB sub 1 | head -n 1)"

say "what is no message"
same "junk" "error 1" "$(peek new $LISTEN junk)"
same "junk of a site" "error 1" "$(peek "$A" $LISTEN junk)"
same "three frames" "error 1" "$(peek "$A" $LISTEN parts)"
same "another protocol" "refuse 3" "$(peek "$A" $LISTEN newer)"
same "over the limit" down "$(peek "$A" $LISTEN large)"
same "and then" page "$(peek "$A" $LISTEN pull)"
same "a Hello of nobody" "refuse 5" "$(peek "$A" $LISTEN hello)"
same "wrong server key" refused "$("$PEEK" new "$(sed -n 's/^public //p' \
  "$A")" $LISTEN hello)"

say "a subscription ends with its site, and the others' do not"
"$PEEK" "$A" "$KEY" $PUB sub 60 >"$D/a.frames" & PIDS[pa]=$!
site_start b
until_true 10 grep -q '^up' "$D/a.frames"
until_true 10 is_settled b
add before
until_true 10 grep -q '^frame event' "$D/a.frames"
server_site revoke a >/dev/null
until_true 5 grep -q '^down' "$D/a.frames"
frames=$(wc -l <"$D/a.frames")
add after
until_true 10 ask b show ref=after
sleep 0.5
same "frames after it" "$frames" "$(wc -l <"$D/a.frames")"
same "it may not come back" refused "$(peek "$A" $PUB sub 1 | head -n 1)"
until_true 10 is_settled b

say "nor is it heard"
for what in hello pull junk; do
  same "$what" "refuse 2" "$(peek "$A" $LISTEN $what)"
done

say "a hundred at once, and it still serves"
for i in {1..100}; do
  peek new $LISTEN hello >"$D/many.$i" 2>&1 &
  PIDS[many$i]=$!
done
for i in {1..100}; do
  wait "${PIDS[many$i]}" || die "peer $i"
  unset "PIDS[many$i]"
done
same "all were told" 100 "$(cat "$D"/many.* | grep -c '^refuse 1$')"
add last
until_true 10 ask b show ref=last
server check >/dev/null
