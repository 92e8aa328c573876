#!/usr/bin/env bash
# Whoever has a key publishes, closes and carries over a whole cycle at his
# office: one batch, each operation signed.  Would catch: a batch that is half
# signed, or in another order; a cycle that is published by itself; a refusal
# that does not name what is in the way.
set -eu
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"

LI=li@acme.example
export HOME=$D/home OKR_SITE=$D/a
unset OKR_KEY OKR_PASSPHRASE_FILE
mkdir "$HOME"
day() { date -u -d "$1 days" +%F; }
okr() { "$BIN/okr" "$@"; }
settle() { until_true 20 is_settled a; }
state_of() { server show "$1" --json | field state; }
phase() { server show "$1" --json | field phase; }

server_init
server_start
server add person --name Li --mail $LI --unit acme >/dev/null
for cycle in "Q -45 45" "N 46 136"; do
  read -r name start end <<<"$cycle"
  server add cycle --name "$name" --kind quarter --start "$(day "$start")" \
    --end "$(day "$end")" >/dev/null
done
site_join a
site_start a
settle
CODE=$("$BIN/okr-server" person invite "$D/srv" $LI)
settle
until_true 10 okr key new --code "$CODE"
settle

say "drafts of somebody who has a key"
O=() K=()
for title in "Customers stay" "Fewer returns" "Answer in a day"; do
  o=$(okr add objective --draft --cycle Q --title "$title" --json | field id)
  K+=("$(okr add kr --objective "$o" --title one --start 0 --target 10 \
    --due "$(day 5)" --json | field id)")
  O+=("$o")
done
okr publish "${O[0]}" >/dev/null
settle
same "one objective, signed" published "$(state_of "${O[0]}")"

say "who may not is told so, and nothing is saved"
fails 1 okr close Q
has "who" "not_permitted" "$SAID"
settle
same "no batch" 0 "$(server list --kind batch --json | count)"
server set $LI roles+=champion >/dev/null
settle
until_true 10 sh -c "'$BIN/okr' show $LI --json | grep -q champion"

say "without the key a cycle is not published"
fails 1 env OKR_KEY=none "$BIN/okr" --as $LI close Q
has "rule" "needs_key" "$SAID"

say "published with it: where there is no line, and as one"
stop srv KILL
until_true 10 link_is a offline
okr publish Q --reason "it is time" --json >"$D/publish.json"
same "the batch and what is left" 3 "$(field operations <"$D/publish.json")"
same "shown" Q "$(field cycle.title <"$D/publish.json")"
server_start
settle
same "nothing refused" 0 "$(status_of a refused)"
for o in "${O[@]}"; do same "out" published "$(state_of "$o")"; done
has "nothing left" "nothing is left to publish" "$(okr publish Q 2>&1 || true)"

say "closed, and carried over"
okr close Q >"$D/close.txt"
has "said" "one batch" "$(cat "$D/close.txt")"
settle
same "closed" closed "$(phase Q)"
okr carry-over Q --to N --keep "${O[0]}" --modify "${O[1]}" \
  --abandon "${O[2]}" --json >"$D/carry.json"
same "operations" 8 "$(field operations <"$D/carry.json")"
settle
same "nothing refused" 0 "$(status_of a refused)"
same "two go on" 2 "$(server list --cycle N --kind objective --json | count)"
fails 1 okr carry-over Q --to N --keep "${O[0]}"
has "twice" "wrong_state" "$SAID"

say "what publishing refuses is named to who signs, too"
server set policy workflow=formal >/dev/null
server add cycle --name F --kind quarter --start "$(day -5)" \
  --end "$(day 85)" >/dev/null
settle
until_true 10 okr show F
o=$(okr add objective --cycle F --title "Half a thought" --json | field id)
okr advance F >/dev/null
okr submit "$o" >/dev/null
settle
fails 1 okr publish F
has "rule" "(limits)" "$SAID"
has "offender" "neither approved nor returned" "$SAID"

say "a file is not imported without a signature: said with what to do"
printf '1. Li: Grow\n1. Li KR: More\n' >"$D/plan.md"
fails 1 okr --as $LI import "$D/plan.md" --format markdown --start 2027-01-01 \
  --end 2027-03-31 --cycle 2027-Q1
has "rule" "needs_key" "$SAID"
has "remedy" "an admin without a personal key imports the file" "$SAID"

say "every operation carries its author's signature"
stop srv
has "check" "check: ok" "$("$BIN/okr-server" check "$D/srv" 2>&1 || true)"
