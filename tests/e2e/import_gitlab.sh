#!/usr/bin/env bash
# Two quarters of a real company, as they stand on its pages: what is imported
# is what the page says, nothing is made twice, and two offices see the same.
# Would catch: a link's address in a title, a row at another parent, a second
# import that makes anything, an edited page that changes more than the edit, a
# line that vanishes unlisted, an import whose events never reach the sites.
set -eu
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"
DATA=${OKR_SHARED:-$OKR_SOURCE_DIR/../shared}/data/gitlab
PAGE=$DATA/fy20-q4.index.html.md
OLD=$DATA/2018-q4.index.html.md
READ=$OKR_SOURCE_DIR/tests/e2e/import_gitlab.py
export PYTHONDONTWRITEBYTECODE=1
[ -f "$PAGE" ] || skip "no $PAGE; set OKR_SHARED"

# What an import says of itself: create update unchanged errors.
sums() {
  python3 -c 'import json, sys
d = json.load(sys.stdin)
print(d["create"], d["update"], d["unchanged"], len(d["errors"]))'
}
bring() { server import "$@" --format markdown --json; }
of_kind() { server list --kind "$1" --cycle "$2" --json | count; }
tree_of() { "$BIN/okr" --site "$D/$1" --as $ADA tree --cycle FY20-Q4 --json; }
has_all() { [ "$(status_of "$1" digest)" = "$(server_digest)" ]; }
trees_agree() { [ "$(tree_of lyon)" = "$(tree_of turin)" ]; }

say "into a server that serves, with two offices"
server_init
server_start
site_join lyon
site_join turin
site_start lyon
site_start turin
until_true 10 is_settled lyon
until_true 10 is_settled turin
same "dry run" "361 0 0 11" "$(bring "$PAGE" --cycle FY20-Q4 --dry-run | sums)"
same "nothing came of it" 0 "$(server list --json | count)"
same "import" "361 0 0 11" "$(bring "$PAGE" --cycle FY20-Q4 | sums)"
same "key results" 218 "$(of_kind key_result FY20-Q4)"
same "objectives" 143 "$(of_kind objective FY20-Q4)"
server list --kind cycle --json >"$D/cycles"
same "start" 2019-11-01 "$(field 0.start <"$D/cycles")"
same "end" 2020-01-31 "$(field 0.end <"$D/cycles")"
server list --cycle FY20-Q4 --json >"$D/list"
python3 "$READ" compare "$PAGE" "$DATA/fy20-q4.parsed.csv" "$D/list"

say "the offices have it"
until_true 30 has_all lyon
until_true 30 has_all turin
until_true 30 trees_agree
tree_of lyon | grep -o '"kind":"[a-z_]*"' | sort | uniq -c | tr -s ' ' >"$D/kinds"
has "key results in the tree" '218 "kind":"key_result"' "$(cat "$D/kinds")"
has "objectives in the tree" '143 "kind":"objective"' "$(cat "$D/kinds")"

say "again, and edited"
lsn=$(server status --json | field lsn)
same "again" "0 0 361 11" "$(bring "$PAGE" --cycle FY20-Q4 | sums)"
same "lsn" "$lsn" "$(server status --json | field lsn)"
sed -e 's/CRO: Build strong FY21 pipeline/CRO: Build a strong pipeline/' \
  -e 's/Launch partner marketing campaign. => 20%/Launch partner marketing campaign. => 25%/' \
  -e '/Kubecon 14 Top/i\            1. VP Alliances KR: A new one => 5%' \
  "$PAGE" >"$D/edited.md"
same "lines" 1 "$(($(wc -l <"$D/edited.md") - $(wc -l <"$PAGE")))"
bring "$D/edited.md" --cycle FY20-Q4 --dry-run >"$D/dry"
same "dry run" "1 2 359 11" "$(sums <"$D/dry")"
same "what it lists" "17 update objective
45 create key_result
47 update key_result" "$(python3 -c 'import json, sys
for c in json.load(sys.stdin)["changes"]: print(c["row"], c["verb"], c["kind"])
' <"$D/dry")"
same "lsn" "$lsn" "$(server status --json | field lsn)"
same "edited" "1 2 359 11" "$(bring "$D/edited.md" --cycle FY20-Q4 | sums)"
same "key results" 219 "$(of_kind key_result FY20-Q4)"
server list --kind key_result --cycle FY20-Q4 --json >"$D/list"
same "the new result" '"25"' "$(python3 -c 'import json, sys
print(*[json.dumps(e["value"]) for e in json.load(sys.stdin)
        if e["title"].startswith("Launch partner marketing")])' <"$D/list")"
same "again" "0 0 362 11" "$(bring "$D/edited.md" --cycle FY20-Q4 | sums)"

say "refused, each with a reason, and nothing changed"
lsn=$(server status --json | field lsn)
fails 1 server import "$PAGE"
has "no cycle" "--cycle NAME" "$SAID"
fails 1 server import "$PAGE.none" --cycle X
has "no file" "No such file" "$SAID"
echo '* CEO: Grow' >"$D/small.md"
fails 1 server import "$D/small.md" --cycle Autumn
has "no dates" "--start and --end" "$SAID"
fails 1 server import "$D/small.md" --cycle Autumn --start 2026-09-01
has "one date" "go together" "$SAID"
fails 2 server import "$D/small.md" --cycle X --start today --end 2026-12-31
fails 2 server import "$D/small.md" --cycle X --format yaml
: >"$D/empty.md"
fails 1 server import "$D/empty.md" --cycle FY20-Q4
has "empty" "no line" "$SAID"
server add person --name Bo --mail bo@acme.example --unit acme >/dev/null
lsn=$((lsn + 1))
fails 1 server import "$D/small.md" --cycle FY20-Q4 --as bo@acme.example
has "not permitted" "nothing was imported" "$SAID"
same "objectives" 143 "$(of_kind objective FY20-Q4)"

say "without serve; a page of another form, every line read or listed"
stop srv
server import "$OLD" --cycle 2018-Q4 --json >"$D/old"
python3 - "$D/old" "$(python3 "$READ" lines "$OLD")" <<'END'
import json
import sys
report, lines = json.load(open(sys.argv[1])), int(sys.argv[2])
read, errors = report["create"], [e["row"] for e in report["errors"]]
print(f"2018-Q4: {read} of {lines} lines read, {len(errors)} listed")
assert read > 100 and report["update"] == report["unchanged"] == 0
assert len(set(errors)) == len(errors) and min(errors) > 0
assert read + len(errors) == lines, (read, len(errors), lines)
END
same "objectives" "$(field create <"$D/old")" "$(of_kind objective 2018-Q4)"
same "nothing new" 0 "$(server import "$OLD" --cycle 2018-Q4 --json |
  field create)"
"$BIN/okr-server" check "$D/srv" >/dev/null
