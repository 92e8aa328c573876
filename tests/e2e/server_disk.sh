#!/usr/bin/env bash
# A full disk at the server: who writes is told to come again before anything
# is taken, who reads is served, the ballast goes, and all goes on when there
# is room.  Would catch: a daemon that ends, spins, answers before its commit,
# or takes what it cannot finish.
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"

mkdir "$D/disk"
[ "$(id -u)" = 0 ] || skip "a small disk takes root"
mount -t tmpfs -o size=80m tmpfs "$D/disk" 2>/dev/null ||
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
server add objective --cycle Q1 --title before >/dev/null
same "ballast" 6291456 "$(stat -c %s "$D/srv/ballast")"
same "alarms" "[]" "$(server status --json | field alarms)"

say "4 MB are left: they are for what was taken already"
head -c $(($(df --output=avail -B1 "$D/disk" | tail -n1) - 4000000)) \
  /dev/zero >"$D/disk/films"
fails 1 "$BIN/okr-server" add "$D/srv" objective --cycle Q1 --title lost
has "nearly full" "disk_full" "$SAID"
has "nothing was saved" "nothing was saved" "$SAID"
has "status" "nearly full" "$(server status --json | field alarms)"

say "a site's work waits; the server rests, and reads are served"
before=$(awk '{ print $14 + $15 }' "/proc/${PIDS[srv]}/stat")
ask a add kind=objective cycle=Q1 title=pending --as $ADA >/dev/null
sleep 2
same "pending" 1 "$(status_of a pending)"
spent=$(($(awk '{ print $14 + $15 }' "/proc/${PIDS[srv]}/stat") - before))
[ $spent -le 60 ] || die "2 s on a full disk cost $spent ticks"
same "a read" 1 "$(server list --json | count)"
grep -q "nothing new is taken" "$D/srv.err" || die "the log does not say it"

say "somebody else fills the disk: the ballast is given away"
dd if=/dev/zero of="$D/disk/film" bs=4k 2>/dev/null || true
server status >/dev/null
[ ! -e "$D/srv/ballast" ] || die "the ballast is still there"
fails 1 "$BIN/okr-server" add "$D/srv" objective --cycle Q1 --title lost
has "still" "disk_full" "$SAID"
server check >/dev/null

say "ended and begun on a disk without a byte"
stop srv
dd if=/dev/zero of="$D/disk/film2" bs=4k 2>/dev/null || true
fails 1 "$BIN/okr-server" add "$D/srv" objective --cycle Q1 --title lost
has "full" "disk_full" "$SAID"
same "a read" 1 "$(server list --json | count)"
server_start
same "a read, served" 1 "$(server list --json | count)"
same "pending" 1 "$(status_of a pending)"

say "there is room again"
rm "$D"/disk/film*
until_true 30 is_settled a
same "all of it" 2 "$(server list --json | count)"
same "the same" "$(server_digest)" "$(status_of a digest)"
same "ballast" 6291456 "$(stat -c %s "$D/srv/ballast")"
same "alarms" "[]" "$(server status --json | field alarms)"
server check >/dev/null
