"""A second, smaller codec of AMQP 0-9-1, so that a fault in Leveret's cannot hide itself.

Rule: nothing here imports Leveret. Methods are one line each in the book's order; a plain value
gets the usual field type and `Typed` any other, right or wrong. Decoding keeps the type letter.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Table = dict[str, Any]

# One line per method: name, class id, method id, arguments as type:name.
# o octet, h short, l long, q longlong, s shortstr, S longstr, b bit, t table.
BOOK = """
connection.start 10 10 o:version_major o:version_minor t:server_properties S:mechanisms S:locales
connection.start-ok 10 11 t:client_properties s:mechanism S:response s:locale
connection.secure 10 20 S:challenge
connection.secure-ok 10 21 S:response
connection.tune 10 30 h:channel_max l:frame_max h:heartbeat
connection.tune-ok 10 31 h:channel_max l:frame_max h:heartbeat
connection.open 10 40 s:virtual_host s:capabilities b:insist
connection.open-ok 10 41 s:known_hosts
connection.close 10 50 h:reply_code s:reply_text h:class_id h:method_id
connection.close-ok 10 51
connection.blocked 10 60 s:reason
connection.unblocked 10 61
connection.update-secret 10 70 S:new_secret s:reason
connection.update-secret-ok 10 71
channel.open 20 10 s:out_of_band
channel.open-ok 20 11 S:channel_id
channel.flow 20 20 b:active
channel.flow-ok 20 21 b:active
channel.close 20 40 h:reply_code s:reply_text h:class_id h:method_id
channel.close-ok 20 41
access.request 30 10 s:realm b:exclusive b:passive b:active b:write b:read
access.request-ok 30 11 h:ticket
exchange.declare 40 10 h:ticket s:exchange s:type b:passive b:durable b:auto_delete b:internal \
b:nowait t:arguments
exchange.declare-ok 40 11
exchange.delete 40 20 h:ticket s:exchange b:if_unused b:nowait
exchange.delete-ok 40 21
exchange.bind 40 30 h:ticket s:destination s:source s:routing_key b:nowait t:arguments
exchange.bind-ok 40 31
exchange.unbind 40 40 h:ticket s:destination s:source s:routing_key b:nowait t:arguments
exchange.unbind-ok 40 51
queue.declare 50 10 h:ticket s:queue b:passive b:durable b:exclusive b:auto_delete b:nowait \
t:arguments
queue.declare-ok 50 11 s:queue l:message_count l:consumer_count
queue.bind 50 20 h:ticket s:queue s:exchange s:routing_key b:nowait t:arguments
queue.bind-ok 50 21
queue.purge 50 30 h:ticket s:queue b:nowait
queue.purge-ok 50 31 l:message_count
queue.delete 50 40 h:ticket s:queue b:if_unused b:if_empty b:nowait
queue.delete-ok 50 41 l:message_count
queue.unbind 50 50 h:ticket s:queue s:exchange s:routing_key t:arguments
queue.unbind-ok 50 51
basic.qos 60 10 l:prefetch_size h:prefetch_count b:global_
basic.qos-ok 60 11
basic.consume 60 20 h:ticket s:queue s:consumer_tag b:no_local b:no_ack b:exclusive b:nowait \
t:arguments
basic.consume-ok 60 21 s:consumer_tag
basic.cancel 60 30 s:consumer_tag b:nowait
basic.cancel-ok 60 31 s:consumer_tag
basic.publish 60 40 h:ticket s:exchange s:routing_key b:mandatory b:immediate
basic.return 60 50 h:reply_code s:reply_text s:exchange s:routing_key
basic.deliver 60 60 s:consumer_tag q:delivery_tag b:redelivered s:exchange s:routing_key
basic.get 60 70 h:ticket s:queue b:no_ack
basic.get-ok 60 71 q:delivery_tag b:redelivered s:exchange s:routing_key l:message_count
basic.get-empty 60 72 s:cluster_id
basic.ack 60 80 q:delivery_tag b:multiple
basic.reject 60 90 q:delivery_tag b:requeue
basic.recover-async 60 100 b:requeue
basic.recover 60 110 b:requeue
basic.recover-ok 60 111
basic.nack 60 120 q:delivery_tag b:multiple b:requeue
confirm.select 85 10 b:nowait
confirm.select-ok 85 11
tx.select 90 10
tx.select-ok 90 11
tx.commit 90 20
tx.commit-ok 90 21
tx.rollback 90 30
tx.rollback-ok 90 31
"""

PROPERTIES = """s:content_type s:content_encoding t:headers o:delivery_mode o:priority \
s:correlation_id s:reply_to s:expiration s:message_id q:timestamp s:type s:user_id s:app_id \
s:cluster_id"""

METHOD, HEADER, BODY, HEARTBEAT = 1, 2, 3, 8
FRAME_END = b"\xce"
INTEGERS = {"o": ">B", "h": ">H", "l": ">I", "q": ">Q"}
FIELDS = {
    "b": ">b",
    "B": ">B",
    "s": ">h",
    "u": ">H",
    "I": ">i",
    "i": ">I",
    "l": ">q",
    "f": ">f",
    "d": ">d",
    "T": ">Q",
    "D": ">Bi",
}


@dataclass(frozen=True, slots=True)
class Spec:
    name: str
    class_id: int
    method_id: int
    arguments: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Typed:
    """A field value with its type letter, for types that a plain Python value does not choose."""

    letter: str
    value: Any


def parse(line: str) -> Spec:
    name, class_id, method_id, *arguments = line.split()
    return Spec(name, int(class_id), int(method_id), pairs(" ".join(arguments)))


def pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((each[0], each[2:]) for each in text.split())


SPECS = [parse(line) for line in BOOK.strip().splitlines()]
BY_NAME = {spec.name: spec for spec in SPECS}
BY_ID = {(spec.class_id, spec.method_id): spec for spec in SPECS}
PROPERTY_LIST = pairs(PROPERTIES)


def encode_method(name: str, values: Table) -> bytes:
    spec = BY_NAME[name]
    unknown = set(values) - {argument for _, argument in spec.arguments}
    assert not unknown, f"{name} has no {unknown}"
    return struct.pack(">HH", spec.class_id, spec.method_id) + encode_arguments(spec, values)


def encode_arguments(spec: Spec, values: Table) -> bytes:
    out = bytearray()
    bit = 0
    for letter, argument in spec.arguments:
        value = values.get(argument)
        if letter != "b":
            bit = 0
            out += encode_argument(letter, value)
            continue
        if bit == 0:
            out.append(0)
        out[-1] |= bool(value) << bit
        bit += 1
    return bytes(out)


def encode_argument(letter: str, value: Any) -> bytes:
    if letter in INTEGERS:
        return struct.pack(INTEGERS[letter], value or 0)
    if letter == "s":
        text = as_bytes(value or "")
        return struct.pack(">B", len(text)) + text
    if letter == "S":
        text = as_bytes(value or "")
        return struct.pack(">I", len(text)) + text
    return value if isinstance(value, bytes) else encode_table(value or {})


def encode_header(properties: Table, body_size: int) -> bytes:
    flags, out = 0, b""
    for position, (letter, name) in enumerate(PROPERTY_LIST):
        if name in properties:
            flags |= 1 << (15 - position)
            out += encode_argument(letter, properties[name])
    return struct.pack(">HHQH", 60, 0, body_size, flags) + out


def encode_table(table: Table) -> bytes:
    out = b"".join(
        struct.pack(">B", len(as_bytes(key))) + as_bytes(key) + encode_field(value)
        for key, value in table.items()
    )
    return struct.pack(">I", len(out)) + out


def encode_field(value: Any) -> bytes:
    typed = value if isinstance(value, Typed) else typed_as_usual(value)
    letter, content = typed.letter, typed.value
    if letter in FIELDS:
        parts = content if letter == "D" else (content,)
        return letter.encode() + struct.pack(FIELDS[letter], *parts)
    return letter.encode() + encode_field_content(letter, content)


def encode_field_content(letter: str, content: Any) -> bytes:
    if letter == "t":
        return bytes([bool(content)])
    if letter == "F":
        return encode_table(content)
    if letter == "A":
        items = b"".join(encode_field(item) for item in content)
        return struct.pack(">I", len(items)) + items
    if letter in "Sx":
        return encode_argument("S", content)
    return content or b""  # V, and letters that no broker knows.


def typed_as_usual(value: Any) -> Typed:
    letters = {bool: "t", int: "I", float: "d", str: "S", bytes: "x", dict: "F", list: "A"}
    return Typed(letters.get(type(value), "V"), value)


def encode_frame(kind: int, channel: int, payload: bytes) -> bytes:
    return struct.pack(">BHI", kind, channel, len(payload)) + payload + FRAME_END


def as_bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


class Reader:
    """Reads one payload from front to back."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.offset = 0

    def take(self, size: int) -> bytes:
        self.offset += size
        assert self.offset <= len(self.data), "payload ends early"
        return self.data[self.offset - size : self.offset]

    def number(self, form: str) -> Any:
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def arguments(self, arguments: tuple[tuple[str, str], ...]) -> Table:
        values: Table = {}
        bit = 8
        for letter, name in arguments:
            if letter != "b":
                bit = 8
                values[name] = self.argument(letter)
                continue
            if bit == 8:
                bit, octet = 0, self.take(1)[0]
            values[name] = octet >> bit & 1
            bit += 1
        return values

    def argument(self, letter: str) -> Any:
        if letter in INTEGERS:
            return self.number(INTEGERS[letter])
        if letter == "t":
            return self.table()
        return self.take(self.number(">B" if letter == "s" else ">I")).decode(errors="replace")

    def table(self) -> Table:
        inner = Reader(self.take(self.number(">I")))
        values: Table = {}
        while inner.offset < len(inner.data):
            key = inner.argument("s")
            values[key] = inner.field()
        return values

    def field(self) -> Typed:
        letter = self.take(1).decode()
        return Typed(letter, self.field_content(letter))

    def field_content(self, letter: str) -> Any:
        if letter == "D":
            return self.number(">B"), self.number(">i")
        if letter in FIELDS:
            return self.number(FIELDS[letter])
        if letter in "tV":
            return bool(self.take(1)[0]) if letter == "t" else None
        if letter == "F":
            return self.table()
        content = self.take(self.number(">I"))
        if letter == "A":
            return list(Reader(content).items())
        return content.decode() if letter == "S" else content

    def items(self) -> Iterator[Typed]:
        while self.offset < len(self.data):
            yield self.field()


def decode_method(payload: bytes) -> tuple[str, Table]:
    reader = Reader(payload)
    spec = BY_ID[reader.number(">H"), reader.number(">H")]
    values = reader.arguments(spec.arguments)
    assert reader.offset == len(payload), f"{spec.name} has bytes left over"
    return spec.name, values


def decode_header(payload: bytes) -> tuple[Table, int]:
    reader = Reader(payload)
    reader.take(4)
    size, flags = reader.number(">Q"), reader.number(">H")
    present = [each for position, each in enumerate(PROPERTY_LIST) if flags >> (15 - position) & 1]
    return reader.arguments(tuple(present)), size
