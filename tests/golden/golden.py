"""The golden files and the dumps in docs/protocol.md.

    golden.py --check            do comments and dumps tell the truth?
    golden.py --write PROGRAM    writes both anew from what PROGRAM
                                 (build/…/tests/test_golden_test_wire) makes

A dump in the document is a block ```golden NAME … ``` and equals the file
tests/golden/wire1/NAME.hex; each file is shown once.  The block ```rules is
common/base/verdict.h, and each field of each message is explained under the
message's heading.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import annotate
import contract
import layouts

FOLDER = contract.ROOT / "tests/golden/wire1"
DOCUMENT = contract.ROOT / "docs/protocol.md"
BLOCK = re.compile(r"^```golden (\w+)\n(.*?)^```$", re.M | re.S)
RULES = re.compile(r"^```rules\n(.*?)^```$", re.M | re.S)

# Numbers and bodies that version 1 has no use for yet.
KEPT = {"Leaves", "LeavesPage"}

PARTS = {"payload_set": "Payload", "payload_checkin": "Payload",
         "payload_key_add": "Payload", "payload_key_rotate": "Payload",
         "operation": "Operation", "answer": "Answer", "ask": "Ask",
         "ask_submit": "Ask", "reply": "Reply"}
LAYOUTS = {name: getattr(layouts, name) for name in
           ("op_header", "push_layout", "enrol_layout", "leaf", "hashes",
            "values", "record", "key_add_layout", "key_rotate_layout", "code")}


def annotated(name, data):
    lines = annotate.Lines()
    if name in PARTS:
        annotate.annotate_message(lines, PARTS[name], data)
    elif name in LAYOUTS:
        LAYOUTS[name](lines, data)
    else:
        annotate.annotate_frame(lines, data)
    text = lines.text()
    assert parsed(text) == data, f"{name}: the dump is not its bytes"
    return text


def parsed(text):
    text = "".join(re.sub(r"#.*", "", text).split(" ")).replace("\n", " ")
    text = re.sub(r"(..)\*(\d+)", lambda m: m[1] * int(m[2]), text)
    return bytes.fromhex("".join(text.split()))


def rules_text():
    return "".join(f"{number:3} {name:<16} {what}\n"
                   for number, name, what in contract.rules() if number)


def unexplained(document):
    """Fields of .proto that their message's section does not name."""
    sections = dict(re.findall(r"^###+ (\w+)\n(.*?)(?=^##|\Z)", document,
                               re.M | re.S))
    for message, fields in annotate.MESSAGES.items():
        if message in KEPT:
            continue
        rows = re.findall(r"^\| `(\w+)` \|", sections.get(message, ""), re.M)
        names = [field.name for field in fields.values()]
        if message not in sections or sorted(rows) != sorted(names):
            yield (f"{DOCUMENT}: {message} has the fields {names}, "
                   f"its section {rows}")


def check():
    document = DOCUMENT.read_text(encoding="utf-8")
    shown = BLOCK.findall(document)
    wrong = list(unexplained(document))
    if RULES.findall(document) != [rules_text()]:
        wrong.append(f"{DOCUMENT}: other rules than common/base/verdict.h")
    for path in sorted(FOLDER.glob("*.hex")):
        text = path.read_text(encoding="utf-8")
        if annotated(path.stem, parsed(text)) != text:
            wrong.append(f"{path}: a comment is not what the bytes say")
        blocks = [block for name, block in shown if name == path.stem]
        if blocks != [text]:
            wrong.append(f"{DOCUMENT}: does not show {path.name} once, as is")
    known = {path.stem for path in FOLDER.glob("*.hex")}
    wrong += [f"{DOCUMENT}: shows {name}, which is no golden file"
              for name, _ in shown if name not in known]
    if not known:
        wrong.append(f"{FOLDER}: no golden files")
    print("\n".join(wrong) or f"{len(known)} golden files")
    return 1 if wrong else 0


def dump(name):
    return (FOLDER / f"{name}.hex").read_text(encoding="utf-8")


def write(program):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program], check=True,
                       env={**os.environ, "OKR_GOLDEN_WRITE": folder})
        for path in sorted(pathlib.Path(folder).glob("*.bin")):
            text = annotated(path.stem, path.read_bytes())
            FOLDER.mkdir(exist_ok=True)
            (FOLDER / f"{path.stem}.hex").write_text(text, encoding="utf-8")
    document = DOCUMENT.read_text(encoding="utf-8")
    document = BLOCK.sub(lambda m: f"```golden {m[1]}\n{dump(m[1])}```",
                         document)
    document = RULES.sub(lambda m: f"```rules\n{rules_text()}```", document)
    DOCUMENT.write_text(document, encoding="utf-8")


if len(sys.argv) == 3 and sys.argv[1] == "--write":
    write(sys.argv[2])
elif sys.argv[1:] == ["--check"]:
    sys.exit(check())
else:
    sys.exit(__doc__)
