#!/usr/bin/env bash
# A full disk: refused before "saved", and nothing that was saved is lost.
# Would catch: a write that is answered before its commit, a daemon that ends
# or spins when the disk is full, a copy that is torn by it.
set -eu
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"

mkdir "$D/disk"
[ "$(id -u)" = 0 ] || skip "a small disk takes root"
mount -t tmpfs -o size=20m tmpfs "$D/disk" 2>/dev/null ||
  skip "no tmpfs may be mounted here"

server_init
server_start
"$BIN/okr-site" join "$D/disk/a" "$(invite a)" >/dev/null
echo 'retry_max = "300ms"' >"$D/disk/a/site.conf"
ln -s disk/a "$D/a"
start a "$BIN/okr-site" run "$D/a"
until_true 10 is_settled a
server add cycle --name Q1 --kind quarter --start 2026-01-01 \
  --end 2026-03-31 >/dev/null
until_true 5 ask a show ref=Q1
ask a add kind=objective cycle=Q1 title=before --as $ADA >/dev/null
until_true 5 is_settled a

say "4 MB are left: they are for what was saved already"
head -c $(($(df --output=avail -B1 "$D/disk" | tail -n1) - 4000000)) \
  /dev/zero >"$D/disk/films"
fails 1 ask a add kind=objective cycle=Q1 title=lost --as $ADA
has "nearly full" "disk_full" "$SAID"

say "somebody else fills the disk"
dd if=/dev/zero of="$D/disk/film" bs=64k 2>/dev/null || true
fails 1 ask a add kind=objective cycle=Q1 title=lost --as $ADA
has "full" "disk_full" "$SAID"
has "nothing was saved" "nothing was saved" "$SAID"
same "what is shown" 1 "$(ask a list | count)"

say "headquarters goes on; the site cannot follow, and does not fall"
"$ASK" "$D/a" list >/dev/null
for i in 1 2 3 4 5 6; do
  long=$(head -c 900 /dev/zero | tr '\0' "$i")
  server add objective --cycle Q1 --title "$long" >/dev/null
  sleep 0.3
done
until_true 10 grep -q "no space left" "$D/a.err"
sleep 3
failed=$(grep -c "no space left" "$D/a.err")
[ "$failed" -le 2 ] || die "$failed attempts in a few seconds"
before=$(awk '{ print $14 + $15 }' "/proc/${PIDS[a]}/stat")
sleep 3
spent=$(($(awk '{ print $14 + $15 }' "/proc/${PIDS[a]}/stat") - before))
[ "$spent" -le 30 ] || die "3 s on a full disk cost $spent ticks"
ask a status >/dev/null

say "there is room again"
rm "$D/disk/film" "$D/disk/films"
until_true 30 is_settled a
same "all of it" "$(server list --json | count)" "$(ask a list | count)"
ask a add kind=objective cycle=Q1 title=after --as $ADA >/dev/null
until_true 10 is_settled a
same "alarms" "[]" "$(status_of a alarms)"
same "digest" "$(server_digest)" "$(status_of a digest)"
lacks "what was refused" '"title":"lost"' "$(ask a list)"
stop a
"$BIN/okr-site" check "$D/a" >/dev/null
