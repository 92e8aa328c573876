#!/usr/bin/env bash
# Keys of persons, with the real programs: invited, brought by a code, used,
# replaced, revoked, lost.  Would catch: a code that serves twice; a change
# that is believed without its author's signature; a revoked key that still
# signs; a secret that goes over the socket or stays in the server's store.
set -eu
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"

LI=li@acme.example
export HOME=$D/home OKR_SITE=$D/a
unset OKR_KEY OKR_PASSPHRASE_FILE
mkdir "$HOME"
KEY=$HOME/.config/okr/person.key
okr() { "$BIN/okr" "$@"; }
key_of() { python3 -c 'import json, sys
print(next(k["ref"] for k in json.load(sys.stdin) if k["state"] == "active"))'; }
# Each way in which changes are known to be their author's.
signatures() { python3 -c 'import json, sys
rows = json.load(sys.stdin)
print(*sorted({str(r["signature"]) for r in rows if "lsn" in r}))'; }
whose_key() { python3 -c 'import json, sys
key = json.load(sys.stdin)["key"]
print(*(key and (key[k] for k in ("state", "pending", "ref")) or ["none"]))'; }
settle() { until_true 10 is_settled a; }
code_for() { "$BIN/okr-server" person invite "$D/srv" "$1"; }
# known MAIL COUNT: the server has that many active keys of the person.
known() {
  [ "$("$BIN/okr-server" key list "$D/srv" "$1" --json |
    grep -o '"state":"active"' | wc -l)" = "$2" ]
}

server_init
server_start
server add unit --name Care --code CARE --parent acme >/dev/null
server add person --name Li --mail $LI --unit CARE >/dev/null
server add cycle --name 2026-Q1 --kind quarter --start 2026-01-01 \
  --end 2026-03-31 >/dev/null
site_join a
site_start a
settle

say "codes that are none"
fails 2 okr key new --code 4f2k9-0r40m-30e20-93y11
has "mistyped" "mistyped" "$SAID"
[ ! -e "$KEY" ] || die "a mistyped code made a key"

say "who am I, with a key that nobody knows"
okr key new >/dev/null
fails 1 okr whoami
has "nobody" "nobody here has the key" "$SAID"
same "on behalf of" "none" "$(okr whoami --as $LI --json | whose_key)"
rm "$KEY"

say "a person brings a key"
CODE=$(code_for $LI)
until_true 5 ask a list kind=invite
settle
okr key new --code "$CODE" --label laptop >"$D/new.txt"
has "whose" "$LI" "$(cat "$D/new.txt")"
same "mode of the file" 600 "$(stat -c %a "$KEY")"
settle
until_true 5 known $LI 1
has "show" "active" "$(okr key show)"
REF=$(key_of < <(okr key list --json))
same "whoami" "active False $REF" "$(okr whoami --json | whose_key)"
same "his name" $LI "$(okr whoami --json | field mail)"
has "in words" "known at headquarters: active" "$(okr whoami)"
has "in Chinese" "有效" "$(env LC_ALL=zh_CN.UTF-8 "$BIN/okr" whoami)"
has "its fingerprint" "$(okr key show | head -1)" "$(okr whoami)"
"$BIN/okr" watch --json >"$D/watch.json" &
PIDS[watch]=$!
lacks "the code in the store" "$CODE" "$(strings -n 8 "$D/srv/data.mdb" "$D"/srv/*/data.mdb 2>/dev/null || true)"

say "a code serves once"
fails 1 env OKR_KEY="$D/other.key" "$BIN/okr" key new --code "$CODE"
has "used" "void_code" "$SAID"

say "what is written is signed"
O=$(okr add objective --cycle 2026-Q1 --title "Customers stay" --json | field id)
K=$(okr add kr --objective "$O" --title Churn --start 5 --target 3 \
  --due 2026-03-31 --json | field id)
okr set "$K" target=2.5 --reason "we can do more" >/dev/null
okr checkin "$K" 4.5 -c 7 -m "two more" >/dev/null
okr comment "$O" "who helps?" >/dev/null
settle
same "signed, at the site" "person" "$(okr log "$K" --json | signatures)"
same "signed, at headquarters" "person" "$(server log "$K" --json | signatures)"
same "shown" "person" "$(okr show "$K" --json | field signature)"
same "shown at headquarters" "person" "$(server show "$K" --json | field signature)"
has "in words" "  signed" "$(okr log "$K")"
same "nothing refused" 0 "$(status_of a refused)"
same "the target" 2.5 "$(server show "$K" --json | field target)"
has "check" "check: ok" "$("$BIN/okr-server" check "$D/srv" 2>&1 || true)"

say "without his key only small things are believed"
fails 1 env OKR_KEY=none "$BIN/okr" set "$K" target=9 --as $LI
has "rule" "needs_key" "$SAID"
okr checkin "$K" 4.4 --as $LI >/dev/null
okr comment "$O" "still there" --as $LI >/dev/null
settle
same "only attested" "person site" "$(okr log "$K" --json | signatures)"
same "and there" "person site" "$(server log "$K" --json | signatures)"
same "shown" "site" "$(okr show "$K" --json | field signature)"
until_true 10 grep -q "still there" "$D/watch.json"
same "watched" "person site" "$(python3 -c 'import json, sys
print(json.dumps([json.loads(line) for line in sys.stdin]))' <"$D/watch.json" |
  signatures)"
fails 1 server set "$K" target=9 --as $LI
has "at headquarters too" "needs_key" "$SAID"

say "a key file that others may read, or that was changed"
chmod 644 "$KEY"
fails 1 okr set "$K" target=9
has "permissions" "others may read it" "$SAID"
chmod 600 "$KEY"
cp "$KEY" "$D/broken.key"
sed -i 's/^secret ./secret 0/; s/^secret 0\(.\)/secret 1\1/' "$D/broken.key"
fails 1 env OKR_KEY="$D/broken.key" "$BIN/okr" set "$K" target=9
has "damaged" "bad_key" "$SAID"

say "a sealed key, on a second device"
CODE=$(code_for $LI)
settle
printf 'open sesame\n' >"$D/phrase"
printf 'open barley\n' >"$D/wrong"
phone() { OKR_KEY=$D/phone.key OKR_PASSPHRASE_FILE=$D/phrase okr "$@"; }
until_true 5 phone key new --passphrase --code "$CODE" --label phone
settle
until_true 5 known $LI 2
phone set "$K" target=2.4 >/dev/null
fails 1 env OKR_KEY="$D/phone.key" OKR_PASSPHRASE_FILE="$D/wrong" \
  "$BIN/okr" set "$K" target=9
has "wrong" "passphrase is wrong" "$SAID"
fails 1 env OKR_KEY="$D/phone.key" setsid "$BIN/okr" set "$K" target=9
has "none" "OKR_PASSPHRASE_FILE" "$SAID"

say "replaced by a new one, while offline; what waits goes before it"
stop srv KILL
until_true 10 link_is a offline
okr set "$K" target=2.3 >/dev/null
OLD=$(okr key show --json | field public_key)
okr key rotate >/dev/null
[ "$OLD" != "$(okr key show --json | field public_key)" ] || die "same key"
okr set "$K" target=2.2 >/dev/null
fails 1 env OKR_KEY="$KEY.old" "$BIN/okr" set "$K" target=9
has "old one" "key_revoked" "$SAID"
server_start
settle
same "nothing refused" 0 "$(status_of a refused)"
same "the target" 2.2 "$(server show "$K" --json | field target)"

say "revoked while offline: what comes later is refused, and kept"
stop a
site_start a
settle
stop srv KILL
until_true 10 link_is a offline
phone set "$K" target=2.1 >/dev/null
PHONE=$("$BIN/okr-server" key list "$D/srv" $LI --json | python3 -c '
import json, sys
print(next(k["ref"] for k in json.load(sys.stdin) if k["label"] == "phone"))')
"$BIN/okr-server" key revoke "$D/srv" "$PHONE" --reason "left on the train" >/dev/null
server_start
settle
same "refused" 1 "$(status_of a refused)"
has "why" "key_revoked" "$(ask a refused --as $LI)"
same "the target" 2.2 "$(server show "$K" --json | field target)"
fails 1 phone set "$K" target=9
has "phone" "key_revoked" "$SAID"
OP=$(ask a refused --as $LI | field 0.op)
fails 1 okr retry "$OP"
has "unseen" "not_confirmed" "$SAID"
okr retry "$OP" --yes >/dev/null
settle
same "issued anew" 2.1 "$(server show "$K" --json | field target)"

say "a lost key: an admin revokes it, and invites anew"
fails 1 "$BIN/okr-server" key revoke "$D/srv" nobody@acme.example
"$BIN/okr-server" key revoke "$D/srv" $LI >/dev/null
settle
until_true 5 fails 1 okr set "$K" target=9
has "lost" "key_revoked" "$SAID"
fails 1 env OKR_KEY=none "$BIN/okr" set "$K" target=9 --as $LI
has "not easier than before" "needs_key" "$SAID"
mv "$KEY" "$D/lost.key"
CODE=$(code_for $LI)
settle
until_true 5 okr key new --code "$CODE"
settle
okr set "$K" target=2 >/dev/null
settle
same "the target" 2 "$(server show "$K" --json | field target)"

say "an admin with a key, and without it: what the server may say for him"
CODE=$(code_for $ADA)
settle
until_true 5 env OKR_KEY="$D/ada.key" "$BIN/okr" key new --code "$CODE"
settle
until_true 5 known $ADA 1
fails 1 server set acme name=Other
has "must sign" "needs_key" "$SAID"
code_for $LI >/dev/null
"$BIN/okr-server" key revoke "$D/srv" $ADA >/dev/null
stop srv
has "check" "check: ok" "$("$BIN/okr-server" check "$D/srv" 2>&1 || true)"
