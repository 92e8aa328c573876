"""Bytes as lines of hex with what they mean.

Lines:  HEX, a comment from column COMMENT on.  Nested messages are indented.
"""
import datetime
import struct

import contract

COMMENT = 48
TEXT_MAX = 46  # characters of a line of text that are shown
IDS = {0x01: "the organisation", 0x02: "site server", 0x03: "site north",
       0x04: "person Ada", 0x05: "person Ben", 0x10: "an objective",
       0x11: "the key result", 0x12: "the check-in", 0x13: "a key result",
       0x16: "Ada's invite", 0x17: "Ada's key", 0x18: "Ada's next key",
       0x1f: "an operation before", 0x20: "operation set",
       0x21: "operation checkin", 0x22: "operation enrol"}
ID_START = bytes.fromhex("0190a1b2c3d4700080000000000000")
FORMS = ("unset", "value", "present", "absent")
OUTCOMES = ("accepted", "merged", "conflict", "rejected", "parked")

MESSAGES = contract.messages()
KINDS, FIELDS = contract.schema()
VERBS = contract.verbs()
FRAMES = contract.frames()


class Bytes:
    """A cursor."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        part = self.data[self.at:self.at + count]
        assert len(part) == count, "the bytes end too soon"
        self.at += count
        return part

    def varint(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7f) << shift
            shift += 7
            if not byte & 0x80:
                return value

    def more(self):
        return self.at < len(self.data)


def zigzag(value):
    return -(value + 1) // 2 if value & 1 else value // 2


def time_text(us):
    at = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=us)
    text = at.isoformat(timespec="milliseconds")
    return text.replace(".000", "") + "Z"


def day_text(day):
    return str(datetime.date(1970, 1, 1) + datetime.timedelta(days=day))


def dec_text(data):
    part = Bytes(data)
    scale, mant = part.take(1)[0], zigzag(part.varint())
    if scale == 0:
        return str(mant)
    sign, digits = "-" if mant < 0 else "", str(abs(mant)).rjust(scale + 1, "0")
    return f"{sign}{digits[:-scale]}.{digits[-scale:]}"


def id_text(data):
    if len(data) == 16 and data.startswith(ID_START):
        return IDS.get(data[-1])
    return None


def plain_text(data):
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    printable = all(line.isprintable() for line in text.split("\n"))
    if not text or not printable:
        return None
    return '"' + text.replace("\n", "\\n") + '"'


def list_text(data, first):
    part, pairs = Bytes(data), []
    while part.more():
        key = part.take(part.varint())
        pairs.append(f"{first(key)}:{dec_text(part.take(part.varint()))}")
    return ",".join(pairs)


def value_text(kind, data, of="0"):
    """A canonical value of a type of schema.def."""
    if kind == "BOOL":
        return "true" if data[0] else "false"
    if kind in ("INT", "TIME", "DAY"):
        number = zigzag(Bytes(data).varint())
        return {"INT": str, "TIME": time_text, "DAY": day_text}[kind](number)
    if kind == "ENUM":
        return str(Bytes(data).varint())
    if kind == "DEC":
        return dec_text(data)
    if kind == "LIST":
        first = dec_text if of == "DEC_DEC" else (
            lambda b: day_text(zigzag(Bytes(b).varint())))
        return list_text(data, first)
    if kind == "REF":
        return id_text(data) or "an id"
    return plain_text(data) or "bytes"


class Lines:
    """Collects lines; `depth` indents."""

    def __init__(self):
        self.lines, self.depth = [], 0

    def add(self, hexes, comment=""):
        """`hexes`: bytes objects, shown with a space between them; whatever
        is longer than 16 bytes goes on on further lines."""
        pad = "  " * self.depth
        text, rest = pad + " ".join(h[:16].hex() for h in hexes if h), b""
        if hexes and len(hexes[-1]) > 16:
            rest = hexes[-1][16:]
        if comment:
            text = f"{text:<{COMMENT}}# {pad}{comment}"
        self.lines.append(text.rstrip())
        while rest:
            under = " " * sum(2 * len(h) + 1 for h in hexes[:-1])
            self.lines.append(pad + under + rest[:16].hex())
            rest = rest[16:]

    def add_zeros(self, count, comment):
        """Many zero bytes: `00*N`."""
        pad = "  " * (self.depth + 1)
        self.lines.append(f"{pad + f'00*{count}':<{COMMENT}}# {pad}{comment}")

    def text(self):
        return "\n".join(self.lines) + "\n"


def field_text(kind, number, form):
    word = FIELDS.get((kind, number)) or FIELDS.get((0, number))
    name = word[0] if word else "?"
    return f"{number} {name}, {FORMS[form]}"


def number_text(message, name, value, context):
    if name == "kind" and message == "Payload":
        context["kind"] = value
        return f"{value} {KINDS.get(value, '?')}"
    if name == "verb":
        return f"{value} {VERBS.get(value, '?')}"
    if name == "outcome":
        return f"{value} {OUTCOMES[value]}"
    if message == "Change" and name == "field":
        context["fields"] = [value]
        kind = context.get("kind", 0)
        return field_text(kind, value // 4, value % 4)
    return str(value)


def data_text(context, data):
    """The value of the next column of a Row, or of a Change."""
    number = context["fields"].pop(0) // 4
    kind = context.get("kind", 0)
    word = FIELDS.get((kind, number)) or FIELDS.get((0, number))
    if not data or word is None:
        return "none"
    return value_text(word[1], data, word[2])


def kinds_of_registers(context):
    """For each register of Rows, the kind of its row."""
    return [kind for kind, count in zip(context.get("kind", []),
                                        context.get("regs", []))
            for _ in range(count)]


def annotate_packed(lines, head, message, field, data, context):
    """Packed numbers; what registers they are, on lines of their own."""
    part, numbers = Bytes(data), []
    while part.more():
        n = part.varint()
        numbers.append(zigzag(n) if field.type == "sint64" else n)
    if message == "Rows":
        context[field.name] = list(numbers)
    if field.name == "field":
        kinds = kinds_of_registers(context) or [context.get("entity", 0)] * \
            len(numbers)
        lines.add([head, data], f"{field.name}:")
        for kind, n in zip(kinds, numbers):
            lines.add([], "  " + field_text(kind, n // 4, n % 4))
    else:
        shown = " ".join(str(n) for n in numbers)
        lines.add([head, data], f"{field.name} = {shown}")


def annotate_columns(lines, head, data, context):
    """Data of the registers of Rows that are no references."""
    lines.add([head], "data, of each register that has some here:")
    part = Bytes(data)
    for kind, number, size in zip(kinds_of_registers(context),
                                  context["field"], context["size"]):
        if size == 0 or size % 2:
            continue
        one = part.take(size // 2)
        inner = {"kind": kind, "fields": [number]}
        lines.depth += 1
        lines.add([one], data_text(inner, one))
        lines.depth -= 1
    assert not part.more()


def annotate_tails(lines, head, data):
    lines.add([head], "tail: the other 10 bytes of each")
    lines.depth += 1
    for at in range(0, len(data), 10):
        tail = data[at:at + 10]
        lines.add([tail], id_text(ID_START[:6] + tail) or "")
    lines.depth -= 1


def annotate_bytes(lines, head, message, field, data, context):
    if message == "Rows":
        annotate_columns(lines, head, data, context)
    elif message == "Ids":
        annotate_tails(lines, head, data)
    elif field.name == "buckets":
        lines.add([head], "buckets, 256 * 16 bytes:")
        one = next(i for i in range(256) if any(data[i * 16:i * 16 + 16]))
        lines.add_zeros(one * 16, f"buckets 0 to {one - 1}, empty")
        lines.add([data[one * 16:one * 16 + 16]], f"bucket {one}")
        lines.add_zeros(4080 - one * 16, f"buckets {one + 1} to 255, empty")
    elif field.name == "data":
        lines.add([head, data], f"data = {data_text(context, data)}")
    elif field.name == "payload" and message == "Operation":
        lines.add([head], "payload: a Payload")
        nested(lines, "Payload", data, {})
    elif data and id_text(data):
        lines.add([head, data], f"{field.name} = {id_text(data)}")
    elif plain_text(data):
        text = plain_text(data)
        if len(text) < 30:
            lines.add([head, data], f"{field.name} = {text}")
        else:
            lines.add([head, data], f"{field.name}, text:")
            for line in data.decode("utf-8").splitlines():
                if len(line) > TEXT_MAX:
                    line = line[:TEXT_MAX - 1] + "…"
                lines.add([], ("  | " + line).rstrip())
    else:
        count = f"{len(data)} byte" + ("s" if len(data) != 1 else "")
        lines.add([head, data], f"{field.name}, {count}")


def nested(lines, message, data, context):
    lines.depth += 1
    annotate_message(lines, message, data, context)
    lines.depth -= 1


def annotate_message(lines, message, data, context=None):
    part, context = Bytes(data), context if context is not None else {}
    while part.more():
        start = part.at
        key = part.varint()
        field = MESSAGES[message][key >> 3]
        if key & 7 == 0:
            value = part.varint()
            head = data[start:part.at]
            shown = number_text(message, field.name, value, context)
            if field.type == "sint64":
                shown = time_text(zigzag(value))
            if field.type == "bool":
                shown = "true" if value else "false"
            lines.add([head], f"{field.name} = {shown}")
        elif key & 7 == 1:
            value = struct.unpack("<Q", part.take(8))[0]
            head = data[start:start + 1]
            lines.add([head, data[start + 1:part.at]],
                      f"{field.name} = 0x{value:x}")
        else:
            count = part.varint()
            head, body = data[start:part.at], part.take(count)
            if field.type in contract.SCALARS - {"bytes"}:
                annotate_packed(lines, head, message, field, body, context)
            elif field.type == "bytes":
                annotate_bytes(lines, head, message, field, body, context)
            else:
                lines.add([head], f"{field.name}: {field.type}, {count} bytes")
                inner = {"entity": 11}
                if "kind" in context:
                    inner["kind"] = context["kind"]
                nested(lines, field.type, body, inner)


def annotate_frame(lines, data):
    if data[0] == 1:
        number = data[1]
        request = struct.unpack(">I", data[4:8])[0]
        lines.add([data[0:1], data[1:2], data[2:4], data[4:8]],
                  f"version 1, {FRAMES[number]}, flags, request {request}")
        body = data[8:]
    else:
        number = data[0]
        scope = struct.unpack(">I", data[1:5])[0]
        lines.add([data[0:1], data[1:5], data[5:6], data[6:7]],
                  f"{FRAMES[number]}, scope {scope}, version 1, flags")
        body = data[7:]
    annotate_message(lines, FRAMES[number], body)
