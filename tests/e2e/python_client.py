#!/usr/bin/env python3
"""A site in Python, made from docs/protocol.md and proto/ alone.

    python_client.py TOKEN KEY_RESULT PERSON

KEY_RESULT and PERSON are ids in hex.  $OKR_PROTO is the folder proto/, and on
$PYTHONPATH are its modules (protoc --python_out).  It enrols, copies every
scope that it may follow, prints "ready", waits for one change by somebody else,
checks in, and prints what it has as JSON.  It keeps nothing: a real site writes
its outbox and its keys to disk first, and goes on for ever.
"""
import hashlib
import json
import os
import struct
import sys
import time

import nacl.public
import nacl.signing
import sync_pb2 as pb
import types_pb2 as types
import zmq
import zstandard

import python_codec as codec
from python_codec import need

TYPES = dict(hello=1, welcome=2, refuse=3, push=4, pushed=5, pull=6, page=7,
             event=8, head=9, beat=10, busy=11, error=12, enrol=13,
             enrolled=14, proof=15, proved=16)
ANSWERS = {TYPES[n]: m for n, m in dict(
    welcome=pb.Welcome, refuse=pb.Refuse, pushed=pb.Pushed, page=pb.Page,
    busy=pb.Busy, error=pb.Error, enrolled=pb.Enrolled,
    proved=pb.Proved).items()}
BROADCAST = {8: pb.Event, 9: pb.Head, 10: pb.Beat}
COMPRESSED = 1
FRAME_MAX = 256 * 1024
PATIENCE = 15  # seconds
VERB_CHECKIN, KIND_CHECKIN = 5, 12
KEY_RESULT, CHECKED_VALUE, OBSERVED_AT = 16, 17, 22
REJECTED, PARKED = 3, 4
BAD_SIGNATURE = 2  # a rule
MALFORMED = 1  # a code of Error
PRIVATE = 2


