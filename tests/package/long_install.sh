#!/usr/bin/env bash
# The packages on a fresh Debian 12: they install, start as their own users by
# the very command of their unit, speak to each other, are upgraded with their
# data and settings, and leave the data when they go.  Minutes, and the
# network: label `long`.
#
# Without systemd as pid 1 "starts" means the ExecStart line, run as the unit's
# user, in the folder that StateDirectory would make.
set -euo pipefail
tree=${OKR_SOURCE_DIR:?ctest sets it}
mirror=${OKR_DEBIAN_MIRROR:-http://deb.debian.org/debian}

say() { printf '== %s\n' "$*" >&2; }
die() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
skip() { printf 'skipped: %s\n' "$*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "a folder with a system takes root"
command -v debootstrap >/dev/null || skip "there is no debootstrap here"

root=$(mktemp -d "${TMPDIR:-/tmp}/okr-install.XXXXXX")
pids=()
finish() {
  local code=$?
  for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
  umount -l "$root/proc" "$root/dev" 2>/dev/null || true
  rm -rf --one-file-system "$root" "$root".*
  exit $code
}
trap finish EXIT

say "packages: this version, and a later one"
packages() { # VERSION
  (cd "$tree" && bash packaging/package.sh "$1" 2>/dev/null) >/dev/null ||
    die "the packages cannot be made: ./dev build first"
  mkdir "$root.$1"
  mv "$tree"/build/packages/*.deb "$root.$1/"
}
[ -x "$tree/build/release/bin/okr-server" ] || skip "no ./dev build yet"
packages 1.0.0
packages 1.0.1

say "debootstrap"
mkdir -p "$tree/build/debs"
debootstrap --cache-dir="$tree/build/debs" --variant=minbase bookworm "$root" "$mirror" >"$root.log" 2>&1 || {
  tail -n 5 "$root.log"
  skip "no Debian could be fetched from $mirror"
}
mkdir "$root/packages"
mv "$root".1.0.* "$root/packages/"
chmod 755 "$root" # of mktemp: nobody but root could look in
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
in_root() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
  HOME=/root DEBIAN_FRONTEND=noninteractive "$@"; }
as() { in_root runuser -u "$1" -- "${@:2}"; }
# The words behind ExecStart of a unit.
exec_of() { sed -n 's/^ExecStart=//p' "$root/lib/systemd/system/$1.service"; }
trace=()
command -v strace >/dev/null && trace=(strace -f -qq -o)
start() { # UNIT
  local log=$root/tmp/$1.log
  # shellcheck disable=SC2046
  "${trace[@]}" ${trace[0]:+"$root.$1.trace"} \
    chroot --userspec="$1:$(in_root id -gn "$1")" "$root" \
    env -i LC_ALL=C.UTF-8 $(exec_of "$1") >"$log" 2>&1 &
  pids+=($!)
  for _ in {1..200}; do
    grep -qs ^ready "$log" && return
    kill -0 $! 2>/dev/null || break
    sleep 0.1
  done
  cat "$log" >&2
  die "$1 does not start"
}
stop() { # UNIT
  local pid
  for pid in $(in_root cat "/var/lib/$1/lock"); do kill "$pid"; done
  for _ in {1..50}; do kill -0 "$pid" 2>/dev/null || return 0; sleep 0.1; done
  die "$1 does not end"
}
okr() { as okr-site okr --as ada@acme.example "$@"; }
until_true() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || die "not in time: $*"
    sleep 0.2
  done
}

# Pid 1 would forbid what the unit does not name.
check_calls() { # UNIT
  if [ ${#trace[@]} -gt 0 ] && command -v systemd-analyze >/dev/null; then
    PYTHONDONTWRITEBYTECODE=1 python3 "$tree/tests/package/calls.py" \
      "$root/lib/systemd/system/$1.service" "$root.$1.trace" ||
      die "the unit of $1"
  else
    say "(no strace: nobody looks what $1 calls)"
  fi
}

say "install"
install_all() { # VERSION
  in_root sh -c "apt-get install -q -y --no-install-recommends \
    /packages/*$1/*.deb" >"$root/tmp/apt.log" 2>&1 ||
    { tail -n 20 "$root/tmp/apt.log" >&2; die "install $1"; }
}
install_all 1.0.0
[ "$(in_root stat -c '%U %a' /var/lib/okr-server)" = "okr-server 700" ] ||
  die "the server's folder"
[ "$(in_root stat -c '%U %G %a' /var/lib/okr-site)" = "okr-site okr 750" ] ||
  die "the site's folder"
for page in man1/okr.1 man8/okr-server.8 man8/okr-site.8 \
  zh_CN/man1/okr.1; do
  [ -s "$root/usr/share/man/$page.gz" ] || die "no $page"
done

say "headquarters and an office start, and know each other"
as okr-server okr-server init /var/lib/okr-server --org Acme --slug acme \
  --admin 'Ada <ada@acme.example>' >/dev/null
port=$((20000 + RANDOM % 20000))
cat >>"$root/etc/okr/server.conf" <<END
listen = "tcp://127.0.0.1:$port"
publish = "tcp://127.0.0.1:$((port + 1))"
END
start okr-server
token=$(as okr-server okr-server site invite /var/lib/okr-server North)
as okr-site okr-site join /var/lib/okr-site "$token" >/dev/null
start okr-site
as okr-server okr-server add /var/lib/okr-server cycle --name 2026-Q1 \
  --kind quarter --start 2026-01-01 --end 2026-03-31 >/dev/null
until_true 20 okr show 2026-Q1
okr add objective --cycle 2026-Q1 --title 'before the upgrade' >/dev/null
in_root env LC_ALL=zh_CN.UTF-8 runuser -u okr-site -- okr status |
  grep -q '公司' || die "no Chinese"
as okr-server okr-server backup /var/lib/okr-server /tmp/backup >/dev/null ||
  die "no backup"

say "upgrade: the settings that were changed stay, and so does the data"
stop okr-site
stop okr-server
install_all 1.0.1
in_root dpkg -l okr-sync-server | grep -q 1.0.1 || die "not upgraded"
grep -q "tcp://127.0.0.1:$port" "$root/etc/okr/server.conf" ||
  die "the settings are gone"
start okr-server
start okr-site
okr list | grep -q 'before the upgrade' || die "the data is gone"
okr add objective --cycle 2026-Q1 --title 'after the upgrade' >/dev/null
until_true 20 sh -c "chroot '$root' runuser -u okr-server -- okr-server list \
  /var/lib/okr-server | grep -q 'after the upgrade'"
as okr-server okr-server check /var/lib/okr-server | grep -q 'check: ok' ||
  die "check"

check_calls okr-server
check_calls okr-site

say "purged: the programs go, the data stays"
stop okr-site
stop okr-server
in_root apt-get purge -q -y okr-sync-server okr-sync-site okr-sync-common \
  >"$root/tmp/apt.log" 2>&1 || { cat "$root/tmp/apt.log" >&2; die "purge"; }
[ ! -e "$root/usr/bin/okr-server" ] && [ ! -e "$root/etc/okr/server.conf" ] ||
  die "something is left"
[ -s "$root/var/lib/okr-server/store/data.mdb" ] || die "the data is gone"
say "ok"
