"""What a page of GitLab's OKRs says, read independently of common/import.

  import_gitlab.py lines FILE              list items and headings with owners
  import_gitlab.py compare FILE CSV LIST   LIST (of `list --json`) says it too
"""
import csv
import json
import re
import sys

LINK = re.compile(r"\[([^\[\]]*)\]\((?:[^()]|\([^()]*\))*\)")
ITEM = re.compile(r"^(\s*)(?:\d+\.|[*+-]) (.*)$")
HEADING = re.compile(r"^###? (?:\d+\. )?(\w+: .*)$")
OWNED = re.compile(r"^([^*:\[\]`]{1,80}?)( KR)?:(?!//)\s*(\S.*)$")


def plain(text):
    return LINK.sub(r"\1", text).replace("**", "").strip()


def slug(name):
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def lines_of(path):
    """(number, indent, text) of every heading with an owner and every item;
    headings have indent -1."""
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            heading, item = HEADING.match(line), ITEM.match(line.rstrip("\n"))
            if heading:
                yield number, -1, heading[1]
            elif item:
                yield number, len(item[1]), item[2]


def value_of(result):
    percent = re.match(r"(\d+(?:\.\d+)?)\s*%", result)
    if percent:
        return percent[1]
    return "100" if re.match(r"done(?![a-z])", result, re.I) else None


def rows_of(path):
    """Line -> (kind, owner, title, parent's line, value); only what is read."""
    rows, levels = {}, []
    for number, indent, text in lines_of(path):
        while levels and levels[-1][0] >= indent:
            levels.pop()
        # The arrow counts outside addresses only, so links go first.
        left, _, result = re.sub(r"==>|-->", "=>", plain(text)).partition("=>")
        owned = OWNED.match(left.strip())
        if not owned:
            levels.append((indent, None))
            continue
        parent = next((r for _, r in reversed(levels) if r), None)
        kind = "key_result" if owned[2] else "objective"
        rows[number] = (kind, owned[1].strip(), owned[3].strip(), parent,
                        value_of(result.strip()))
        levels.append((indent, number))
    return rows


def path_of(rows, number):
    kind, owner, title, parent, _ = rows[number]
    above = path_of(rows, parent) if parent else ()
    return above + ((kind, slug(owner) + "@import.invalid", title),)


def listed_paths(listed):
    by_id = {e["id"]: e for e in listed}

    def path(entity):
        above = entity.get("objective") or entity.get("contributes_to")
        here = (entity["kind"], entity["owner"], entity["title"])
        return (path(by_id[above]) if above else ()) + (here,)
    return [(path(e), e) for e in listed]


def check(condition, message):
    if not condition:
        sys.exit("FAILED: " + message)


def compare(page, parsed, listed_path):
    rows = rows_of(page)
    with open(listed_path, encoding="utf-8") as file:
        listed = listed_paths(json.load(file))
    said = sorted((path_of(rows, n), rows[n][4] or "") for n in rows)
    found = sorted((p, e.get("value") or "") if e["kind"] == "key_result"
                   else (p, dict.fromkeys([rows[n][4] or "" for n in rows if
                         path_of(rows, n) == p]).popitem()[0])
                   for p, e in listed)
    check(len(said) == len(found), f"{len(said)} rows, {len(found)} listed")
    for one, other in zip(said, found):
        check(one == other, f"said {one}\nfound {other}")
    for _, entity in listed:
        if entity["kind"] == "key_result" and entity.get("value"):
            want = min(1, float(entity["value"]) / 100)
            check(abs(entity["progress"] - want) < 1e-6,
                  f"progress of {entity['title']}: {entity['progress']}")
    cross_check(rows, parsed)


def cross_check(rows, parsed):
    """The other reading is a heuristic: it must agree on what there is and on
    who is above whom, and nearly always on titles."""
    with open(parsed, encoding="utf-8") as file:
        other = {r["row_id"]: r for r in csv.DictReader(file)}
    real = {int(r["source_line"]): r for r in other.values()
            if r["type"] != "NOTE"}
    check(set(real) == set(rows), "the lines differ from the parsed ones")
    titles = owners = scores = scored = 0
    for number, row in real.items():
        kind, owner, title, parent, value = rows[number]
        check((row["type"] == "KR") == (kind == "key_result"),
              f"line {number} is a {row['type']}")
        above = row["parent_row_id"]
        while above and other[above]["type"] == "NOTE":
            above = other[above]["parent_row_id"]
        line = int(other[above]["source_line"]) if above else None
        check(line == parent, f"line {number} hangs at {parent}, not {line}")
        titles += row["title"].strip(". ") == title.strip(". ")
        owners += row["owner"] == owner
        if value is not None and row["score_0_1"]:
            scored += 1
            scores += abs(float(value) / 100 - float(row["score_0_1"])) < 0.01
    print(f"agree with the parsed file: {titles} titles, {owners} owners of "
          f"{len(real)}; {scores} of {scored} scores")
    check(titles > 0.95 * len(real) and owners > 0.95 * len(real) and
          scores > 0.95 * scored, "they agree too rarely")


if __name__ == "__main__":
    if sys.argv[1] == "lines":
        print(len(list(lines_of(sys.argv[2]))))
    else:
        compare(*sys.argv[2:5])
