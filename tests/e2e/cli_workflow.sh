#!/usr/bin/env bash
# A company turns formal and goes once around: draft, submit, return, approve,
# publish, revise, assess, score, close, carry over; in the middle one office
# has no line.  Would catch: a gate that stands open or does not open, an
# offender that is not named, a batch that is half there, a score that moves
# after the close.
set -eu
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"

LIN=lin@acme.example WANG=wang@acme.example LI=li@acme.example
day() { date -u -d "$1 days" +%F; }
hq() { "$BIN/okr" --site "$D/hq" "$@"; }
sh_() { "$BIN/okr" --site "$D/sh" "$@"; }
zh() { env LC_ALL=zh_CN.UTF-8 "$BIN/okr" --site "$D/$1" "${@:2}"; }
id_of() { field id; }
# add SITE WHO KIND …: the new id
add() { "$BIN/okr" --site "$D/$1" --as "$2" --json add "${@:3}" | id_of; }
kr() { # SITE WHO OBJECTIVE TITLE: whole
  add "$1" "$2" kr --objective "$3" --title "$4" --metric increase \
    --start 0 --target 100 --due "$(day +5)"
}
settled() { until_true 20 is_settled hq; until_true 20 is_settled sh; }
state_of() { server show "$1" --json | field state; }

server_init
server_start
server set policy workflow=formal >/dev/null
server add unit --name Shanghai --code SH --parent acme >/dev/null
for who in "Lin $LIN" "Wang $WANG" "Li $LI"; do
  server add person --name "${who% *}" --mail "${who#* }" --unit SH >/dev/null
done
server set SH lead=$LIN >/dev/null
server add cycle --name Q --kind quarter --start "$(day -45)" \
  --end "$(day +45)" >/dev/null
server add cycle --name N --kind quarter --start "$(day +46)" \
  --end "$(day +136)" >/dev/null
site_join hq
"$BIN/okr-site" join "$D/sh" "$(invite sh srv --units SH)" >/dev/null
echo 'retry_max = "300ms"' >"$D/sh/site.conf"
site_start hq
site_start sh
until_true 20 sh_ --as $LIN show N
settled

say "drafts, hints"
top=$(add hq $ADA objective --cycle Q --title "Customers stay")
ours=$(add sh $LIN objective --cycle Q --title "Answer in a day" \
  --contributes-to "$top")
mine=$(add sh $WANG objective --cycle Q --title "Fewer returns")
for o in "$top:hq:$ADA" "$ours:sh:$LIN" "$mine:sh:$WANG"; do
  IFS=: read -r id site who <<<"$o"
  kr "$site" "$who" "$id" "one" >/dev/null
done
kr hq $ADA "$top" "two" >/dev/null
late=$(kr sh $LIN "$ours" "two")
sh_ --as $LIN set "$late" due="$(day +90)" >"$D/set.out"
has "a warning" "its due date is outside the cycle" "$(cat "$D/set.out")"
hints=$(sh_ --as $WANG --json hints "$mine")
has "too few" '"flaw":"too_few_key_results"' "$hints"
has "orphan" '"flaw":"orphan"' "$hints"
has "in Chinese" "关键结果太少" "$(zh sh --as $WANG hints "$mine")"
same "a draft" draft "$(sh_ --as $WANG --json show "$mine" | field state)"

say "submitted in the review, not before; returned with a reason"
fails 1 sh_ --as $LIN submit "$ours"
has "phase" "(phase)" "$SAID"
fails 1 sh_ --as $LIN advance Q
has "who may" "(not_permitted)" "$SAID"
settled
hq --as $ADA advance Q >/dev/null
settled
until_true 10 sh -c "'$BIN/okr' --site '$D/sh' --as $LIN --json show Q | grep -q '\"phase\":\"review\"'"
sh_ --as $LIN submit "$ours" >/dev/null
sh_ --as $WANG submit "$mine" >/dev/null
hq --as $ADA submit "$top" >/dev/null
settled
until_true 10 sh -c "'$BIN/okr-server' show '$D/srv' $mine --json | grep -q submitted"
fails 2 hq --as $ADA return "$mine"
has "return" "(needs_reason)" "$SAID"
hq --as $ADA return "$mine" --reason "which returns?" >/dev/null
settled
fails 1 hq --as $ADA approve "$top"
has "own" "(own)" "$SAID"
has "own in Chinese" "不能批准自己的目标" \
  "$(zh hq --as $ADA approve "$top" 2>&1 || true)"
