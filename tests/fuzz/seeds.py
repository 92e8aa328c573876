"""Makes the first inputs of the codec's fuzz targets of the golden files:

    tests/fuzz/seeds.py

Inputs that a fuzzer found lie beside them under names of their own.
"""
import pathlib
import re

FUZZ = pathlib.Path(__file__).resolve().parent
GOLDEN = FUZZ.parent / "golden/wire1"

PARTS = {"payload": ("payload_set", "payload_checkin", "operation", "answer"),
         "ask": ("ask", "ask_submit", "reply"),
         "layout": ("leaf",)}
PUB = ("event", "head", "beat")
NO_FRAMES = ("op_header", "push_layout", "enrol_layout", "hashes", "values",
             "record")


def golden(name):
    text = (GOLDEN / f"{name}.hex").read_text(encoding="utf-8")
    return bytes.fromhex("".join(re.sub(r"#.*", "", text).split()))


def put(target, name, data):
    folder = FUZZ / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def main():
    taken = set(NO_FRAMES)
    for target, names in PARTS.items():
        for name in names:
            put(target, name, golden(name))
        taken.update(names)
    for path in sorted(GOLDEN.glob("*.hex")):
        if path.stem not in taken:
            put("pub" if path.stem in PUB else "msg", path.stem,
                golden(path.stem))
    leaf = golden("leaf")
    put("layout", "op_body", leaf[40:-32])
    put("layout", "effects", leaf[-32 - 62:-32])
    # What small input asks for most memory: empty submessages, nested.
    put("msg", "empty_sections", golden("page")[:8] + b"\x0a\x00" * 2000)
    put("msg", "empty_rows",
        golden("page")[:8] + (b"\x0a\xfe\x01" + b"\x1a\x00" * 127) * 16)
    put("pub", "empty_rows", golden("event")[:7] + b"\x1a\x00" * 2000)


main()
