#!/usr/bin/env bash
# A full disk at the server: who writes is told to come again, who reads is
# served, nothing that was answered is lost, and it goes on when there is
# room.  Would catch: a daemon that ends, spins, or answers before its commit.
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"

mkdir "$D/disk"
[ "$(id -u)" = 0 ] || skip "a small disk takes root"
mount -t tmpfs -o size=4m tmpfs "$D/disk" 2>/dev/null ||
  skip "no tmpfs may be mounted here"
ln -s disk/srv "$D/srv"
"$BIN/okr-server" init "$D/disk/srv" --org Acme --slug acme \
  --admin "Ada <$ADA>" >/dev/null
server_start
site_join a
site_start a
until_true 10 is_settled a
server add cycle --name Q1 --kind quarter --start 2026-01-01 \
  --end 2026-03-31 >/dev/null
until_true 5 ask a show ref=Q1

say "the disk is filled, and then the room within the store"
dd if=/dev/zero of="$D/disk/film" bs=4k 2>/dev/null || true
long=$(head -c 900 /dev/zero | tr '\0' x)
written=0
for i in {1..400}; do
  server add objective --cycle Q1 --title "$i $long" >/dev/null 2>"$D/said" ||
    break
  written=$i
done
has "full" "no space left" "$(cat "$D/said")"
say "($written fitted in)"
same "all that was answered" "$written" "$(server list --json | count)"

say "a site's work waits; the server rests, and reads are served"
before=$(awk '{ print $14 + $15 }' "/proc/${PIDS[srv]}/stat")
ask a add kind=objective cycle=Q1 title="pending $long" --as $ADA >/dev/null
sleep 2
same "pending" 1 "$(status_of a pending)"
spent=$(($(awk '{ print $14 + $15 }' "/proc/${PIDS[srv]}/stat") - before))
[ $spent -le 60 ] || die "2 s on a full disk cost $spent ticks"
same "a read" "$written" "$(server list --json | count)"
grep -q "a turn failed and changed nothing: no space left" "$D/srv.err" ||
  die "the log does not say it"
server check >/dev/null

say "ended and begun on the full disk"
stop srv
fails 1 "$BIN/okr-server" add "$D/srv" objective --cycle Q1 --title "$long"
has "full" "no space left" "$SAID"
same "a read" "$written" "$(server list --json | count)"

server_start
same "a read, served" "$written" "$(server list --json | count)"

say "there is room again"
rm "$D/disk/film"
until_true 30 is_settled a
same "all of it" $((written + 1)) "$(server list --json | count)"
same "the same" "$(server_digest)" "$(status_of a digest)"
server check >/dev/null
