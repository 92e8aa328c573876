"""What the tree says about its bytes: proto/*.proto and common/model/*.def."""
import pathlib
import re
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parents[2]

FIELD = re.compile(r"^\s*(repeated )?(\w+) (\w+) = (\d+);", re.M)
MESSAGE = re.compile(r"^message (\w+) \{(.*?)^\}", re.M | re.S)
SCALARS = {"uint32", "uint64", "sint64", "bool", "fixed64", "bytes"}


class Field(NamedTuple):
    name: str
    type: str
    repeated: bool


def _read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def messages():
    """{message: {number: Field}} of all .proto files."""
    result = {}
    for path in sorted((ROOT / "proto").glob("*.proto")):
        text = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
        for name, body in MESSAGE.findall(text):
            result[name] = {int(number): Field(field, kind, bool(repeated))
                            for repeated, kind, field, number
                            in FIELD.findall(body)}
    return result


def schema():
    """({kind number: word}, {(kind number or 0, field): (word, type, of)})"""
    text = _read("common/model/schema.def")
    kinds, numbers = {}, {"ANY": 0}
    for number, name, word in re.findall(
            r'^KIND\((\d+), (\w+), "(\w+)"', text, re.M):
        kinds[int(number)] = word
        numbers[name] = int(number)
    fields = {(numbers[kind], int(number)): (word, kind_of, of)
              for kind, number, word, kind_of, of in re.findall(
                  r'^FIELD\((\w+), (\d+), \w+, "(\w+)", (\w+), (\w+)',
                  text, re.M)}
    return kinds, fields


def verbs():
    """{number: word}"""
    return {int(number): word for number, word in re.findall(
        r'^VERB\((\d+), \w+, "(\w+)"', _read("common/model/verbs.def"), re.M)}


def rules():
    """[(number, name, what is wrong)]"""
    return [(int(number), name, what) for number, name, what in re.findall(
        r'X\((\d+), \w+, "(\w+)",[\s\\]*"([^"]*)"',
        _read("common/base/verdict.h"))]


def frames():
    """{message number: message}"""
    return {int(number): name for number, name in re.findall(
        r"X\((\d+), \w+, \w+, (\w+)\)", _read("common/msg/msg.h"))}
