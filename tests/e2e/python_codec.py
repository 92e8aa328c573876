"""The bytes of docs/protocol.md, section by section: no socket, no clock.

Whoever writes a client of his own can begin here.  What the page says a reader
refuses is refused with Wrong.
"""
import base64
import hashlib
import struct

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

NONE16, NONE32, NONE64 = bytes(16), bytes(32), bytes(64)
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


class Wrong(Exception):
    """What came is not what the page says."""


def need(condition, what):
    if not condition:
        raise Wrong(what)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# ---- Notation, values -------------------------------------------------------


def varint(n):
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    return bytes(out) + bytes([n])


def zigzag(n):
    return varint(2 * n if n >= 0 else -2 * n - 1)


def read_zigzag(data):
    n = sum((byte & 0x7F) << 7 * i for i, byte in enumerate(data))
    need(data == varint(n), "a varint that is not the shortest")
    return n // 2 if n % 2 == 0 else -(n + 1) // 2


def block(data):
    return varint(len(data)) + data


def decimal(mantissa, scale):
    """A DEC: mantissa * 10^-scale."""
    while scale and mantissa % 10 == 0:
        mantissa, scale = mantissa // 10, scale - 1
    return bytes([scale]) + zigzag(mantissa)


# ---- The invite token -------------------------------------------------------


class Token:
    def __init__(self, word):
        need(word.startswith("okr1-"), "no invite token")
        bits = value = 0
        out = bytearray()
        for letter in word[5:]:
            need(letter in ALPHABET, f"no letter of a token: {letter}")
            value, bits = value << 5 | ALPHABET.index(letter), bits + 5
            if bits >= 8:
                bits -= 8
                out.append(value >> bits)
                value &= (1 << bits) - 1
        need(bits < 5 and value == 0, "a token of another length")
        data = bytes(out[:-4])
        need(sha256(data)[:4] == out[-4:], "the token was copied wrongly")
        need(len(data) == 77 + data[76], "a token of another length")
        self.id, self.secret = data[:8], data[8:28]
        self.server_key, self.log_hash = data[28:60], data[60:76]
        self.endpoint = data[77:].decode()


# ---- The log: checkpoints and proofs ----------------------------------------


def signed(key, signature, message):
    try:
        VerifyKey(key).verify(message, signature)
        return True
    except (BadSignatureError, ValueError):
        return False


def open_checkpoint(note, key):
    """A signed note (C2SP) -> origin, size, root."""
    text, empty, lines = note.decode().partition("\n\n")
    text += "\n"
    need(empty and text.count("\n") == 3, "no checkpoint")
    origin, size, root = text.splitlines()
    key_id = sha256(origin.encode(), b"\n\x01", key)[:4]
    for line in lines.splitlines():
        dash, name, blob = line.split(" ")
        blob = base64.b64decode(blob, validate=True)
        if dash == "\u2014" and name == origin and blob[:4] == key_id:
            need(signed(key, blob[4:], text.encode()),
                 "a checkpoint with another signature")
            return origin, int(size), base64.b64decode(root, validate=True)
    raise Wrong("a checkpoint that the log did not sign")


def leaf_hash(leaf):
    return sha256(b"\0", leaf)


def node(left, right):
    return sha256(b"\1", left, right)