server set policy self_approve=true >/dev/null
settled
until_true 10 hq --as $ADA approve "$top"
hq --as $ADA approve "$ours" >/dev/null
settled
until_true 10 sh_ --as $WANG set "$mine" title="Fewer returned shoes"
sh_ --as $WANG submit "$mine" >/dev/null
settled
until_true 10 sh -c "'$BIN/okr-server' show '$D/srv' $mine --json | grep -q '\"submitted\"'"

say "publishing is refused, and names every offender"
until_true 10 sh -c "'$BIN/okr' --site '$D/hq' --as $ADA --json show $mine | grep -q '\"submitted\"'"
fails 1 hq --as $ADA publish Q
has "rule" "(limits)" "$SAID"
has "due" "its due date is outside the cycle" "$SAID"
has "open" "neither approved nor returned" "$SAID"
fails 1 hq --as $ADA --json publish Q
has "a list" '"offenders":[' "$SAID"
has "who" "\"id\":\"$late\"" "$SAID"
has "open" "\"id\":\"$mine\"" "$SAID"
has "in Chinese" "截止日期不在周期之内" \
  "$(zh hq --as $ADA publish Q 2>&1 || true)"
fails 1 "$BIN/okr-server" publish "$D/srv" Q --json
same "nothing is out" review "$(server show Q --json | field phase)"
hq --as $ADA approve "$mine" >/dev/null
sh_ --as $LIN set "$late" due="$(day +5)" >/dev/null
kr sh $WANG "$mine" "two" >/dev/null
settled

say "published where there is no line; meanwhile somebody spoils it elsewhere"
until_true 10 sh -c "'$BIN/okr' --site '$D/hq' --as $ADA --json hints Q | grep -qv '\"refuses\":true'"
stop srv KILL
until_true 10 link_is hq offline
until_true 10 link_is sh offline
hq --as $ADA --json publish Q >"$D/publish.out"
same "operations" 5 "$(field operations <"$D/publish.out")"
same "shown as published" published \
  "$(hq --as $ADA --json show "$ours" | field state)"
sh_ --as $LIN set "$late" due= >/dev/null
stop hq
server_start
until_true 20 is_settled sh
site_start hq
until_true 20 is_settled hq
same "refused" 4 "$(status_of hq refused)"
refused=$(hq --as $ADA --json refused)
has "the gate" '"rule":"limits"' "$refused"
has "the offender" "\"id\":\"$late\"" "$refused"
has "the others wait for the gate" '"rule":"phase"' "$refused"
has "for people" "it has no due date" "$(hq --as $ADA refused)"
same "still in review" review "$(server show Q --json | field phase)"
sh_ --as $LIN set "$late" due="$(day +5)" >/dev/null
settled
until_true 10 hq --as $ADA publish Q
settled
for o in "$top" "$ours" "$mine"; do same "out" published "$(state_of "$o")"; done
batch=$(server list --kind batch --json | field 1.id)
same "one batch" publication "$(server show "$batch" --json | field batch_kind)"

say "frozen; revised at half time, or as an exception"
until_true 10 sh -c "'$BIN/okr' --site '$D/sh' --as $LIN --json show $ours | grep -q '\"state\":\"published\"'"
fails 1 sh_ --as $LIN set "$ours" title="Answer at once"
has "frozen" "(frozen)" "$SAID"
fails 1 sh_ --as $LIN set "$late" target=50
has "frozen" "(frozen)" "$SAID"
fails 2 sh_ --as $LIN revise "$late" target=50
has "why" "(needs_reason)" "$SAID"
sh_ --as $LIN revise "$late" target=50 --reason "the market halved" >/dev/null
settled
server set Q end="$(day +10)" >/dev/null
until_true 10 sh -c "'$BIN/okr' --site '$D/sh' --as $LIN --json show Q | grep -q '\"end\":\"$(day +10)\"'"
fails 1 sh_ --as $LIN revise "$late" target=40 --reason "again"
has "window" "(window)" "$SAID"
sh_ --as $LIN revise "$late" target=40 --exceptional --reason "fire" >/dev/null
settled
same "revised" 40 "$(server show "$late" --json | field target)"
same "as an exception" true "$(server show "$late" --json | field exceptional)"

