#!/usr/bin/env bash
# A site that another team made, in Python, from docs/protocol.md and proto/
# alone: what the page promises is enough to enrol, to copy, to check in and to
# verify the log.  Would catch: a byte that changed without the page, a page
# that leaves something out, a server that only its own site understands.
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"
CLIENT=$OKR_SOURCE_DIR/tests/e2e/python_client.py
PYTHON=/usr/bin/python3 # Debian's: its packages are in cmake/dev_setup.sh
export OKR_PROTO=$OKR_SOURCE_DIR/proto PYTHONPATH=$D/proto \
  PYTHONDONTWRITEBYTECODE=1
missing=$("$PYTHON" -c 'import google.protobuf, nacl, zmq, zstandard' 2>&1) ||
  skip "$(tail -n 1 <<<"$missing"); ./dev setup installs it"
command -v protoc >/dev/null || skip "no protoc; ./dev setup installs it"
day() { date -u -d "$1" +%F; }
client() { "$PYTHON" "$CLIENT" "$@" "$KR" "$PERSON"; }

mkdir "$D/proto"
protoc -I "$OKR_PROTO" --python_out="$D/proto" sync.proto types.proto

say "a company: more than a page of 4 KB, two roots, a draft"
server_init
server_start
ROOT=$(server list --kind unit --json | field 0.code)
server add unit --name Sales --code sales --parent "$ROOT" >/dev/null
server add cycle --name Q --kind custom --start "$(day '-60 days')" \
  --end "$(day '+20 days')" >/dev/null
for i in {1..8}; do
  echo "* CEO: Grow the business, part $i"
  for j in {1..4}; do echo "    * CEO KR: What is counted, $i.$j => 5%"; done
done >"$D/okrs.md"
same "import" 40 "$(server import "$D/okrs.md" --format markdown --cycle Q \
  --json | field create)"
O=$(server add objective --cycle Q --title Top --unit sales --json | field id)
KR=$(server add kr --objective "$O" --title Rate --start 0 --target 100 \
  --due "$(day '+20 days')" --json | field id)
DRAFT=$(server add objective --cycle Q --title Later --state draft --json |
  field id)
PERSON=$(server list --kind person --json | field 0.id)

say "a token that was not copied well"
token=$(invite Python)
letter=x
[ "${token:20:1}" != x ] || letter=y
fails 1 client "${token:0:20}$letter${token:21}"
has "the checksum" "copied wrongly" "$SAID"

say "it enrols, copies, listens"
start py "$PYTHON" "$CLIENT" "$token" "$KR" "$PERSON"
server publish "$DRAFT" >/dev/null # moves from one scope to another
server set "$KR" title="Rate of all" >/dev/null

say "it checks in"
code=0
wait "${PIDS[py]}" || code=$?
unset "PIDS[py]"
same "its end" 0 "$code"
tail -n 1 "$D/py.out" >"$D/did"
cat "$D/did" >&2

say "the server says the same"
server show "$KR" --json >"$D/kr"
same "value" 81 "$(field value <"$D/kr")"
same "title" "Rate of all" "$(field title <"$D/kr")"
same "what was checked in" '"42.5" "60" "81"' "$(python3 -c 'import json, sys
d = json.load(sys.stdin)
print(*sorted(json.dumps(c["value"]) for c in d["check_ins"]))' <"$D/kr")"
"$BIN/okr-server" check "$D/srv" --json >"$D/check"
same "check" true "$(field ok <"$D/check")"
same "leaves" "$(field size <"$D/did")" "$(field leaves <"$D/check")"
same "root" "$(field root <"$D/did")" "$(field root <"$D/check")"
same "sequence" 5 "$(server_site show Python --json | field last_seq)"
server status --json | python3 -c 'import json, sys
did = json.load(open(sys.argv[1]))
here = {str(s["scope"]): [s["head"], s["digest"]]
        for s in json.load(sys.stdin)["scopes"]}
assert did["scopes"] == here, (did["scopes"], here)
assert did["pages"] > 3 and did["compressed"] > 1 and did["events"] > 2, did
' "$D/did"

say "the token was used"
fails 1 client "$token"
has "why" "used already" "$SAID"
