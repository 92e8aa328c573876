#!/usr/bin/env bash
# Making a server: all of it or nothing, for its owner only.  Would catch: a
# folder of others that is written into, half a folder that is taken for a
# whole one, keys that others can read, names that break later.
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"
SERVER=$BIN/okr-server
init() { "$SERVER" init "$@" --org "Acme GmbH & Co" --admin "Ada <$ADA>"; }

say "what is made, and for whom"
umask 0
said=$(init "$D/srv")
[[ $said =~ ^fingerprint\ ([0-9a-z]{4}-){7}[0-9a-z]{4}$ ]] || die "said: $said"
same "files for others" "" "$(find "$D/srv" ! -type d ! -perm 0600)"
same "folders for others" "" "$(find "$D/srv" -type d ! -perm 0700)"
same "keys" "link.key log.key site.key witness.key" \
  "$(cd "$D/srv/keys" && echo *)"
same "slug" acme-gmbh-co "$("$SERVER" status "$D/srv" --json | field slug)"
has "fingerprint" "${said#fingerprint }" "$("$SERVER" status "$D/srv")"
"$SERVER" check "$D/srv" | grep -q '^check: ok, 5 leaves, root [0-9a-f]\{64\}$' ||
  die "a new store is not sound"
same "the first admin" $ADA \
  "$("$SERVER" list "$D/srv" --kind person --json | field 0.mail)"

say "slugs and offsets"
slug() { "$SERVER" init "$D/$1" --json --admin "A <a@b>" "${@:2}" | field slug; }
same "of Chinese" org "$(slug s1 --org 星海科技)"
same "of mixed" a-1 "$(slug s2 --org '..A_(1)!')"
same "given" x-9 "$(slug s3 --org X --slug x-9 --utc-offset -210)"
same "long" 39 "$(slug s4 --org "$(printf 'a%.0s' {1..90})" | tr -d '\n' | wc -c)"
same "offset" -210 "$("$SERVER" list "$D/s3" --kind policy --json |
  field 0.utc_offset_min)"

say "what is refused leaves nothing behind"
for wrong in "--slug Acme" "--slug ö" "--slug " "--utc-offset 9999" \
  "--utc-offset 8h" "--frob 1" "--admin nobody" "--admin a@b" \
  "--admin A<a@b@c>" "--admin <a@b>" "--org "; do
  args=(--org Acme --admin "Ada <$ADA>")
  [[ $wrong = --admin* ]] && args=(--org Acme)
  [[ $wrong = --org* ]] && args=(--admin "Ada <$ADA>")
  fails 2 "$SERVER" init "$D/no" "${args[@]}" "${wrong%% *}" "${wrong#* }"
  [ ! -e "$D/no" ] || die "a folder in spite of $wrong"
done
fails 2 "$SERVER" init "$D/no" --org Acme
has "what is missing" "--admin" "$SAID"
fails 2 "$SERVER" init "$D/no" --admin "Ada <$ADA>"
has "what is missing" "--org" "$SAID"
fails 2 "$SERVER" init --org Acme --admin "Ada <$ADA>"
fails 1 init "$D/no/such/folder"

say "folders that are not for it"
before=$(cat "$D"/srv/keys/*)
fails 1 init "$D/srv"
has "a server's" "not empty" "$SAID"
same "its keys" "$before" "$(cat "$D"/srv/keys/*)"
mkdir "$D/home" && touch "$D/home/letter"
fails 1 init "$D/home"
same "somebody's folder" "letter" "$(ls -A "$D/home")"
fails 1 init "$D/home/letter"
mkdir -m 755 "$D/empty"
init "$D/empty" >/dev/null
same "an empty one is taken" 700 "$(stat -c %a "$D/empty")"

say "cut short: refused by all, repeated by init"
mkdir "$D/half" "$D/half/keys" "$D/half/store"
printf m >"$D/half/half"
touch "$D/half/keys/site.key"
fails 1 "$SERVER" status "$D/half"
has "half" "cut short" "$SAID"
fails 1 "$SERVER" serve "$D/half"
init "$D/half" >/dev/null
"$SERVER" check "$D/half" >/dev/null

say "the disk fills up: nothing is left"
if [ "$(id -u)" = 0 ] && mkdir "$D/disk" &&
  mount -t tmpfs -o size=32k none "$D/disk" 2>/dev/null; then
  fails 1 init "$D/disk/srv"
  same "left on the disk" "" "$(ls -A "$D/disk")"
else
  say "(not tried: needs root to make a small disk)"
fi

say "a path of 230 characters, from another folder"
long=$D/$(printf 'x%.0s' {1..200})
init "$long" >/dev/null
start long "$SERVER" serve "$long" --listen 'tcp://127.0.0.1:*'
(cd / && "$SERVER" status "$long" --json | field serving | grep -qx true) ||
  die "the long one is not asked"
stop long

say "somebody else's keys"
chmod 640 "$D/s1/keys/log.key"
fails 1 "$SERVER" status "$D/s1"
has "which, and what to do" "log.key" "$SAID"
