#!/usr/bin/env bash
# The local socket and the folder: who may say what, and what every slip is
# answered with.  Would catch: a caller who names himself, an answer that goes
# to another one, a question that ends the daemon.
set -eu
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"
SITE=$BIN/okr-site

server_init
server_start
site_join a
site_start a
until_true 10 is_settled a
server add cycle --name Q1 --kind quarter --start 2026-01-01 \
  --end 2026-03-31 >/dev/null
until_true 5 ask a show ref=Q1

say "one daemon a folder"
fails 1 "$SITE" run "$D/a"
has "busy" "process ${PIDS[a]}" "$SAID"
fails 1 "$SITE" status "$D/srv/none"
has "status" '"link":"live"' "$("$SITE" status "$D/a" --json)"
has "status" "live" "$("$SITE" status "$D/a")"
"$SITE" check "$D/a" >/dev/null # while it runs

say "questions that are none"
fails 2 ask a frobnicate
has "method" "frobnicate" "$SAID"
fails 2 ask a list colour=red
fails 2 ask a add kind=objective colour=red cycle=Q1 title=x --as $ADA
fails 2 ask a "not a question" --raw
has "raw" "cannot be read" "$SAID"
fails 2 ask a wait ms=soon
fails 1 ask a show ref=o-zzzzz
fails 2 ask a key_new code=x
has "key_new" "nothing that can be done" "$SAID"
fails 1 ask a submit_signed
fails 1 ask a submit_signed --op 0a00
has "unsigned" "bad_signature" "$SAID"
fails 1 ask a retry op=0123456789 --as $ADA
long=$(head -c 5000 /dev/zero | tr '\0' x)
fails 2 ask a add kind=objective cycle=Q1 "title=$long" --as $ADA
has "long" "too_long" "$SAID"
fails 2 ask a "$long"

say "who speaks"
fails 1 ask a add kind=objective cycle=Q1 title=x
has "nobody" "not known who speaks" "$SAID"
fails 1 ask a add kind=objective cycle=Q1 title=x --as zoe@acme.example
has "unknown" "zoe@acme.example" "$SAID"
ask a whoami --as $ADA | field mail | grep -qx $ADA
cat >"$D/a/site.conf" <<END
retry_max = "300ms"
speaks { $(id -u) = "$ADA" }
END
kill -HUP "${PIDS[a]}"
until_true 5 grep -q "read anew" "$D/a.err"
same "mapped" $ADA "$(ask a whoami | field mail)"
ask a add kind=objective cycle=Q1 title=mapped >/dev/null

if [ "$(id -u)" = 0 ]; then
  say "another user, whom the folder's group lets in"
  chmod 755 "$D"
  chmod 750 "$D/a"
  other() {
    setpriv --reuid 65534 --regid 0 --clear-groups "$ASK" "$D/a" "$@"
  }
  fails 1 other add kind=objective cycle=Q1 title=x --as $ADA
  has "not his to say" "not_permitted" "$SAID"
  fails 1 other add kind=objective cycle=Q1 title=x
  other list >/dev/null
  echo "speaks { 65534 = \"$ADA\" }" >"$D/a/site.conf"
  kill -HUP "${PIDS[a]}"
  until_true 5 other add kind=objective cycle=Q1 title=his
  chmod 700 "$D/a"
fi

say "the config names somebody who is not here (yet)"
echo "speaks { $(id -u) = \"zoe@acme.example\" }" >"$D/a/site.conf"
kill -HUP "${PIDS[a]}"
until_true 5 sh -c "'$ASK' '$D/a' add kind=objective cycle=Q1 title=x 2>&1 |
  grep -q zoe@acme.example"
ask a list >/dev/null
same "who asks" null "$(status_of a person)"
ask a status --as zoe@acme.example >/dev/null
fails 1 ask a list --as zoe@acme.example
fails 1 ask a whoami

say "what is prepared is not saved"
pending=$(ask a list | count)
prepared=$(ask a prepare method=add kind=objective cycle=Q1 title=signed \
  --as $ADA)
has "prepared" '"schema":1' "$prepared"
fails 1 ask a prepare method=add kind=objective cycle=Q1 title=x \
  public_key=00
same "nothing saved" "$pending" "$(ask a list | count)"

say "many at once: each gets his own answer"
for i in 1 2 3 4 5 6 7 8; do
  ask a add kind=objective cycle=Q1 title="writer $i" --as $ADA \
    >"$D/answer$i" &
  answers[i]=$!
done
for i in 1 2 3 4 5 6 7 8; do
  wait "${answers[i]}"
  same "answer $i" "writer $i" "$(field title <"$D/answer$i")"
done

say "answers come in the order of the questions"
order=$(ask a add kind=objective cycle='Q%d' title=x --as $ADA --many 4 \
  --each 2>&1 || true)
has "the second one" '"cycle":"Q1"' "$(sed -n 2p <<<"$order")"

say "one after the other, about one thing: nobody conflicts with himself"
id=$(ask a add kind=objective cycle=Q1 title=mine --as $ADA | field id)
has "all saved" "200 done" \
  "$(ask a set ref="$id" change='description=text %d' --as $ADA --many 200)"
until_true 20 is_settled a
same "conflicts" 0 "$(status_of a conflicts)"
same "the last one" "text 199" "$(ask a show ref="$id" | field description)"

say "a folder whose path is longer than a socket's address"
deep=$(printf 'deep/%.0s' $(seq 30))
mkdir -p "$D/$deep"
"$SITE" join "$D/${deep}b" "$(invite b)" >/dev/null
site_start "${deep}b"
until_true 10 is_settled "${deep}b"
has "status" '"link":"live"' "$("$SITE" status "$D/${deep}b" --json)"
stop "${deep}b"

say "folders that are damaged"
stop a
mv "$D/a/keys/site.key" "$D/site.key"
fails 1 "$SITE" run "$D/a"
has "key" "site.key" "$SAID"
fails 1 "$SITE" check "$D/a"
mv "$D/site.key" "$D/a/keys/site.key"
chmod 644 "$D/a/keys/site.key"
fails 1 "$SITE" run "$D/a"
chmod 600 "$D/a/keys/site.key"
echo 'follow = "everything"' >"$D/a/site.conf"
fails 1 "$SITE" run "$D/a"
has "config" "everything" "$SAID"
fails 1 "$SITE" run "$D/a" --check-config
rm "$D/a/site.conf"
"$SITE" run "$D/a" --check-config >/dev/null
fails 1 "$SITE" run "$D/a" --config "$D/none.conf"
cp -r "$D/a" "$D/b"
python3 - "$D/b/store/data.mdb" <<'END'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
at = data.find(b"writer 3")
while at >= 0:
    data[at] ^= 1
    at = data.find(b"writer 3", at)
open(sys.argv[1], "wb").write(data)
END
fails 1 "$SITE" check "$D/b"
has "check" "do not agree" "$SAID"
has "check names it" "entity" "$("$SITE" check "$D/b" 2>/dev/null || true)"
"$SITE" check "$D/a" >/dev/null
