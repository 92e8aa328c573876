#!/usr/bin/env bash
# The week of a person at a real site, with and without a line: what is owed,
# board, calendar, report, short forms, the walk through check-ins.  Would
# catch: an alert that stays when it is done, or comes from somewhere else than
# the store; names of JSON that docs/cli.md promises and nobody gives; a prompt
# without a terminal; a report that hides how old its data is.
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"
export OKR_SITE="$D/sh" HOME="$D" LC_ALL=C.UTF-8
unset LC_MESSAGES LANG COLUMNS NO_COLOR
okr() { "$BIN/okr" "$@"; }
ref() { okr "$@" --json | field ref; }
# names JSON NAME…: every object of the array (or the object) has them.
names() {
  python3 -c 'import json, sys
v = json.loads(sys.argv[1])
for o in v if isinstance(v, list) else [v]:
    for name in sys.argv[2:]:
        assert name in o, (name, sorted(o))' "$@"
}
day() { date -u -d "$1" +%F; }
alerts() { okr todo --json "$@" | python3 -c 'import json, sys
print(" ".join(r["alert"] for r in json.load(sys.stdin)))'; }

server_init
server_start
ROOT=$(server list --kind unit --json | field 0.code)
server add unit --name Sales --code SALES --parent "$ROOT" >/dev/null
for who in Lin Wang; do
  server add person --name $who --mail "${who,,}@acme.example" \
    --unit SALES >/dev/null
done
LIN=lin@acme.example WANG=wang@acme.example
server set SALES lead=$LIN >/dev/null
site_join sh
site_start sh
until_true 20 is_settled sh

say "a cycle of 80 days, 60 of them over"
okr add cycle --name Q --kind custom --start "$(day '-60 days')" \
  --end "$(day '+20 days')" --as $ADA >/dev/null
TOP=$(ref add objective --cycle Q --title Top --as $ADA)
O=$(ref add objective --cycle Q --title Goal --contributes-to "$TOP" \
  --origin bottom_up --as $LIN)
K=$(ref add kr --objective "$O" --title Rate --start 0 --target 100 \
  --due "$(day '+20 days')" --owner $WANG --as $LIN)
C=$(ref add kr --objective "$O" --title Calm --start 0 --target 100 \
  --due "$(day '+20 days')" --owner $WANG --as $LIN)
okr checkin "$C" 75 -c 9 --as $WANG >/dev/null
same "owed by Wang" outdated "$(alerts --as $WANG)"
names "$(okr todo --as $WANG --json)" alert action person since id ref kind \
  title owner unit cycle state pending progress status value target
has "what to type" "okr checkin $K" "$(okr todo --as $WANG)"
has "in the status" "okr checkin $K" "$(okr status --as $WANG)"
names "$(okr status --as $WANG --json)" owed alerts
same "how much" 1 "$(okr status --as $WANG --json | field owed)"
same "of nobody" 0 "$(okr status --json | field owed)"

say "three equal values, and who is asked for help"
for i in 21 14 0; do
  okr checkin "$K" 10 -c $((i / 3 + 1)) --as $WANG \
    --observed-at "$(day "-$i days")T00:00:00Z" >/dev/null
done
same "stuck" "value_stuck behind_pace" "$(alerts --as $WANG)"
okr checkin "$K" --blocked -m "waiting for legal" --as $WANG >/dev/null
has "the lead's" "blocked confidence_drop" "$(alerts --as $LIN)"
until_true 20 is_settled sh
same "the server derives the same" \
  "$(okr todo --unit SALES --json | field 0.action)" \
  "$(server todo --unit SALES --json | field 0.action)"

say "the board"
okr focus "two offers" --as $LIN >/dev/null
okr focus --rank 1 "three offers" --as $LIN >/dev/null
okr focus --next "hire" --as $LIN >/dev/null
okr health team red --as $LIN >/dev/null
okr health team green "all are back" --as $LIN >/dev/null
BOARD=$(okr board SALES --json)
names "$BOARD" unit unit_title today week detail cycles focus next_4_weeks \
  objectives health
same "replaced" "three offers" "$(field focus.0.text <<<"$BOARD")"
same "one a rank" 1 "$(field focus <<<"$BOARD" | count)"
same "the last word" green "$(field health.0.state <<<"$BOARD")"
same "one a week and metric" 1 "$(field health <<<"$BOARD" | count)"
same "blocked first" Rate "$(field objectives.0.children.0.title <<<"$BOARD")"
has "the alerts" '"blocked"' "$(field objectives.0.children.0.alerts <<<"$BOARD")"
has "marked" '!' "$(okr board SALES | grep Rate)"
has "marked in the tree" '!' "$(okr tree | grep Rate)"

say "short forms"
okr standup --done "two calls" --as $WANG >/dev/null
okr standup --plan "three" --as $WANG >/dev/null
same "one a day" 1 "$(okr list --kind standup --json | count)"
same "both said" '"two calls" "three"' "$(okr list --kind standup --json |
  python3 -c 'import json, sys
v = json.load(sys.stdin)[0]; print(json.dumps(v["done"]), json.dumps(v["plan"]))')"
Q=$(ref propose Fewer meetings --as $WANG)
same "its title" "Fewer meetings" "$(okr show "$Q" --json | field title)"
okr vote "$Q" --as $LIN >/dev/null
fails 1 okr vote "$Q" --as $LIN
has "one a person" duplicate "$SAID"
okr vote "$Q" 2 --as $LIN >/dev/null
same "changed" 1 "$(okr list --kind vote --json | count)"
okr kudos "$C" what a week --as $ADA >/dev/null
has "and why" "what a week" "$(okr show "$C")"
okr assess "$C" 0.8 went well --as $WANG >/dev/null
same "self" self "$(okr show "$C" --json | field assessments.0.assessment_kind)"
okr review weekly --decisions "Lin asks legal" --as $LIN >/dev/null
fails 2 okr review weakly --as $LIN
fails 1 okr health team green --as $WANG
has "who may" not_permitted "$SAID"
fails 2 okr standup --as $WANG </dev/null

say "calendar"
names "$(okr calendar --json)" uid event cycle start end every_days until next
okr calendar --ics >"$D/okr.ics"
python3 - "$D/okr.ics" <<'PY'
import re, sys
data = open(sys.argv[1], "rb").read()
assert data.endswith(b"END:VCALENDAR\r\n")
lines = data.split(b"\r\n")[:-1]
assert all(len(line) <= 75 and b"\n" not in line for line in lines)
text = data.decode().replace("\r\n ", "")
events = re.findall(r"BEGIN:VEVENT\r\n(.*?)END:VEVENT", text, re.S)
uids = [re.search(r"^UID:(.*)\r$", e, re.M)[1] for e in events]
assert len(events) >= 4 and len(set(uids)) == len(uids), uids
assert all("DTSTAMP:" in e and "DTSTART;VALUE=DATE:" in e for e in events)
PY

say "report"
REPORT=$(okr report "$ROOT" --json)
names "$REPORT" unit title cycle start end phase today objectives units figures
names "$(field figures <<<"$REPORT")" progress score objectives key_results \
  checked_in measured on_track bottom_up open_approvals scores
names "$(okr report me --as $WANG --json)" person title cycle objectives \
  key_results
lacks "figures of a person" figures "$(okr report $WANG --json)"
has "text" "Cycle health" "$(okr report SALES)"
has "markdown" "## Goal" "$(okr report SALES --format markdown)"
okr set "$O" 'title=<Goal> & "more"' --as $LIN >/dev/null
has "html" "&lt;Goal&gt; &amp; &quot;more&quot;" \
  "$(okr report SALES --format html)"
fails 2 okr report SALES --format pdf

say "the walk: refused without a terminal, and at one"
X=$(ref add kr --objective "$O" --title Late --start 0 --target 10 \
  --due "$(day '+20 days')" --owner $WANG --as $LIN)
fails 2 okr checkin --as $WANG </dev/null
has "what is missing" "no terminal" "$SAID"
has "what is owed" "okr checkin $X" "$(okr checkin --as $WANG </dev/null 2>&1 ||
  true)"
