"""The fixed layouts, field by field: (bytes, what it is)."""
import struct

from annotate import (Bytes, VERBS, dec_text, field_text, id_text, time_text,
                      value_text, zigzag)

U64 = 8


def fixed(lines, data, parts):
    """Each part: (length, name, how it is shown or None)."""
    part = Bytes(data)
    for length, name, show in parts:
        piece = part.take(length)
        comment = f"{part.at - length:3} {name}"
        if show is not None:
            comment += f" = {show(piece)}"
        lines.add([piece], comment)
    return data[part.at:]


def number(piece):
    return str(int.from_bytes(piece, "big"))


def when(piece):
    return time_text(struct.unpack(">q", piece)[0])


def tag(piece):
    return f'"\\0{piece[1:].rstrip(bytes(1)).decode()}", padded'


def verb(piece):
    return f"{number(piece)} {VERBS[int(number(piece))]}"


OP_HEADER = [
    (16, "tag", tag), (16, "organisation", None), (16, "person", id_text),
    (16, "operation", id_text), (8, "client time", when), (2, "verb", verb),
    (2, "schema", number), (4, "payload length", number),
    (32, "payload commitment", None),
]
PUSH = [
    (16, "tag", tag), (16, "organisation", None), (16, "site", id_text),
    (8, "incarnation", None), (8, "first sequence", number),
    (4, "operations", number), (32, "SHA-256 of their hashes", None),
    (8, "seen size", number), (32, "seen root", None),
    (32, "SHA-256 of the push before", None),
]
ENROL = [
    (16, "tag", tag), (8, "token id", None), (32, "SHA-256(secret)", None),
    (16, "site", id_text), (32, "site key", None), (32, "witness key", None),
    (32, "link key", None),
]
KEY_ADD = [
    (16, "tag", tag), (16, "organisation", None), (16, "person", id_text),
    (16, "invite", id_text), (32, "the new key", None),
]
KEY_ROTATE = [
    (16, "tag", tag), (16, "organisation", None), (16, "person", id_text),
    (32, "the old key", None), (32, "the new key", None),
]
CODE = [
    (10, "the code, as bytes", None), (8, "its id", None),
    (32, "its key", None),
]
HASHES = [
    (32, "commitment of payload_set", None), (32, "hash of operation set", None),
    (32, "hash of operation checkin", None), (32, "hash of push_layout", None),
    (32, "meta commitment", None), (16, "digest of the scope", None),
]
VALUES = [
    "BOOL", "BOOL", "INT", "INT", "INT", "TIME", "DAY", "ENUM", "REF", "DEC",
    "DEC", "DEC", "TITLE", "LIST DEC_DEC", "LIST DAY_DEC",
]


def hashes(lines, data):
    part = Bytes(data)
    for length, name, _ in HASHES:
        lines.add([part.take(length)], name)


def op_header(lines, data):
    return fixed(lines, data, OP_HEADER)


def push_layout(lines, data):
    return fixed(lines, data, PUSH)


def enrol_layout(lines, data):
    return fixed(lines, data, ENROL)


def key_add_layout(lines, data):
    return fixed(lines, data, KEY_ADD)


def key_rotate_layout(lines, data):
    return fixed(lines, data, KEY_ROTATE)


def code(lines, data):
    part = Bytes(data)
    for length, name, _ in CODE:
        lines.add([part.take(length)], name)


def effects(lines, data):
    part = Bytes(data)
    count = part.take(4)
    lines.add([count], f"effects: {number(count)}")
    for _ in range(int.from_bytes(count, "big")):
        lines.add([part.take(16)], "entity = the key result")
        field, form, lsn = part.take(2), part.take(1), part.take(8)
        name = field_text(11, int(number(field)), form[0])
        lines.add([field, form, lsn], name)
        lines.add([], f"  replaced lsn {number(lsn)}")
        length = part.take(2)
        lines.add([length, part.take(int(number(length)))], "element: none")
    assert not part.more()


def op_body(lines, data):
    lines.add([], "header of the operation, 112 bytes")
    lines.depth += 1
    rest = op_header(lines, data)
    lines.depth -= 1
    part = Bytes(rest)
    lines.add([part.take(64)], "signature of the author")
    lines.add([part.take(16)], "site = site north")
    lines.add([part.take(8)], "incarnation")
    for name in ("sequence", "first sequence of its push"):
        piece = part.take(8)
        lines.add([piece], f"{name} = {number(piece)}")
    flag = part.take(1)
    lines.add([flag], "1: the push layout follows")
    if flag[0] == 1:
        lines.depth += 1
        push_layout(lines, part.take(172))
        lines.depth -= 1
        lines.add([part.take(64)], "signature of the site")
    effects(lines, rest[part.at:])


def leaf(lines, data):
    rest = fixed(lines, data[:40], [
        (16, "tag", tag), (8, "index", number), (8, "server time", when),
        (2, "kind, 1: operation", number), (2, "result", number),
        (4, "body length", number)])
    assert not rest
    lines.depth += 1
    op_body(lines, data[40:-32])
    lines.depth -= 1
    lines.add([data[-32:]], "meta commitment")


def values(lines, data):
    part = Bytes(data)
    for name in VALUES:
        kind, _, of = name.partition(" ")
        start = part.at
        count = part.varint()
        head, value = data[start:part.at], part.take(count)
        lines.add([head, value], f"{name} {value_text(kind, value, of)}")
    assert not part.more()


def record(lines, data):
    part = Bytes(data)
    lines.add([part.take(16)], "id = the key result")
    start = part.at
    part.varint()
    lines.add([data[start:part.at]], "kind = 11 key_result")
    start = part.at
    count = part.varint()
    lines.add([data[start:part.at]], f"registers: {count}")
    for _ in range(count):
        start = part.at
        field = part.varint()
        head = data[start:part.at]
        form = part.take(1)
        start = part.at
        lsn = part.varint()
        at = data[start:part.at]
        start = part.at
        size = part.varint()
        length, value = data[start:part.at], part.take(size)
        lines.add([head, form, at, length, value],
                  f"{field_text(11, field, form[0])}, lsn {lsn}")
    assert not part.more()
