#!/usr/bin/env bash
# Joining: what every token is answered with, and that a join that was cut
# short goes on.  Would catch: a token that is dialled before it is read, keys
# that change between two attempts, a wrong server that is believed, half a
# folder that looks like a whole one.
set -eu
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"
SITE=$BIN/okr-site

server_init
server_init other # which listens at the same place, later

say "tokens that no server has to be asked about"
fails 1 "$SITE" join "$D/a" "hello"
has "no token" "okr1-" "$SAID"
fails 1 "$SITE" join "$D/a" "okr2-abc"
has "newer" "upgrade" "$SAID"
token=$(invite a)
fails 1 "$SITE" join "$D/a" "${token%?????}"
has "cut" "altered or cut" "$SAID"
fails 2 "$SITE" join "$D/a"
fails 2 "$SITE" join "$D/a" "$token" more
[ ! -e "$D/a" ] || die "a folder for nothing"

say "no server: the join is killed, its keys stay"
"$SITE" join "$D/a" "$token" 2>/dev/null &
PIDS[join]=$!
until_true 5 test -e "$D/a/keys/link.key"
stop join KILL
keys=$(cat "$D"/a/keys/*.key)
fails 1 "$SITE" run "$D/a"
has "not joined" "repeat the \`okr-site join\`" "$SAID"

say "joined, with the same keys"
server_start
joined=$("$SITE" join "$D/a" "$token")
has "its name" "site a" "$joined"
has "the server's fingerprint" "$(server status --json | field fingerprint)" \
  "$joined"
same "keys" "$keys" "$(cat "$D"/a/keys/*.key)"
fails 1 "$SITE" join "$D/a" "$(invite again)"
has "joined already" "as site a" "$SAID"

say "the answer was lost: the same again"
mv "$D/a/store" "$D/lost"
"$SITE" join "$D/a" "$token" >/dev/null
site_start a
until_true 10 is_settled a
stop a

say "used, expired, for another server, to another server"
fails 1 "$SITE" join "$D/b" "$token"
has "used" "used already" "$SAID"
token=$(invite short srv --expires 1s)
sleep 1.5
fails 1 "$SITE" join "$D/b" "$token"
has "expired" "expired" "$SAID"
fails 1 "$SITE" join "$D/b" "$(invite b other)"
has "wrong server" "not the server that the token names" "$SAID"
stop srv
server_start other
fails 1 "$SITE" join "$D/b" "$(invite b)"
has "wrong server" "not the server that the token names" "$SAID"
site_start a
until_true 10 sh -c "'$ASK' '$D/a' status | grep -q 'breaks off the handshake'"
same "link" offline "$(status_of a link)"

say "folders that are not for it"
fails 1 "$SITE" join "$D/srv" "$(invite b other)"
has "a server's" "server's folder" "$SAID"
fails 1 "$SITE" run "$D/srv"
mkdir "$D/home" && touch "$D/home/letter"
fails 1 "$SITE" join "$D/home" "$(invite b other)"
has "of others" "letter" "$SAID"
fails 1 "$SITE" join "$D/no/such" "$(invite b other)"
fails 1 "$SITE" join "$D/a" "$(invite b other)"
has "busy" "in use by process" "$SAID"
