"""What the documents say about the code.

    docs.py --check    is it so?
    docs.py --write    makes the tables of docs/domain.md anew

docs/TOUR.md: every file named is there, and every function named behind it is
in it.  docs/domain.md: the tables between `<!-- table NAME -->` and
`<!-- end -->` are what common/model/schema.def and verbs.def say.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOUR = ROOT / "docs/TOUR.md"
DOMAIN = ROOT / "docs/domain.md"
NAMED = re.compile(r"`((?:common|client|server)/[\w/]+\.[ch])`"
                   r"|`(okr_\w+)\(\)`")
TABLE = re.compile(r"(<!-- table (\w+) -->\n).*?(<!-- end -->)", re.S)


def entries(path, word):
    """The arguments of each WORD(…) in a .def file, without comments."""
    text = re.sub(r"/\*.*?\*/", "", (ROOT / path).read_text(), flags=re.S)
    for found in re.finditer(rf"^{word}\((.*?)\)\s*$", text, re.M | re.S):
        yield [part.strip().strip("\"'") for part in found[1].split(",")]


def words_of(vocabulary):
    return ", ".join(e[3] for e in entries("common/model/schema.def", "VALUE")
                     if e[0] == vocabulary)


def who(text):
    return ", ".join(part.strip().lower().replace("_", " ")
                     for part in text.split("|"))


def field_note(entry):
    _, _, _, word, kind, of, merge, flags = entry
    letters = {f.strip() for f in flags.split("|")}
    note = word + ("!" if "R" in letters else "") + \
        ("°" if "P" in letters else "")
    if "S" in letters:
        note += "[]"
    mark = {"KEPT": " ⚑", "SWAP": " ⇄", "ONCE": " ·"}.get(merge, "")
    return "" if merge == "DERIVED" else f"{note}{mark}"


def kinds():
    fields = list(entries("common/model/schema.def", "FIELD"))
    yield "| kind | letter | lives | who adds it | who changes it | fields |"
    yield "|---|---|---|---|---|---|"
    for number, name, word, letter, home, _, depth, add, change in entries(
            "common/model/schema.def", "KIND"):
        own = [field_note(f) for f in fields if f[0] == name]
        lives = {"DIRECTORY": "directory", "UNIT": "its unit",
                 "PARENT": "what it is about"}[home]
        yield (f"| {word} | {letter} | {lives}, {depth.lower()} | {who(add)} "
               f"| {who(change)} | {', '.join(filter(None, own))} |")


def words():
    yield "| of | words |"
    yield "|---|---|"
    seen = []
    for vocabulary, *_ in entries("common/model/schema.def", "VALUE"):
        if vocabulary not in seen:
            seen.append(vocabulary)
            yield (f"| {vocabulary.lower().replace('_', ' ')} "
                   f"| {words_of(vocabulary)} |")


def moves():
    yield "| kind | verb | from | to | workflow |"
    yield "|---|---|---|---|---|"
    verbs = {e[1]: e[2] for e in entries("common/model/verbs.def", "VERB")}
    for kind, _, verb, before, after, workflow in entries(
            "common/model/verbs.def", "MOVE"):
        yield (f"| {kind.lower()} | {verbs[verb]} | {before.lower()} "
               f"| {after.lower()} | {workflow.lower()} |")


def gates():
    yield "| verb | of | phases | who, if not as above |"
    yield "|---|---|---|---|"
    verbs = {e[1]: e[2] for e in entries("common/model/verbs.def", "VERB")}
    kinds = {e[1]: e[2] for e in entries("common/model/schema.def", "KIND")}
    for verb, kind, phases, by in entries("common/model/verbs.def", "GATE"):
        yield (f"| {verbs[verb]} | {kinds[kind]} | {who(phases)} "
               f"| {'' if by == '0' else who(by)} |")


TABLES = {"gates": gates, "kinds": kinds, "words": words, "moves": moves}


def domain_made():
    def table(found):
        return found[1] + "\n".join(TABLES[found[2]]()) + "\n" + found[3]
    return TABLE.sub(table, DOMAIN.read_text())


def tour_faults():
    path = None
    for found in NAMED.finditer(TOUR.read_text()):
        if found[1]:
            path = ROOT / found[1]
            if not path.exists():
                yield f"docs/TOUR.md: there is no {found[1]}"
        elif path is None or not path.exists() or not re.search(
                rf"\b{found[2]}\(", path.read_text()):
            yield f"docs/TOUR.md: {found[2]} is not in {path}"


def main():
    if sys.argv[1:] == ["--write"]:
        DOMAIN.write_text(domain_made())
        return 0
    faults = list(tour_faults())
    if domain_made() != DOMAIN.read_text():
        faults.append("docs/domain.md: run tests/golden/docs.py --write")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