python3 - "$BIN/okr" $WANG <<'PY'
import os, pty, select, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.environ["NO_COLOR"] = "1"
    os.execv(sys.argv[1], ["okr", "checkin", "--as", sys.argv[2]])
seen, answers = b"", [b"11\n", b"12\n", b"\n", b"\n", b"4\n", b"7\n",
                      b"late start\n", b"\n"]
end = time.time() + 30
while time.time() < end:
    ready, _, _ = select.select([fd], [], [], 0.5)
    try:
        more = os.read(fd, 4096) if ready else b""
    except OSError:
        break
    if ready and not more:
        break
    seen += more
    if seen.rstrip(b" ").endswith(b":") and answers:
        os.write(fd, answers.pop(0))
        seen = b""
if time.time() >= end:
    os.kill(pid, 9)
status = os.waitpid(pid, 0)[1]
assert status == 0 and not answers, (status, answers, seen)
PY
same "the second try was taken" '4' "$(okr show "$X" --json | field value)"
same "with its note" "late start" \
  "$(okr show "$X" --json | field check_ins.0.note)"
lacks "owed no more" "$X" "$(okr todo --as $WANG | grep checkin || true)"

say "completion of what there is"
okr completion bash >"$D/okr.bash"
bash -ec '. "$1"; COMP_WORDS=(okr report --format m) COMP_CWORD=3; _okr
[ "${COMPREPLY[*]}" = markdown ]
COMP_WORDS=(okr bo) COMP_CWORD=1; _okr
[ "${COMPREPLY[*]}" = board ]
COMP_WORDS=(okr --json add key_result --un) COMP_CWORD=4; _okr
[ "${COMPREPLY[*]}" = --unit-of-measure ]' - "$D/okr.bash"
for command in $(okr help --json | python3 -c 'import json, sys
for c in json.load(sys.stdin): print(c["name"])'); do
  grep -q "^    $command) words=" "$D/okr.bash" || die "no $command"
done
has "zsh" "#compdef okr" "$(okr completion zsh)"
fails 2 okr completion fish

say "at headquarters the same words do"
same "checked in" 80 "$(server checkin "$C" 80 --confidence 9 --as $WANG \
  --json | field value)"
server checkin "$C" --no-change --confidence 8 --as $WANG >/dev/null
server comment "$C" "from headquarters" --as $LIN >/dev/null
same "moved" doing "$(server start "$(server add task --subject "$C" \
  --title T --as $WANG --json | field ref)" --as $WANG --json | field state)"
same "report" 3 "$(server report SALES --json | field figures.key_results)"
fails 2 server checkin "$C" 81 --confidence 12 --as $WANG
until_true 20 is_settled sh
same "it arrives" 80 "$(okr show "$C" --json | field value)"

say "an office that follows another unit: it says what it does not keep"
server add unit --name Works --code WORKS --parent "$ROOT" >/dev/null
"$BIN/okr-site" join "$D/part" "$(invite part srv --units WORKS)" >/dev/null
echo 'retry_max = "300ms"' >"$D/part/site.conf"
site_start part
until_true 20 is_settled part
has "not kept" "are not kept at this site" \
  "$(okr board SALES --site "$D/part" 2>&1)"
same "no health" '[]' "$(okr board SALES --site "$D/part" --json |
  field health)"
same "but the key results" Rate "$(okr board SALES --site "$D/part" --json |
  field objectives.0.children.0.title)"
same "nor is a review missed" "" "$(okr todo --unit SALES --site "$D/part" \
  --json | grep -o midterm_due || true)"

say "without a line: the same from the copy, and it says how old that is"
stop srv
until_true 10 link_is sh offline
okr checkin "$K" 50 -c 7 --as $WANG >/dev/null
lacks "settled here at once" value_stuck "$(alerts --as $WANG)"
for command in todo board "report SALES" calendar; do
  # shellcheck disable=SC2086
  has "$command" "offline since" "$(okr $command --as $WANG)"
done
has "in the file too" "offline since" \
  "$(okr report SALES --as $WANG --format html)"
has "a star" '*' "$(okr board SALES | grep Rate)"
okr propose Written offline --as $WANG >/dev/null
server_start
until_true 20 is_settled sh
has "arrived" "Written offline" "$(server list --kind proposal)"
