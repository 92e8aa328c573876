#!/usr/bin/env bash
# `./dev package [VERSION]`: the Debian packages, in build/packages.  VERSION is
# that of the programs unless it is said: for a package that is only tried out.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=build/release
out=$PWD/build/packages

die() { printf 'package: %s\n' "$*" >&2; exit 1; }
for tool in python3 dpkg-shlibdeps fakeroot gzip; do
  command -v $tool >/dev/null || die "there is no $tool: ./dev setup"
done

version=${1:-$("$build/bin/okr-server" --version | cut -d' ' -f2)}
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || date +%s)
export SOURCE_DATE_EPOCH

# What is made by running the programs.
rm -rf "$build/man" "$build/completion"
PYTHONDONTWRITEBYTECODE=1 python3 packaging/man.py "$build/bin" "$build/man" \
  "$version"
cp packaging/debian/changelog "$build/man/changelog"
find "$build/man" -type f -exec gzip -9n {} +
mkdir -p "$build/completion"
if "$build/bin/okr" completion bash >"$build/completion.bash" 2>/dev/null; then
  mkdir -p "$build/completion/bash-completion/completions" \
    "$build/completion/zsh/vendor-completions"
  cp "$build/completion.bash" \
    "$build/completion/bash-completion/completions/okr"
  "$build/bin/okr" completion zsh \
    >"$build/completion/zsh/vendor-completions/_okr"
fi

mkdir -p "$out"
rm -f "$out"/*.deb
depends="adduser, okr-sync-common (= $version)"
(cd "$build" && umask 022 && fakeroot cpack -G DEB -B "$out" \
  -D CPACK_PACKAGE_VERSION="$version" \
  -D CPACK_DEBIAN_SERVER_PACKAGE_DEPENDS="$depends" \
  -D CPACK_DEBIAN_SITE_PACKAGE_DEPENDS="$depends") >"$build/cpack.log" 2>&1 ||
  { cat "$build/cpack.log" >&2; die "cpack failed"; }
rm -rf "$out/_CPack_Packages"
if command -v lintian >/dev/null; then
  lintian --fail-on error "$out"/*.deb
else
  echo 'package: there is no lintian here' >&2
fi
ls "$out"/*.deb
