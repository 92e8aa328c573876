# Sourced by ./dev: installs Debian packages that are missing.
#
# Works where only bash and apt-get exist (debootstrap's minbase).  When
# nothing is missing, it costs one dpkg-query and needs no network.

setup_names() {
  case $1 in
    build)
      echo gcc libc6-dev cmake ninja-build pkg-config ccache \
        protobuf-c-compiler gettext
      awk '!/^ *(#|$)/ { print $3 }' cmake/foreign.txt
      ;;
    test)
      echo libcmocka-dev python3 faketime protobuf-compiler python3-nacl \
        python3-protobuf python3-zmq python3-zstandard
      ;;
    package) echo python3 dpkg-dev fakeroot file ;;
    tools)
      echo clang llvm clang-format clang-tidy cppcheck gcovr valgrind \
        libclang-rt-14-dev
      ;;
  esac
}

# Prints those of the named packages that are not installed.
setup_missing() {
  local have name
  have=" $(dpkg-query -W -f '${Package}:${db:Status-Status} ' "$@" \
    2>/dev/null || true)"
  for name in "$@"; do
    case $have in *" $name:installed "*) ;; *) echo "$name" ;; esac
  done
}

# setup_packages SET...: SET is build, test or tools.
setup_packages() {
  local names=() missing=() root=() set
  for set in "$@"; do
    # shellcheck disable=SC2207
    names+=($(setup_names "$set"))
  done
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
    die "this needs Debian 12's packages: ${names[*]}"
  # shellcheck disable=SC2207
  missing=($(setup_missing "${names[@]}"))
  [ ${#missing[@]} -gt 0 ] || return 0

  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "as root, please:" \
      "apt-get install --no-install-recommends ${missing[*]}"
    root=(sudo)
  fi
  root+=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y)
  say "installing ${missing[*]}"
  if ! compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; then
    "${root[@]}" update
  fi
  # A list that is too old names versions that the archive no longer has.
  "${root[@]}" install --no-install-recommends "${missing[@]}" || {
    "${root[@]}" update
    "${root[@]}" install --no-install-recommends "${missing[@]}"
  }
}
