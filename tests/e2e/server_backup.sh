#!/usr/bin/env bash
# backup while serve goes on: verified, private, whole or not there; and
# restore: a new epoch, in which nothing is lost that a site had read as taken.
# Would catch: a copy of two moments, a half-made DEST, a store that is copied
# with its damage, keys or copies that others may read, numbers given twice,
# an operation that vanishes with the old history.
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"
SERVER=$BIN/okr-server
FLIP=$OKR_BINARY_DIR/tests/okr-flip
server_init
server_start
site_join a
site_start a
site_join b
site_start b
until_true 10 is_settled a
server add cycle --name Q1 --kind quarter --start 2026-01-01 \
  --end 2026-03-31 >/dev/null
until_true 5 ask a show ref=Q1
until_true 5 ask b show ref=Q1
objective() { ask "$1" add kind=objective cycle=Q1 "title=$2" --as $ADA; }
titles() {
  python3 -c 'import json, sys
print(" ".join(sorted(e["title"] for e in json.load(sys.stdin)
                      if e["kind"] == "objective")))'
}
objective a before >/dev/null
until_true 5 is_settled a
invite late >"$D/late"
same "none yet" null "$(server status --json | field backup_at)"

say "a backup while people write"
for i in {1..15}; do objective a "w$i" >/dev/null; done &
writer=$!
umask 000
"$SERVER" backup "$D/srv" "$D/one" --json >"$D/said"
umask 022
wait $writer
lsn=$(field lsn <"$D/said")
same "what it holds" "backup.json store" "$(ls "$D/one" | xargs)"
same "and there" data.mdb "$(ls "$D/one/store" | xargs)"
same "nobody else reads it" "" "$(find "$D/one" -perm /077)"
same "status: lsn" "$lsn" "$(server status --json | field backup_lsn)"
same "status: path" "$D/one" "$(server status --json | field backup_path)"
same "status: alarms" "[]" "$(server status --json | field alarms)"
same "no half of it" "" "$(ls "$D" | grep part || true)"
until_true 10 is_settled a
"$SERVER" backup "$D/srv" "$D/two" --with-keys | grep -q "guard it" ||
  die "it does not say that the keys are in it"
same "keys are private too" "" "$(find "$D/two" -perm /077)"

say "where none can be"
fails 1 "$SERVER" backup "$D/srv" "$D/one"
has "there" "is there already" "$SAID"
fails 1 "$SERVER" backup "$D/srv" "$D/srv/keys/copy"
has "inside" "lies in the folder" "$SAID"
fails 1 "$SERVER" backup "$D/srv" "$D/nowhere/copy"
fails 1 "$SERVER" backup "$D/nothing" "$D/three"
same "nothing was made" "" "$(ls -d "$D"/three* 2>/dev/null || true)"

say "what happens after the backup: at a, at b, at headquarters"
objective a after-a >/dev/null
objective b after-b >/dev/null
until_true 5 is_settled a
until_true 5 is_settled b
server add objective --cycle Q1 --title after-hq >/dev/null
stop srv

say "headquarters burns down; a was offline and goes on meanwhile"
objective a offline >/dev/null
mv "$D/srv" "$D/burnt"
fails 1 "$SERVER" restore "$D/one" "$D/srv"
has "no keys" "--keys" "$SAID"
[ ! -e "$D/srv" ] || die "something was made"
server_init other
fails 1 "$SERVER" restore "$D/one" "$D/srv" --keys "$D/other/keys"
has "other keys" "not the keys of this backup" "$SAID"
[ ! -e "$D/srv" ] || die "something was left"
fails 1 "$SERVER" restore "$D/burnt" "$D/srv"
has "no backup" "is no backup" "$SAID"
said=$("$SERVER" restore "$D/one" "$D/srv" --keys "$D/burnt/keys")
has "epoch" "epoch 2 begins" "$said"
has "sites" "sites: 2" "$said"
has "lsn" "after lsn $lsn" "$said"
same "private" "" "$(find "$D/srv" -perm /077)"
fails 1 "$SERVER" restore "$D/one" "$D/srv" --keys "$D/burnt/keys"
has "not over another" "not empty" "$SAID"
server check >/dev/null

say "sites hand back what they had sent, in any order of theirs"
server_start
until_true 20 is_settled a
until_true 20 is_settled b
same "epoch at the server" 2 "$(server status --json | field epoch)"
same "epoch at a" 2 "$(status_of a epoch)"
all="after-a after-b before offline w1 w10 w11 w12 w13 w14 w15 w2 w3 w4 w5"
all="$all w6 w7 w8 w9"
same "at headquarters" "$all" "$(server list --json | titles)"
until_true 5 test "$all" = "$(ask a list | titles)"
until_true 5 test "$all" = "$(ask b list | titles)"
same "refused at a" "[]" "$(ask a refused)"
same "refused at b" "[]" "$(ask b refused)"
same "digest of a" "$(server_digest)" "$(status_of a digest)"
same "digest of b" "$(server_digest)" "$(status_of b digest)"
has "a says why" "restored" "$(status_of a alarms)"
server check >/dev/null

say "an invitation of before is void: it may have been used"
fails 1 "$BIN/okr-site" join "$D/late-site" "$(cat "$D/late")"

say "a store that is damaged: the backup does not hold, and everybody hears"
stop a
stop b
stop srv
"$FLIP" "$D/srv/store" history 1 2>/dev/null ||
  "$FLIP" "$D/srv/store" meta 1
"$FLIP" "$D/srv/store" op 1
fails 1 "$SERVER" backup "$D/srv" "$D/bad"
has "named" "op " "$SAID"
has "rule" "(damaged)" "$SAID"
[ ! -e "$D/bad" ] && [ ! -e "$D/bad.part" ] || die "a bad backup was left"
has "alarm" "does not hold" "$(server status --json | field alarms)"
same "the good one is still known" "$D/one" \
  "$(server status --json | field backup_path)"

say "restored again from the same backup: another epoch 2"
rm -r "$D/srv"
"$SERVER" restore "$D/two" "$D/srv" >/dev/null
server_start
site_start a
site_start b
until_true 20 is_settled a
until_true 20 is_settled b
same "at headquarters" "$all" "$(server list --json | titles)"
same "digest of a" "$(server_digest)" "$(status_of a digest)"

say "compact: refused while serve runs, smaller afterwards, the same"
fails 1 "$SERVER" compact "$D/srv"
has "busy" "in use" "$SAID"
digest=$(server_digest)
stop srv
"$SERVER" compact "$D/srv" >/dev/null
same "no copy is left" "" "$(ls "$D/srv" | grep compact || true)"
same "digest" "$digest" "$(server_digest)"
server check >/dev/null
