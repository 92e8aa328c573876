"""Prints gcovr's figures by folder; fails if the tests reach too little.

    dev_coverage.py SUMMARY.json

Lines count for the folders below the shells (layers 0 to 6), branches for
those whose every decision has to be right.
"""
import json
import pathlib
import sys

LINES_MIN = 85.0
BRANCHES_MIN = 80.0
BRANCH_FOLDERS = ("common/rules", "common/replica")


def layers():
    table = pathlib.Path(__file__).with_name("layers.txt")
    for line in table.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            folder, layer = line.split()
            yield folder, float(layer)


def percent(part, whole):
    return 100.0 * part / whole if whole else None


def verdict(what, value, least):
    """Prints one line; says whether the value is high enough."""
    if value is None:
        print(f"{what:34} no code yet")
        return True
    good = least is None or value >= least
    need = "" if least is None else f"   at least {least:.0f}"
    print(f"{what:34} {value:5.1f} %{need}{'' if good else '   TOO LOW'}")
    return good


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        files = json.load(file)["files"]
    sums = {}
    for entry in files:
        folder = str(pathlib.PurePosixPath(entry["filename"]).parent)
        total = sums.setdefault(folder, [0, 0, 0, 0])
        for i, key in enumerate(("line_covered", "line_total",
                                 "branch_covered", "branch_total")):
            total[i] += entry[key]
    good = True
    covered = total = 0
    for folder, layer in layers():
        if layer < 7 and folder in sums:
            part = sums[folder]
            covered += part[0]
            total += part[1]
            verdict(f"lines    {folder}", percent(part[0], part[1]), None)
    for folder in BRANCH_FOLDERS:
        part = sums.get(folder, [0, 0, 0, 0])
        good &= verdict(f"branches {folder}", percent(part[2], part[3]),
                        BRANCHES_MIN)
    good &= verdict("lines    layers 0 to 6", percent(covered, total),
                    LINES_MIN)
    sys.exit(0 if good else 1)


main()
