#!/usr/bin/env bash
# A large import, and others who want something meanwhile: each question is
# answered within its second, and a second import is told to wait. Files that
# are too large, or no text, are refused with what to do.
# Would catch: a server, or an office, that reads, plans or saves in one go.
set -eu
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"
rows() {
  python3 - "$1" <<'END'
import sys
print("type,row_id,parent_row_ids,title,cycle,metric,start,target,due")
print("cycle,c,,2026-Q1,,,2026-01-01,,2026-03-31")
for i in range(int(sys.argv[1]) // 4):
    print(f"objective,o{i},,Objective {i},2026-Q1,,,,")
    for k in range(3):
        print(f"kr,o{i}k{k},o{i},Result {i} {k},,increase,0,100,")
END
}
# asked NAME COMMAND...: runs it until the import of NAME is over.
asked() {
  local name=$1 n=0
  shift
  while kill -0 "${PIDS[$name]}" 2>/dev/null; do
    "$@" >/dev/null || die "not answered while $name imports"
    n=$((n + 1))
  done
  wait "${PIDS[$name]}" || die "$name: $(cat "$D/$name.err")"
  unset "PIDS[$name]"
  [ "$n" -ge 3 ] || die "asked only $n times while $name imports"
  say "answered $n times"
}

server_init
server_start
site_join lyon
site_start lyon
until_true 20 is_settled lyon
rows 3000 >"$D/a.csv"

say "at headquarters"
server import "$D/a.csv" --dry-run --json >"$D/dry.out" 2>"$D/dry.err" &
PIDS[dry]=$!
asked dry server status --json
server import "$D/a.csv" --json >"$D/real.out" 2>"$D/real.err" &
PIDS[real]=$!
sleep 0.3
if kill -0 "${PIDS[real]}" 2>/dev/null; then
  fails 1 server import "$D/a.csv"
  has "one at a time" "another import" "$SAID"
fi
asked real server status --json
same "made" 3001 "$(field create <"$D/real.out")"
same "again" 0 "$(server import "$D/a.csv" --json | field create)"

say "at an office"
sed 's/2026-Q1/2026-Q2/g; s/2026-01-01/2026-04-01/; s/2026-03-31/2026-06-30/' \
  "$D/a.csv" | sed -n 1,1202p >"$D/b.csv"
"$BIN/okr" --site "$D/lyon" --as $ADA import "$D/b.csv" --json >"$D/lyon2.out" \
  2>"$D/lyon2.err" &
PIDS[lyon2]=$!
asked lyon2 "$BIN/okr" --site "$D/lyon" --as $ADA status --json
same "made" 1201 "$(field create <"$D/lyon2.out")"

say "refused"
head -c 100000000 /dev/zero | tr '\0' 'x' >"$D/huge.csv"
fails 1 server import "$D/huge.csv"
has "too large" "import it in parts" "$SAID"
fails 1 "$BIN/okr" --site "$D/lyon" --as $ADA import "$D/huge.csv"
has "too large" "import it in parts" "$SAID"
head -c 1000000 /dev/urandom >"$D/noise.csv"
fails 1 server import "$D/noise.csv"
has "no text" "byte" "$SAID"
"$BIN/okr-server" check "$D/srv" >/dev/null