say "check-ins; one of them from an office without a line"
sh_ --as $LIN checkin "$late" 30 -c 7 >/dev/null
settled
stop sh
stop srv KILL
site_start sh
sh_ --as $LIN checkin "$late" 39 -c 9 >/dev/null
stop sh
server_start
until_true 20 is_settled hq

say "assessed, scored, closed"
fails 1 hq --as $ADA score "$top" 0.5 --reason "so so"
has "phase" "(phase)" "$SAID"
fails 1 hq --as $ADA close "$top"
has "phase" "(phase)" "$SAID"
hq --as $ADA advance Q >/dev/null
hq --as $ADA advance Q >/dev/null
same "assessing" assessing "$(hq --as $ADA --json show Q | field phase)"
one=$(hq --as $ADA --json show "$mine" | field key_results.0)
two=$(hq --as $ADA --json show "$mine" | field key_results.1)
hq --as $ADA add assessment --subject "$top" --kind self --score 0.5 >/dev/null
fails 2 hq --as $ADA score "$one" 0.6
has "why" "(needs_reason)" "$SAID"
hq --as $ADA score "$one" 0.6 --reason "late but complete" >/dev/null
hq --as $ADA score "$two" na --reason "sold" >/dev/null
fails 1 hq --as $ADA close Q
has "not yet" "(wrong_state)" "$SAID"
hq --as $ADA advance Q >/dev/null
hq --as $ADA close Q >/dev/null
until_true 20 is_settled hq
for o in "$top" "$ours" "$mine"; do same "over" closed "$(state_of "$o")"; done
same "worked out" 0.8 "$(server show "$late" --json | field score)"
same "given" 0.6 "$(server show "$mine" --json | field score)"
same "not applicable" null "$(server show "$two" --json | field score)"
fails 1 hq --as $ADA score "$one" 1 --reason "better"
has "final" "(frozen)" "$SAID"

say "what comes after the close is late, and its author is told"
site_start sh
until_true 20 is_settled sh
has "late" '"rule":"late"' "$(sh_ --as $LIN --json refused)"
same "the score stays" 0.8 "$(server show "$late" --json | field score)"

say "carried over one by one"
same "undecided" 3 "$(hq --as $ADA --json carry-over Q | count)"
fails 2 hq --as $ADA carry-over Q --keep "$ours"
has "where to" "--to" "$SAID"
hq --as $ADA carry-over Q --to N --keep "$ours" --modify "$mine" \
  --abandon "$top" >/dev/null
until_true 20 is_settled hq
same "decided" 0 "$(hq --as $ADA --json carry-over Q | count)"
kept=$(hq --as $ADA --json list --cycle N --kind objective)
same "two go on" 2 "$(count <<<"$kept")"
same "as drafts" draft "$(field 0.state <<<"$kept")"
restarted=$(hq --as $ADA --json list --cycle N --kind kr | python3 -c '
import json, sys
print(next(k["start"] for k in json.load(sys.stdin)
           if k["carried_from"] == sys.argv[1]))' "$late")
same "from where it stood" 30 "$restarted"
fails 1 hq --as $ADA carry-over Q --to N --keep "$ours"
has "twice" "(wrong_state)" "$SAID"

say "light again: nothing is lost"
server set policy workflow=light >/dev/null
settled
until_true 10 hq --as $ADA publish N
until_true 20 is_settled hq
same "out at once" published "$(hq --as $ADA --json list --cycle N \
  --kind objective | field 0.state)"
same "equal digests" "$(server_digest)" "$(status_of hq digest)"