def included(leaf, index, size, proof, root):
    """RFC 9162, 2.1.3.2."""
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def consistent(size1, root1, size2, root2, proof):
    """RFC 9162, 2.1.4.2; from 0 everything is consistent."""
    if size1 == 0 or size1 == size2:
        return not proof and (size1 == 0 or root1 == root2)
    if size1 & (size1 - 1) == 0:
        proof = [root1] + proof
    if not proof:
        return False
    fn, sn = size1 - 1, size2 - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = proof[0]
    for c in proof[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == root1 and sr == root2


# ---- Signed and hashed layouts ----------------------------------------------


def tag(name):
    return (b"\0okr/" + name + b"/v1").ljust(16, b"\0")


def enrol_layout(m):
    return b"".join((tag(b"enrol"), m.token_id, sha256(m.secret), m.site,
                     m.site_key, m.witness_key, m.link_key))


def op_header(org, op):
    commitment = sha256(b"\0okr/payload/v1\0", op.salt, op.payload)
    return (tag(b"op") + org + op.person + op.id +
            struct.pack(">qHHI", op.time_us, op.verb, op.schema,
                        len(op.payload)) + commitment)


def op_hash(org, op):
    return sha256(b"\0okr/ophash/v1\0", op_header(org, op), op.sig or NONE64)


def push_layout(org, site, push, seen_root, prev):
    hashes = [op_hash(org, op) for op in push.operations]
    return (tag(b"push") + org + site +
            struct.pack(">QQI", push.incarnation, push.first_seq, len(hashes)) +
            sha256(*hashes) + struct.pack(">Q", push.seen_size) +
            (seen_root or NONE32) + (prev or NONE32))


def op_leaf(org, op, answer, index):
    """The leaf of an operation, put together again from its answer."""
    kind = 1 if answer.outcome < 3 else 2  # rejected, parked
    body = op_header(org, op) + (op.sig or NONE64) + answer.effects
    return (tag(b"leaf") +
            struct.pack(">QqHHI", index, answer.time_us, kind,
                        answer.outcome * 256 + answer.rule, len(body)) +
            body + answer.meta)


def read_leaf(leaf):
    """A leaf -> index, kind, result, entities that it wrote."""
    need(leaf[:16] == tag(b"leaf"), "no leaf")
    index, _, kind, result, length = struct.unpack(">QqHHI", leaf[16:40])
    need(len(leaf) == 40 + length + 32, "a leaf of another length")
    body, at = leaf[40:40 + length], 216
    at += 1 + (172 + 64 if body[at] else 0)
    (count,), wrote = struct.unpack_from(">I", body, at), []
    at += 4
    for _ in range(count):
        wrote.append(body[at:at + 16])
        at += 29 + struct.unpack_from(">H", body, at + 27)[0]
    need(at == len(body), "bytes behind the effects")
    return index, kind, result, wrote


# ---- Registers and records, rows --------------------------------------------

UNSET, VALUE, PRESENT, ABSENT = range(4)
HOME = 1  # the field that says in which scope an entity is
ALL, GONE = 1, 2


class Entity:
    def __init__(self, kind):
        self.kind = kind
        self.registers = {}  # (field, element) -> form, lsn, data

    def join(self, field, form, lsn, data):
        key = field, data if form >= PRESENT else b""
        if key not in self.registers or self.registers[key][1] < lsn:
            self.registers[key] = form, lsn, data

    def value(self, field):
        form, _, data = self.registers.get((field, b""), (UNSET, 0, b""))
        return data if form == VALUE else None

    def record(self, id):
        out = id + varint(self.kind) + varint(len(self.registers))
        for (field, _), (form, lsn, data) in sorted(self.registers.items()):
            out += varint(field) + bytes([form]) + varint(lsn) + block(data)
        return out

    def home(self):
        return read_zigzag(self.value(HOME)), self.registers[HOME, b""][1]


class Copy:
    """What a site holds: entities, and what has gone from it."""

    def __init__(self):
        self.entities = {}
        self.gone = {}  # id -> lsn
        self.met = {}  # scope -> largest lsn that a digest has to cover

    def apply(self, row):
        id, entity = row["id"], self.entities.get(row["id"])
        if entity:
            self.meet(entity.home()[0], row["elsn"])
        if row["flags"] & GONE:
            if entity and entity.home()[1] < row["elsn"]:
                del self.entities[id]
            self.gone[id] = max(row["elsn"], self.gone.get(id, 0))
            return
        if not entity:
            if not row["flags"] & ALL:
                return  # a part of what is not here
            entity = Entity(row["kind"])
        for register in row["registers"]:
            entity.join(*register)
        if entity.home()[1] >= self.gone.get(id, 0):
            self.entities[id] = entity
            self.meet(entity.home()[0], row["elsn"])

    def meet(self, scope, lsn):
        self.met[scope] = max(lsn, self.met.get(scope, 0))

    def digest(self, scope):
        total = 0
        for id, entity in self.entities.items():
            if entity.home()[0] == scope:
                h = hashlib.blake2b(entity.record(id), digest_size=16)
                total += int.from_bytes(h.digest(), "little")
        return (total % (1 << 128)).to_bytes(16, "little")


class References:
    """The table `ids` of one message, and how far it was named."""

    def __init__(self, ids):
        need(len(ids.tail) == 10 * len(ids.head), "ids: two lengths")
        self.table, head = [], 0
        for i, step in enumerate(ids.head):
            head = head + step & (1 << 48) - 1
            self.table.append(head.to_bytes(6, "big") +
                              ids.tail[10 * i:10 * i + 10])
        self.named = 0

    def get(self, n):
        if n == 0:
            return NONE16
        if n == 1:
            self.named += 1
            n = self.named + 1
        need(n - 1 <= self.named <= len(self.table), "a reference to nothing")
        return self.table[n - 2]


def read_rows(rows, refs):
    """Columns -> rows, in their order."""
    count = len(rows.id)
    for name in "kind elsn flags regs person site verb time_us".split():
        need(len(getattr(rows, name)) == count, f"rows: {name} is not {count}")
    total = sum(rows.regs)
    need(len(rows.field) == len(rows.age) == len(rows.size) == total,
         "rows: columns of registers")
    elsn = time_us = at = used = 0
    out = []
    for i in range(count):
        elsn = elsn + rows.elsn[i] & (1 << 64) - 1
        time_us += rows.time_us[i]
        id, registers = refs.get(rows.id[i]), []
        for r in range(at, at + rows.regs[i]):
            field, form = divmod(rows.field[r], 4)
            size = rows.size[r] >> 1
            if rows.size[r] & 1:
                data = refs.get(size)
            else:
                data = rows.data[used:used + size]
                used += size
                need(len(data) == size, "rows: data ends early")
            registers.append((field, form, elsn - rows.age[r], data))
        at += rows.regs[i]
        out.append({"id": id, "kind": rows.kind[i], "elsn": elsn,
                    "flags": rows.flags[i], "registers": registers,
                    "person": refs.get(rows.person[i]),
                    "site": refs.get(rows.site[i]), "verb": rows.verb[i],
                    "time_us": time_us})
    need(used == len(rows.data), "rows: bytes behind the data")
    return out
