"""A year of a real company's check-ins as tables that okr imports, and what
the key results must then say, worked out anew from the same source.

puzzle.py table FILE UNTIL    CSV: everything but check-ins after UNTIL (a share
                              of them, 0..1, in the order of time)
puzzle.py compare FILE LIST   LIST: `okr list --kind key_result --json`
"""
import csv
import json
import sys
from decimal import Decimal
from fractions import Fraction

COLUMNS = ("row_id parent_row_ids type title owner_mail unit cycle metric start "
           "target value confidence unit_of_measure due state date "
           "description").split()
QUARTERS = {"1": ("01-01", "03-31"), "2": ("04-01", "06-30"),
            "3": ("07-01", "09-30"), "4": ("10-01", "12-31")}
LEVELS = {"FAIL": "none", "COMMIT": "commit", "TARGET": "target",
          "STRETCH": "stretch"}
SHARES = {"FAIL": "0", "COMMIT": "0.3", "TARGET": "0.7", "STRETCH": "1"}


def load(path):
    with open(path, encoding="utf-8") as file:
        data = json.load(file, parse_float=Decimal, parse_int=Decimal)
    data["check_ins"].sort(key=lambda c: (c["created_on"], c["id"]))
    return data


def text(number):
    return "" if number is None else format(Decimal(number), "f")


def is_metric(kr):
    return (kr["type"] == "metric" and kr["baseline"] is not None
            and kr["stretch_goal"] is not None)


def row(**cells):
    return [cells.get(name, "") for name in COLUMNS]


def rows(data, until):
    quarters = {o["calendar_quarter_by_checkins"] or "undated"
                for o in data["objectives"]}
    for team in data["teams"]:
        yield row(row_id=f"u{team['id']}", type="unit", title=team["name"],
                  unit=f"team-{team['id']}")
    for name in sorted(quarters):
        start, end = "2023-07-01", "2024-12-31"
        if name != "undated":
            year, quarter = name.split("-Q")
            start, end = (f"{year}-{day}" for day in QUARTERS[quarter])
        yield row(row_id=name, type="cycle", title=name, start=start, due=end)
    for o in data["objectives"]:
        yield row(row_id=f"o{o['id']}", type="objective",
                  title=o["title"] or "?", unit=f"team-{o['team_id']}",
                  cycle=o["calendar_quarter_by_checkins"] or "undated",
                  owner_mail=f"lead-{o['team_id']}@puzzle.example")
    for kr in data["key_results"]:
        cells = {"metric": "levels" if kr["type"] == "ordinal" else "unmeasured"}
        if is_metric(kr):
            rising = kr["stretch_goal"] >= kr["baseline"]
            cells = {"metric": "increase" if rising else "decrease",
                     "start": text(kr["baseline"]),
                     "target": text(kr["stretch_goal"])}
        yield row(row_id=f"k{kr['id']}", parent_row_ids=f"o{kr['objective_id']}",
                  type="key_result", title=kr["title"] or "?",
                  description=f"kr {kr['id']}", **cells)
    for c in data["check_ins"][:int(len(data["check_ins"]) * until)]:
        yield row(row_id=f"i{c['id']}", parent_row_ids=f"k{c['key_result_id']}",
                  type="check_in", confidence=text(c["confidence"]),
                  value=LEVELS.get(c["zone"]) or text(c["value"]),
                  date=c["created_on"].replace(" ", "T") + "Z")


def rate(share):
    return float(round(share * 10**6)) / 10**6  # half to even, six digits


def expected(data):
    last = {}
    for c in data["check_ins"]:
        felt, valued = last.get(c["key_result_id"], (None, None))
        if c["confidence"] is not None:
            felt = int(c["confidence"])
        if c["value"] is not None or c["zone"]:
            valued = c["value"] if c["zone"] is None else SHARES[c["zone"]]
        last[c["key_result_id"]] = (felt, valued)
    for kr in data["key_results"]:
        felt, value = last.get(kr["id"], (None, None))
        share = Fraction(0)
        if value is not None and kr["type"] == "ordinal":
            share = Fraction(value)
        elif value is not None and is_metric(kr):
            start, target = Fraction(kr["baseline"]), Fraction(kr["stretch_goal"])
            reached = Fraction(value) - start
            share = (reached / (target - start) if start != target
                     else Fraction(int(Fraction(value) >= target)))
        yield (f"kr {kr['id']}", felt,
               None if value is None else Decimal(value), rate(share),
               rate(min(max(share, Fraction(0)), Fraction(1))))


def compare(data, path):
    with open(path, encoding="utf-8") as file:
        found = {e["description"]: e for e in json.load(file)}
    wrong = 0
    for name, felt, value, raw, clamped in expected(data):
        e = found.pop(name)
        got = (e["confidence"], e["value"] and Decimal(e["value"]),
               e["raw_progress"], e["progress"])
        if got != (felt, value, raw, clamped):
            print(name, "expected", (felt, value, raw, clamped), "found", got)
            wrong += 1
    assert not found, list(found)[:3]
    print(wrong)
    return wrong


if __name__ == "__main__":
    DATA = load(sys.argv[2])
    if sys.argv[1] == "compare":
        sys.exit(compare(DATA, sys.argv[3]) > 0)
    OUT = csv.writer(sys.stdout)
    OUT.writerow(COLUMNS)
    OUT.writerows(rows(DATA, float(sys.argv[3])))
