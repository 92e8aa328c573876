#!/usr/bin/env bash
# check: says "ok" of a store in which much happened, beside serve and
# without; and names the table for a flipped bit in any row of any table.
# Would catch: a table that nobody looks at.
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"
SERVER=$BIN/okr-server
FLIP=$OKR_BINARY_DIR/tests/okr-flip
server_init
server_start
site_join a
site_start a
until_true 10 is_settled a

say "much happens"
server add unit --name Sales --code sales --parent acme >/dev/null
server add person --name Bo --mail bo@acme.example --unit sales >/dev/null
server add cycle --name Q1 --kind quarter --start 2026-01-01 --end 2026-03-31 \
  >/dev/null
until_true 5 ask a show ref=Q1
objective=$(ask a add kind=objective title=O cycle=Q1 --as bo@acme.example |
  field id)
until_true 10 is_settled a
kr=$(server add kr --objective "$objective" --title K --metric increase \
  --start 0 --target 10 --due 2026-03-31 --json | field id)
until_true 5 ask a show "ref=$kr"
ask a checkin "key_result=$kr" value=3 --as $ADA >/dev/null
until_true 10 is_settled a
"$SERVER" person invite "$D/srv" bo@acme.example >/dev/null
# Parked: what it hangs below is unknown here.
fails 1 server add kr --objective 0190000000007000800000000000abcd --title P
has "it waits" "parked" "$SAID"
fails 1 server add person --name Bo --mail bo@acme.example --unit sales

say "ok beside serve"
said=$(server check)
[[ $said =~ ^check:\ ok,\ [0-9]+\ leaves,\ root\ [0-9a-f]{64}$ ]] ||
  die "it says: $said"
leaves=$(server status --json | field lsn)
has "leaves" "ok, $leaves leaves" "$said"
same "json" true "$(server check --json | field ok)"
stop a
stop srv
same "the same without" "$said" "$(server check)"

say "a flipped bit is named, whatever row it hits"
cp -r "$D/srv/store" "$D/sound"
tables=$("$FLIP" "$D/srv/store" --rows)
for table in meta entity index changed scope op history leaf node payload \
  answer peer invite parked metacommit; do
  rows=$(awk -v t=$table '$1 == t {print $2}' <<<"$tables")
  [ -n "$rows" ] || die "no row in $table: the test is too small"
  for row in 0 $((rows / 2)) $((rows - 1)); do
    rm -rf "$D/srv/store" && cp -r "$D/sound" "$D/srv/store"
    "$FLIP" "$D/srv/store" $table $row
    code=0
    said=$(server check) || code=$?
    same "exit code for $table $row" 1 $code
    case $table in
      leaf | node) named='^(leaf|node) [0-9a-f]+: .' ;;
      *) named="^$table [^ ]+: ." ;;
    esac
    grep -qE "$named" <<<"$said" || die "$table row $row is not named: $said"
    [[ $said =~ (^|$'\n')check:\ [0-9]+\ findings?$ ]] || die "no last line: $said"
  done
done

say "json lists what the text says"
same "ok" false "$(server check --json 2>/dev/null | field ok || true)"
fails 1 server check --json
same "nothing on stderr" "" "$SAID"
