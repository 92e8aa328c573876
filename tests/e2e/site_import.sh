#!/usr/bin/env bash
# okr import at an office: a year of a real company's check-ins in the order of
# time, with the line and without it, and what the key results then say at
# headquarters. Would catch: a check-in that counts although a later one came, a
# confidence that is lost, a progress that is rounded early, an import that is
# made twice, one that others have to wait for, or that anybody may do.
set -eu
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"
DATA=${OKR_SHARED:-$OKR_SOURCE_DIR/../shared}/data/puzzle/puzzle-okr-pitc.json
READ=$OKR_SOURCE_DIR/tests/e2e/puzzle.py
export PYTHONDONTWRITEBYTECODE=1
has_all() { [ "$(status_of "$1" digest)" = "$(server_digest)" ]; }
okr() { "$BIN/okr" --site "$D/lyon" --as "${AS:-$ADA}" "$@"; }
sums() {
  python3 -c 'import json, sys
d = json.load(sys.stdin)
print(d["create"], d["update"], d["unchanged"], len(d["errors"]))'
}

server_init
server_start
site_join lyon
site_start lyon
until_true 20 is_settled lyon

say "a batch, also offline, and shown as one"
server add person --name Bo --mail bo@acme.example --unit acme >/dev/null
until_true 20 has_all lyon
stop srv
cat >"$D/a.csv" <<'END'
type,row_id,parent_row_ids,title,cycle,metric,start,target,value,date
cycle,c,,2026-Q1,,,2026-01-01,,,
objective,o,,Grow,2026-Q1,,,,,
kr,k,o,Users,,increase,0,10,4,2026-02-01
END
sed -i 's/^type.*/type,row_id,parent_row_ids,title,cycle,metric,start,target,value,date,due/; s/^cycle.*/&,2026-03-31/; s/^\(objective\|kr\).*/&,/' "$D/a.csv"
same "dry run" "3 0 0 0" "$(okr import "$D/a.csv" --dry-run --json | sums)"
same "nothing pending" 0 "$(status_of lyon pending)"
AS=bo@acme.example fails 1 okr import "$D/a.csv"
has "who may" "nothing was imported" "$SAID"
same "import" "3 0 0 0" "$(okr import "$D/a.csv" --json | sums)"
same "pending" 5 "$(status_of lyon pending)"
same "again, unseen by headquarters" "0 0 3 0" \
  "$(okr import "$D/a.csv" --json | sums)"
sed 's/Users/More users/' "$D/a.csv" >"$D/b.csv"
same "edited" "0 1 2 0" "$(okr import "$D/b.csv" --json | sums)"
server_start
until_true 30 is_settled lyon
until_true 30 has_all lyon
same "value" '"4"' "$(server list --kind key_result --json | python3 -c \
  'import json, sys; print(*[json.dumps(e["value"]) for e in json.load(sys.stdin)])')"
B=$(server list --kind batch --json | field 0.ref)
okr show "$B" --json >"$D/batch"
has "the batch" "a.csv" "$(cat "$D/batch")"
same "what it made" 4 "$(field made <"$D/batch" | count)"
has "copy" '"format":"okr-sync-copy/1"' "$(okr export)"
has "table" "More users" "$(okr export --format csv)"
env LC_ALL=zh_CN.UTF-8 "$BIN/okr" --site "$D/lyon" --as $ADA import "$D/a.csv" \
  --dry-run >"$D/zh"
has "Chinese" "新建" "$(cat "$D/zh")"

[ -f "$DATA" ] || skip "the rest: no $DATA; set OKR_SHARED"
say "860 check-ins in the order of time"
python3 "$READ" table "$DATA" 0 >"$D/p0.csv"
okr import "$D/p0.csv" --json >"$D/p0"
same "structure" 0 "$(field errors <"$D/p0" | count)"
for part in 0.2 0.5 0.9; do
  python3 "$READ" table "$DATA" $part >"$D/p.csv"
  okr import "$D/p.csv" --json >"$D/p"
  same "errors of $part" 0 "$(field errors <"$D/p" | count)"
done
stop srv
python3 "$READ" table "$DATA" 1 >"$D/p.csv"
same "the rest, offline" 86 "$(okr import "$D/p.csv" --json | field create)"
server_start
until_true 60 is_settled lyon
until_true 60 has_all lyon
same "check-ins" 861 "$(server list --kind check_in --json | count)"
server list --kind key_result --json | python3 -c 'import json, sys
json.dump([e for e in json.load(sys.stdin) if e["description"]], sys.stdout)' \
  >"$D/list"
python3 "$READ" compare "$DATA" "$D/list"
"$BIN/okr" --site "$D/lyon" --as $ADA list --kind key_result --json | python3 -c \
  'import json, sys
json.dump([e for e in json.load(sys.stdin) if e["description"]], sys.stdout)' \
  >"$D/list2"
python3 "$READ" compare "$DATA" "$D/list2"
same "again" 0 "$(okr import "$D/p.csv" --json | field create)"
"$BIN/okr-server" check "$D/srv" >/dev/null
