# Sourced by tests/e2e/*.sh: real programs in a folder of their own.
#
# $D is the folder, removed at the end with every process that was started
# here.  A check that fails ends the test and shows what the daemons said.
set -euo pipefail

BIN=${OKR_BIN:?ctest sets it}
ASK=${OKR_BINARY_DIR:?ctest sets it}/tests/okr-ask
ADA=ada@acme.example
D=$(mktemp -d "${TMPDIR:-/tmp}/okr-e2e.XXXXXX")
declare -A PIDS=()

finish() {
  local code=$? pid file
  for pid in "${PIDS[@]}"; do
    { kill -9 "$pid" && wait "$pid"; } 2>/dev/null || true
  done
  if [ "$code" -ne 0 ] && [ "$code" -ne 77 ]; then
    for file in "$D"/*.err; do
      [ -s "$file" ] && { echo "--- $file"; tail -n 25 "$file"; } >&2
    done
  fi
  if mountpoint -q "$D/disk" 2>/dev/null; then umount -l "$D/disk" || true; fi
  rm -rf "$D"
  exit "$code"
}
trap finish EXIT

say() { printf '== %s\n' "$*" >&2; }
die() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
skip() { printf 'skipped: %s\n' "$*"; exit 77; }

# same WHAT EXPECTED FOUND
same() { [ "$2" = "$3" ] || die "$1: expected '$2', found '$3'"; }
# has WHAT PART TEXT
has() { case $3 in *"$2"*) ;; *) die "$1: no '$2' in '$3'" ;; esac; }
lacks() { case $3 in *"$2"*) die "$1: '$2' in '$3'" ;; esac; }

# fails CODE COMMAND...: it must; what it said on stderr is in $SAID.
SAID=
fails() {
  local expected=$1 code=0
  shift
  SAID=$("$@" 2>&1 >/dev/null) || code=$?
  [ "$code" = "$expected" ] ||
    die "exit code $code, not $expected: $(cut -c1-300 <<<"$*") ($SAID)"
}

# until SECONDS COMMAND...: tries until it succeeds.
until_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || die "not in time: $*"
    sleep 0.05
  done
}

free_port() {
  python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# field KEY < JSON; a path as list.0.title too.
field() {
  python3 -c 'import json, sys
v = json.load(sys.stdin)
for k in sys.argv[1].split("."):
    v = v[int(k)] if isinstance(v, list) else v[k]
print(v if isinstance(v, str) else json.dumps(v))' "$1"
}
count() { python3 -c 'import json, sys; print(len(json.load(sys.stdin)))'; }

# start NAME COMMAND...: in the background; waits for its "ready".
start() {
  local name=$1 end=$((SECONDS + 20))
  shift
  local log=$D/${name//\//_}
  : >"$log.out"
  "$@" >"$log.out" 2>>"$log.err" &
  PIDS[$name]=$!
  until grep -q ^ready "$log.out"; do
    kill -0 "${PIDS[$name]}" 2>/dev/null || die "$name ended: $*"
    [ "$SECONDS" -lt "$end" ] || die "$name is not ready"
    sleep 0.02
  done
}
# stop NAME [SIGNAL]: and waits for its end, which is 0 unless it is killed.
stop() {
  local code=0 signal=${2:-TERM}
  kill -"$signal" "${PIDS[$1]}"
  { wait "${PIDS[$1]}" || code=$?; } 2>/dev/null
  unset "PIDS[$1]"
  [ "$signal" = KILL ] || [ "$code" = 0 ] || die "$1 ended with $code"
}

# ---- a server and its sites ---------------------------------------------------
PORT=$(free_port)
PUBLISH=$(free_port)
server_init() {
  "$BIN/okr-server" init "$D/${1:-srv}" --org Acme --slug acme \
    --admin "Ada <$ADA>" >/dev/null
}
server_start() {
  start srv "$BIN/okr-server" serve "$D/${1:-srv}" \
    --listen "tcp://127.0.0.1:$PORT" --publish "tcp://127.0.0.1:$PUBLISH"
}
server() { "$BIN/okr-server" "$1" "$D/srv" "${@:2}"; }
server_site() { "$BIN/okr-server" site "$1" "$D/srv" "${@:2}"; }
invite() { "$BIN/okr-server" site invite "$D/${2:-srv}" "$1" \
  --endpoint "tcp://127.0.0.1:$PORT" "${@:3}"; }
# Joins and lets it come back fast: the test is not about patience.
site_join() {
  "$BIN/okr-site" join "$D/$1" "$(invite "$1")" >/dev/null
  echo 'retry_max = "300ms"' >"$D/$1/site.conf"
}
site_start() { start "$1" "$BIN/okr-site" run "$D/$1" "${@:2}"; }
ask() { "$ASK" "$D/$1" "${@:2}"; }
status_of() { ask "$1" status | field "$2"; }
link_is() { [ "$(status_of "$1" link)" = "$2" ]; }
is_settled() { link_is "$1" live && [ "$(status_of "$1" pending)" = 0 ]; }
server_digest() { server status --json | field digest; }