def uuid7():
    stamp = (time.time_ns() // 1_000_000).to_bytes(6, "big")
    rest = bytearray(os.urandom(10))
    rest[0] = rest[0] & 0x0F | 0x70
    rest[2] = rest[2] & 0x3F | 0x80
    return stamp + bytes(rest)


def now_us():
    return time.time_ns() // 1000


# ---- Frames and compression -------------------------------------------------


class Bodies:
    """Unpacks bodies, compressed ones too."""

    def __init__(self, proto):
        with open(os.path.join(proto, "dictionary-1.hex")) as file:
            data = bytes.fromhex(file.read())
        need(hashlib.sha256(data).hexdigest().startswith("146777490298522f"),
             "another dictionary")
        self.zstd = zstandard.ZstdDecompressor(
            dict_data=zstandard.ZstdCompressionDict(data))
        self.plain = self.compressed = 0

    def read(self, message, flags, body):
        if flags & COMPRESSED:
            need(body[0] == 1, "an unknown dictionary")
            size = zstandard.get_frame_parameters(body[1:]).content_size
            need(size <= FRAME_MAX, "a body that says no size, or too much")
            reader = self.zstd.decompressobj()
            body = reader.decompress(body[1:])
            need(len(body) == size and not reader.unused_data, "a zstd frame")
            self.compressed += 1
        else:
            self.plain += 1
        return message.FromString(body)


class Link:
    """The DEALER to the server's ROUTER."""

    def __init__(self, context, token, secret, bodies):
        self.socket = context.socket(zmq.DEALER)
        self.bodies, self.number = bodies, 0
        secure(self.socket, token.server_key, secret)
        self.socket.connect(token.endpoint)

    def frame(self, name, message):
        self.number += 1
        return (struct.pack(">BBHI", 1, TYPES[name], 0, self.number) +
                message.SerializeToString())

    def send(self, frame):
        """Sends a frame and waits for what answers it."""
        self.socket.send(frame)
        while self.socket.poll(PATIENCE * 1000):
            data = self.socket.recv()
            version, kind, flags, number = struct.unpack_from(">BBHI", data)
            need(version == 1 and kind in ANSWERS, "a frame of another kind")
            answer = self.bodies.read(ANSWERS[kind], flags, data[8:])
            if number == struct.unpack_from(">I", frame, 4)[0]:
                return answer
        raise codec.Wrong(f"no answer to type {frame[1]}")

    def ask(self, name, message, expected):
        while True:
            answer = self.send(self.frame(name, message))
            if not isinstance(answer, pb.Busy):
                break
            time.sleep(answer.retry_ms / 1000)
        need(isinstance(answer, expected), f"{name}: {answer}")
        return answer


def secure(socket, server_key, secret):
    socket.curve_serverkey = server_key
    socket.curve_secretkey = bytes(secret)
    socket.curve_publickey = bytes(secret.public_key)
    socket.linger = 0


# ---- The site ---------------------------------------------------------------


class Site:
    def __init__(self, token):
        self.token, self.id = codec.Token(token), uuid7()
        self.key = nacl.signing.SigningKey.generate()
        self.witness = nacl.signing.SigningKey.generate()
        self.secret = nacl.public.PrivateKey.generate()
        self.bodies = Bodies(os.environ["OKR_PROTO"])
        self.context = zmq.Context()
        self.link = Link(self.context, self.token, self.secret, self.bodies)
        self.incarnation = int.from_bytes(os.urandom(8), "big")
        self.copy, self.cursors, self.epoch = codec.Copy(), {}, None
        self.seq, self.prev = 0, None
        self.pages, self.events, self.written = 0, 0, {}

    def enrol(self):
        m = pb.Enrol(token_id=self.token.id, secret=self.token.secret,
                     site=self.id, site_key=bytes(self.key.verify_key),
                     witness_key=bytes(self.witness.verify_key),
                     link_key=bytes(self.secret.public_key))
        m.sig = self.key.sign(codec.enrol_layout(m)).signature
        done = self.link.ask("enrol", m, pb.Enrolled)
        need(codec.sha256(done.log_key)[:16] == self.token.log_hash,
             "this is not the log of the token")
        self.log_key, self.org, self.name = done.log_key, done.org, done.name
        self.origin, self.size, self.root = codec.open_checkpoint(
            done.checkpoint, self.log_key)
        need(codec.included(codec.leaf_hash(done.leaf), done.leaf_index,
                            self.size, list(done.proof), self.root),
             "the enrolment is not in the log")
        index, kind, result, wrote = codec.read_leaf(done.leaf)
        need((index, kind, result) == (done.leaf_index, 4, 0) and
             self.id in wrote, "the leaf is not this enrolment")

    def hello(self):
        m = pb.Hello(version_min=1, version_max=1, site=self.id,
                     incarnation=self.incarnation, epoch=self.epoch,
                     last_push=self.prev or b"", frame_max=FRAME_MAX,
                     seen_size=self.size, schema=1)
        for scope, lsn in self.cursors.items():
            m.cursors.add(scope=scope, lsn=lsn)
        welcome = self.link.ask("hello", m, pb.Welcome)
        need(welcome.org == self.org, "another organisation")
        need(welcome.origin.decode() == self.origin, "another log")
        need(welcome.last_seq == self.seq, "another one speaks in my name")
        self.epoch, self.base = welcome.epochs[-1], welcome.base_lsn
        for cursor in welcome.heads:
            root = cursor.scope // 4 * 4
            for scope in (cursor.scope, root, root + 1):
                self.cursors.setdefault(scope, 0)
        return welcome

    def subscribe(self, welcome):
        self.sub = self.context.socket(zmq.SUB)
        secure(self.sub, self.token.server_key, self.secret)
        for scope in self.public():
            for name in ("event", "head"):
                self.sub.subscribe(struct.pack(">BI", TYPES[name], scope))
        self.sub.subscribe(struct.pack(">BI", TYPES["beat"], 0))
        host = self.token.endpoint.rpartition(":")[0]
        self.sub.connect(f"{host}:{welcome.publish.decode()}")

    def public(self):
        """Private scopes are pulled, never published."""
        return {scope for scope in self.cursors if scope % 4 != PRIVATE}

    # ---- Pulling ----

    def pull(self, bytes_max, scopes=None):
        """All that is new, until each section has ended with a digest."""
        todo = {scope: {} for scope in scopes or self.cursors}
        own_seq = 0
        while todo:
            m = pb.Pull(bytes_max=bytes_max, dictionary=1)
            for scope, token in todo.items():
                m.wants.add(scope=scope, since=self.cursors[scope], **token)
            page = self.link.ask("pull", m, pb.Page)
            need(page.sections, "a page without sections")
            refs, own_seq = codec.References(page.ids), page.own_seq
            self.pages += 1
            for section in page.sections:
                for row in codec.read_rows(section.rows, refs):
                    self.copy.apply(row)
                if section.more:
                    todo[section.scope] = dict(after_elsn=section.token_elsn,
                                               after_id=section.token_id,
                                               upto=section.upto)
                else:
                    self.ended(section)
                    del todo[section.scope]
        return own_seq

    def ended(self, section):
        self.cursors[section.scope] = section.head
        self.compare(section.scope, section)

    def compare(self, scope, told):
        """A real site repairs what differs."""
        if told.head == self.cursors[scope] >= self.copy.met.get(scope, 0):
            need(self.copy.digest(scope) == told.digest,
                 f"scope {scope}: the digests differ")

    # ---- Events ----

    def listen(self, wanted):
        """Hears events and heads until wanted(message, scope) is true."""
        end = time.monotonic() + PATIENCE
        while self.sub.poll(max(0, end - time.monotonic()) * 1000):
            data = self.sub.recv()
            kind, scope, version, flags = struct.unpack_from(">BIBB", data)
            need(version == 1 and kind in BROADCAST, "an unknown broadcast")
            m = self.bodies.read(BROADCAST[kind], flags, data[7:])
            if kind == TYPES["event"]:
                self.event(m, scope)
            elif kind == TYPES["head"]:
                self.compare(scope, m)
                if m.head > self.cursors[scope]:
                    self.pull(4096, [scope])
            if wanted(m, scope):
                return m
        raise codec.Wrong("the broadcast is silent")

    def event(self, m, scope):
        cursor = self.cursors[scope]
        need(m.epoch == self.epoch.counter, "another epoch")
        if m.lsn <= cursor:
            return
        if m.prev_lsn > cursor:
            self.pull(4096, [scope])
            return
        for row in codec.read_rows(m.rows, codec.References(m.ids)):
            self.copy.apply(row)
        self.cursors[scope], self.events = m.lsn, self.events + 1
        for mark in m.marks:
            if mark.site == self.id and mark.incarnation == self.incarnation:
                self.written[scope] = mark.seq

    def heads(self):
        """Hears a head of every scope subscribed to: the copy is whole."""
        missing = self.public()

        def heard(m, scope):
            if isinstance(m, pb.Head):
                missing.discard(scope)
            return not missing

        self.listen(heard)

    # ---- Pushing ----

    def checkin(self, key_result, person, value):
        """The operation that says: the key result is at value (a DEC)."""
        payload = types.Payload(verb=VERB_CHECKIN, kind=KIND_CHECKIN,
                                entity=uuid7())
        at = now_us()
        for field, data in ((KEY_RESULT, key_result), (CHECKED_VALUE, value),
                            (OBSERVED_AT, codec.zigzag(at))):
            payload.changes.add(field=field * 4 + codec.VALUE, data=data)
        return types.Operation(id=uuid7(), person=person, time_us=at,
                               verb=VERB_CHECKIN, schema=1,
                               payload=payload.SerializeToString(),
                               salt=os.urandom(32))

    def push(self, operations):
        """A Push as it is stored, and its hash for the next one."""
        m = pb.Push(incarnation=self.incarnation, first_seq=self.seq + 1,
                    operations=operations, prev8=(self.prev or b"")[:8],
                    seen_size=self.size, seen_root8=self.root[:8])
        layout = codec.push_layout(self.org, self.id, m, self.root, self.prev)
        m.sig = self.key.sign(layout).signature
        return m, codec.sha256(layout)

    def deliver(self, frame, push, hash, expected=((0, 0), (0, 0))):
        """Sends a push for the first time, and checks what is answered."""
        pushed = self.link.send(frame)
        need(isinstance(pushed, pb.Pushed), f"push: {pushed}")
        need(len(pushed.answers) == len(push.operations) and
             pushed.incarnation == push.incarnation and
             pushed.first_seq == push.first_seq, "answers to another push")
        self.advance()
        for op, answer, what in zip(push.operations, pushed.answers, expected):
            need(answer.op == op.id, "an answer to another operation")
            need((answer.outcome, answer.rule) == what, f"{what}: {answer}")
            self.logged(op, answer)
        self.seq += len(push.operations)
        self.prev = hash
        return pushed

    def logged(self, op, answer):
        """The answer's leaf is in the log, and that log continues ours."""
        index = answer.lsn - self.base - 1
        leaf = codec.op_leaf(self.org, op, answer, index)
        codec.read_leaf(leaf)
        m = pb.Proof(inclusion=True, index=index, to=self.size)
        proved = self.link.ask("proof", m, pb.Proved)
        need(codec.included(codec.leaf_hash(leaf), index, self.size,
                            list(proved.hash), self.root),
             "the operation is not in the log")

    def advance(self):
        """Goes on to the newest checkpoint: nothing before it changed."""
        m = pb.Proof(**{"from": self.size})
        proved = self.link.ask("proof", m, pb.Proved)
        origin, size, root = codec.open_checkpoint(proved.checkpoint,
                                                   self.log_key)
        need((origin, size) == (self.origin, proved.to), "another checkpoint")
        need(codec.consistent(self.size, self.root, size, root,
                              list(proved.hash)), "the log was changed")
        self.size, self.root = size, root


# ---- What it does here ------------------------------------------------------


def see_a_change(site, key_result):
    """Somebody else changes the key result."""
    before = site.copy.entities[key_result].record(key_result)
    site.listen(lambda m, scope: before != site.copy.entities[
        key_result].record(key_result))
    need(site.events, "no event brought it")
    site.pull(4096)  # compares the digests


def check_in(site, key_result, person):
    """A check-in, pushed, answered, logged, and seen by all."""
    value = codec.decimal(425, 1)
    op = site.checkin(key_result, person, value)
    push, hash = site.push([op])
    frame = site.link.frame("push", push)
    pushed = site.deliver(frame, push, hash)
    answer, wrote = pushed.answers[0], set(pushed.answers[0].scope)
    site.listen(lambda m, scope: wrote <= set(site.written))
    site.pull(4096)
    made = types.Payload.FromString(op.payload).entity
    need(site.copy.entities[made].value(CHECKED_VALUE) == value,
         "the check-in did not come back")
    need((codec.VALUE, answer.lsn, value) in
         site.copy.entities[key_result].registers.values(),
         "the key result does not say what was checked in")
    # The same bytes once more: the same answer, and nothing new.
    need(site.link.send(frame) == pushed, "another answer to the same push")


def check_in_again(site, key_result, person):
    """Two more, chained to the first; with a broken signature first."""
    push, hash = site.push([site.checkin(key_result, person,
                                         codec.decimal(n, 0))
                            for n in (60, 81)])
    broken = pb.Push.FromString(push.SerializeToString())
    broken.sig = push.sig[:40] + bytes([push.sig[40] ^ 1]) + push.sig[41:]
    refused = site.link.send(site.link.frame("push", broken))
    need(isinstance(refused, pb.Error) and refused.code == MALFORMED and
         refused.last_seq == site.seq, f"a broken signature: {refused}")
    site.deliver(site.link.frame("push", push), push, hash)


def check_in_wrongly(site, key_result, person):
    """What is refused, and what waits for an entity, has a leaf as well."""
    forged = site.checkin(key_result, person, codec.decimal(1, 0))
    forged.sig = bytes(range(64))
    lost = site.checkin(uuid7(), person, codec.decimal(1, 0))
    push, hash = site.push([forged, lost])
    site.deliver(site.link.frame("push", push), push, hash,
                 [(REJECTED, BAD_SIGNATURE), (PARKED, 0)])


def talk_nonsense(site):
    """What cannot be read is told so, under the number it came with."""
    for kind, body, code in ((99, b"", 7), (TYPES["push"], b"\xff\xff", 1)):
        site.link.number += 1
        answer = site.link.send(struct.pack(">BBHI", 1, kind, 0,
                                            site.link.number) + body)
        need(isinstance(answer, pb.Error) and answer.code == code,
             f"type {kind} was answered with {answer}")


def main(token, key_result, person):
    key_result, person = bytes.fromhex(key_result), bytes.fromhex(person)
    site = Site(token)
    site.enrol()
    welcome = site.hello()
    site.pull(4096)
    need(key_result in site.copy.entities, "the key result is not here")
    need(person in site.copy.entities, "the person is not here")
    site.subscribe(welcome)
    site.heads()
    print("ready", flush=True)
    see_a_change(site, key_result)
    check_in(site, key_result, person)
    check_in_again(site, key_result, person)
    check_in_wrongly(site, key_result, person)
    talk_nonsense(site)
    need(site.pull(4096) == site.seq, "own_seq is not all that was pushed")
    need(site.hello().last_push == site.prev, "the server's last push")
    print(json.dumps({
        "site": site.id.hex(), "last_seq": site.seq, "size": site.size,
        "root": site.root.hex(), "pages": site.pages,
        "compressed": site.bodies.compressed, "events": site.events,
        "scopes": {scope: [lsn, site.copy.digest(scope).hex()]
                   for scope, lsn in sorted(site.cursors.items()) if lsn}}))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except codec.Wrong as wrong:
        sys.exit(f"python_client: {wrong}")
