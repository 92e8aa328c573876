#!/usr/bin/env bash
# Totals that a real project published, worked out again from its key results:
# two of ten are wrong, and those two are listed. Would catch: a total that is
# believed, one that is doubted because it was rounded, an NA that counts as 0.
set -eu
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"
DATA=${OKR_SHARED:-$OKR_SOURCE_DIR/../shared}/data/joystream
[ -d "$DATA" ] || skip "no $DATA; set OKR_SHARED"

server_init
python3 - "$DATA" >"$D/a.csv" <<'END'
import csv, glob, os, re, sys
out = csv.writer(sys.stdout)
out.writerow("row_id parent_row_ids type title cycle state score".split())
cell = lambda c: re.sub(r"[*` ]", "", c)
n = 0
for path in sorted(glob.glob(sys.argv[1] + "/*.md")):
    title, head = "?", None
    for line in open(path, encoding="utf-8"):
        found = re.match(r"#+ Objective: `?(.*?)`?$", line.strip())
        title = found.group(1) if found else title
        cells = [c.strip() for c in line.strip().strip("|").split("|")]
        if cells[0].startswith("Date"):
            head = cells if cells[-1] == "Total" else None
        elif head and not line.startswith("|:"):
            if not line.startswith("|"):
                head = None
                continue
            n += 1
            scores = [cell(c) for c in cells[1:]]
            out.writerow([f"o{n}", "", "objective", title, "2019-Q2", "closed",
                          scores[-1]])
            for i, score in enumerate(scores[:-1], 1):
                out.writerow(["", f"o{n}", "key_result", f"KR #{i}", "", "",
                              score if re.match(r"[\d.]+$|NA$", score) else ""])
            head = None
END
server import "$D/a.csv" --json >"$D/report"
python3 - "$D/report" <<'END'
import json, sys
report = json.load(open(sys.argv[1]))
assert not report["errors"], report["errors"]
wrong = [w["message"] for w in report["warnings"]
         if w["rule"] == "total_mismatch"]
print(*wrong, sep="\n")
assert len(wrong) == 2
assert any("0.55" in w and "0.5025" in w for w in wrong)
assert any("0.642" in w and "0.542" in w for w in wrong)
END
server list --kind objective --json | python3 -c 'import json, sys
scores = sorted(e["score"] for e in json.load(sys.stdin))
print(scores)
assert scores == ["0", "0.3", "0.41", "0.5025", "0.542", "0.594", "0.616",
                  "0.66", "0.75", "0.85"], scores'
