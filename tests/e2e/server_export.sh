#!/usr/bin/env bash
# The whole company as one file, and an empty server that takes it in: the same
# bytes come out again. Would catch: a field that is left out or comes back
# changed, an author or a time that becomes the importer's, an order or an
# escape that RFC 8785 does not have, a table that cannot be imported again.
set -eu
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"

canonical() {
  python3 - "$1" <<'END'
import json, sys
text = open(sys.argv[1], encoding="utf-8").read()
doc = json.loads(text, parse_float=lambda s: sys.exit("a fraction: " + s))
def out(v):  # RFC 8785, by the book
    if isinstance(v, dict):
        keys = sorted(v, key=lambda k: k.encode("utf-16-be"))
        return "{" + ",".join(out(k) + ":" + out(v[k]) for k in keys) + "}"
    if isinstance(v, list):
        return "[" + ",".join(map(out, v)) + "]"
    return json.dumps(v, ensure_ascii=False)
assert out(doc) + "\n" == text, "not canonical"
number = {k: i for i, k in enumerate(
    "policy unit person cycle batch objective key_result check_in task comment "
    "reaction proposal vote assessment review standup focus health conflict"
    .split())}
order = [(number[e["kind"]], e["id"]) for e in doc["entities"]]
assert order == sorted(set(order)), "not in order"
print(len(order), sorted({e["kind"] for e in doc["entities"]}).__len__())
END
}

say "a company with something of every kind"
server_init
cat >"$D/a.csv" <<'END'
row_id,parent_row_ids,type,title,owner_mail,unit,cycle,metric,start,target,value,confidence,unit_of_measure,weight,due,state,score,date,note
u1,,unit,Vertrieb,bo@acme.example,sales,,,,,,,,,,,,,
u2,u1,unit,北京,,bj,,,,,,,,,,,,,
p1,u1,person,"Bo ""the"" Li",bo@acme.example,,,,,,,,,,,,,,
c1,,cycle,2026-Q1,,,,,2026-01-01,,,,,,2026-03-31,,,,
o1,,objective,Sell 😀 more,bo@acme.example,,2026-Q1,,,,,,,,,,,,"a remark,
in two lines"
k1,o1,key_result,"Reach 1,200",,,,increase,-0.5,123456789012345.678,300,7,sites,50,2026-03-31,,,,
k2,o1,key_result,Decide,,,,boolean,,,,,,50,,,,,
i1,k2,check_in,,,,,,,,yes,5,,,,,,2026-01-15,erstes Wort
i2,k2,check_in,,,,,,,,no,4,,,,,,2026-02-15,
t1,k1,task,Call,bo@acme.example,,,,,,,,,,2026-02-01,doing,,,
o2,k1 o1,objective,Below,,,2026-Q1,,,,,,,,,draft,,,
END
server import "$D/a.csv" --json >/dev/null
id() { server list --kind "$1" --json | field "${2:-0}.id"; }
O=$(id objective) K=$(id key_result) BO=bo@acme.example
server add comment --subject "$O" --text $'Tab\tand "quotes" \\ and é' >/dev/null
server add comment --subject "$(id comment)" --text again >/dev/null
server add reaction --subject "$O" --kind kudos --as $BO >/dev/null
server add proposal --cycle 2026-Q1 --unit bj --title Idea >/dev/null
server add vote --proposal "$(id proposal)" --person me --weight 0.50 >/dev/null
server add assessment --subject "$K" --kind self --score 0.7 --as $BO >/dev/null
server add review --unit sales --cycle 2026-Q1 --kind retro --text T >/dev/null
server add standup --person me --day 2026-01-05 --done D >/dev/null
server add focus --unit sales --week 2026-01-05 --rank 1 --text F >/dev/null
server add health --unit sales --week 2026-01-05 --metric m --state red >/dev/null
server set "$K" "checkpoints=50:0.4,80:0.7" "plan=2026-02-01:0.5" >/dev/null
server add person --name Eve --mail eve@acme.example --unit bj >/dev/null
server set eve@acme.example roles+=auditor >/dev/null
server set acme lead= >/dev/null
server set "$ADA" roles-=champion >/dev/null
server archive "$(id task)" --as $BO >/dev/null

say "export, and into an empty server"
server export >"$D/a.json"
has "canonical" "18" "$(canonical "$D/a.json")"
"$BIN/okr-server" init "$D/new" --org Other --admin "Zed <z@z.example>" >/dev/null
"$BIN/okr-server" import "$D/new" "$D/a.json" --dry-run --json >"$D/dry"
same "dry run" 0 "$(field errors <"$D/dry" | count)"
same "nothing came of it" Zed \
  "$("$BIN/okr-server" list "$D/new" --kind person --json | field 0.title)"
"$BIN/okr-server" import "$D/new" "$D/a.json" --json >/dev/null
"$BIN/okr-server" export "$D/new" >"$D/b.json"
cmp "$D/a.json" "$D/b.json" || die "not the same bytes"
"$BIN/okr-server" check "$D/new" >/dev/null
same "what the log says" '["adopt", "adopt"]' "$("$BIN/okr-server" log "$D/new" \
  "$K" --json | python3 -c 'import json, sys
print(json.dumps([e["verb"] for e in json.load(sys.stdin)] * 2))')"
# What people do there goes on as usual.
"$BIN/okr-server" add "$D/new" comment --subject "$O" --text new >/dev/null

say "while it serves, the same"
"$BIN/okr-server" init "$D/three" --org Other --admin "Zed <z@z.example>" >/dev/null
server_start three
"$BIN/okr-server" import "$D/three" "$D/a.json" --json >/dev/null
"$BIN/okr-server" export "$D/three" >"$D/c.json"
cmp "$D/a.json" "$D/c.json" || die "not the same bytes from a running server"
stop srv

say "refused, and nothing changed"
fails 1 "$BIN/okr-server" import "$D/new" "$D/a.json"
has "not empty" "empty server" "$SAID"
"$BIN/okr-server" init "$D/four" --org Other --admin "Zed <z@z.example>" >/dev/null
sed 's/"title":"Idea"/"title":true/' "$D/a.json" >"$D/bad.json"
fails 1 "$BIN/okr-server" import "$D/four" "$D/bad.json"
has "not whole" "not whole" "$SAID"
sed 's/"unit":"[0-9a-f]*"/"unit":"00000000000000000000000000000001"/' \
  "$D/a.json" >"$D/bad.json"
fails 1 "$BIN/okr-server" import "$D/four" "$D/bad.json"
head -c 3000 "$D/a.json" >"$D/bad.json"
fails 1 "$BIN/okr-server" import "$D/four" "$D/bad.json"
same "still empty" 1 "$("$BIN/okr-server" list "$D/four" --kind person --json |
  count)"

say "CSV and Markdown"
server export --format csv >"$D/b.csv"
same "again" '0 0' "$(server import "$D/b.csv" --json | python3 -c 'import json, sys
d = json.load(sys.stdin)
print(d["create"] + d["update"], len(d["errors"]))')"
"$BIN/okr-server" import "$D/four" "$D/b.csv" --json >"$D/four.json"
same "elsewhere" '[]' "$(field errors <"$D/four.json")"
has "markdown" "Sell 😀 more" "$(server export --format markdown)"
fails 2 server export --format xml
