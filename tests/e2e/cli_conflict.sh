#!/usr/bin/env bash
# Two offices write one title at once; a person sees it, decides it, and who
# watches is told.  Would catch: a conflict without both texts, a choice that
# is not the one that was shown, a watch that is silent or does not end with
# its daemon.
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"
export LC_ALL=C.UTF-8
okr() { local site=$1; shift; "$BIN/okr" --site "$D/$site" "$@"; }

server_init
server_start
for site in lyon turin; do site_join $site; site_start $site; done
for site in lyon turin; do until_true 20 is_settled $site; done
okr lyon add cycle --name Q1 --kind quarter --start 2026-01-01 \
  --end 2026-12-31 --as $ADA >/dev/null
O=$(okr lyon add objective --cycle Q1 --title base --as $ADA --json | field ref)
until_true 10 okr turin show "$O"
until_true 10 is_settled lyon
"$BIN/okr" watch --json --site "$D/lyon" >"$D/watch.json" 2>"$D/watch.said" &
PIDS[watch]=$!

say "both write while the line is cut"
stop srv
for site in lyon turin; do until_true 10 link_is $site offline; done
okr lyon set "$O" title=lyon --as $ADA >/dev/null
okr turin set "$O" title=turin --as $ADA >/dev/null
same "no conflict yet" "[]" "$(okr turin conflicts --json)"
server_start
for site in lyon turin; do until_true 20 is_settled $site; done

say "one of them is told of both texts"
until_true 10 sh -c "'$BIN/okr' --site '$D/lyon' conflicts | grep -q mine"
TEXT=$(okr lyon conflicts)
has "both texts" lyon "$TEXT"
has "both texts" turin "$TEXT"
has "what to do" "okr resolve $O" "$TEXT"
MINE=$(okr lyon conflicts --json | field 0.mine)

say "mine is what was shown as mine"
okr lyon resolve "$O" mine --as $ADA >/dev/null
until_true 10 is_settled lyon
for site in lyon turin; do
  until_true 10 sh -c "'$BIN/okr' --site '$D/$site' show '$O' --json |
    grep -q '\"title\":\"$MINE\"'"
  until_true 10 sh -c "[ \"\$('$BIN/okr' --site '$D/$site' conflicts --json)\" \
    = '[]' ]"
done
same "digests" "$(status_of lyon digest)" "$(status_of turin digest)"

say "what was watched is one object a line"
until_true 10 grep -q '"verb":"resolve"' "$D/watch.json"
python3 -c 'import json, sys
for line in open(sys.argv[1]):
    change = json.loads(line)
    assert {"lsn", "time", "person", "site", "verb", "kind", "id", "ref",
            "title", "changes", "collapsed"} <= set(change), change' \
  "$D/watch.json"

say "a watch ends with its daemon, also with one that was killed"
"$BIN/okr" watch --site "$D/turin" >"$D/turin.watch" 2>"$D/turin.said" &
PIDS[turin_watch]=$!
sleep 0.5
stop turin
ended() {
  local code=0
  wait "${PIDS[$1]}" || code=$?
  unset "PIDS[$1]"
  same "exit code of $1" 1 "$code"
}
ended turin_watch
has "what it said" "daemon ends" "$(cat "$D/turin.said")"
stop lyon KILL
ended watch
has "what it said" "was stopped" "$(cat "$D/watch.said")"
