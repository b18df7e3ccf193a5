"""Every method to bytes and back; malformed payloads raise MalformedFrame and nothing else."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp import commands

from leveret.wire import codec
from leveret.wire.codes import MalformedFrame, MalformedText, UnknownMethod
from leveret.wire.methods import (
    METHODS,
    BasicAck,
    BasicConsume,
    BasicDeliver,
    BasicPublish,
    ConnectionStart,
    ConnectionTuneOk,
    ExchangeDeclare,
    QueueDeclare,
    QueueDeclareOk,
)
from tests.wire.strategies import methods_of_kind

any_method = st.sampled_from(list(METHODS.values())).flatmap(methods_of_kind)

GOLDEN = [
    (BasicAck(delivery_tag=258, multiple=True), "003c 0050 0000000000000102 01"),
    (BasicPublish(routing_key="q", mandatory=True), "003c 0028 0000 00 0171 01"),
    (
        BasicDeliver("ctag", 1, True, "x", "key"),
        "003c 003c 0463746167 0000000000000001 01 0178 036b6579",
    ),
    (
        # Four bits share the octet before the table.
        BasicConsume(queue="q", no_ack=True, nowait=True, arguments={"x-priority": 5}),
        "003c 0014 0000 0171 00 0a 00000010 0a 782d7072696f72697479 49 00000005",
    ),
    (
        ExchangeDeclare(exchange="x", exchange_type="topic", internal=True),
        "0028 000a 0000 0178 05746f706963 08 00000000",
    ),
    (QueueDeclareOk("q", 3, 2), "0032 000b 0171 00000003 00000002"),
    (ConnectionTuneOk(2047, 131072, 60), "000a 001f 07ff 00020000 003c"),
    (
        ConnectionStart(0, 9, {}, b"PLAIN", b"en_US"),
        "000a 000a 00 09 00000000 00000005 504c41494e 00000005 656e5f5553",
    ),
]


def test_every_method_of_pamqp_is_declared_here():
    # basic.recover's async form and class access are known to RabbitMQ, too.
    assert commands.INDEX_MAPPING.keys() <= METHODS.keys()
    assert {index >> 16 for index in METHODS.keys() - commands.INDEX_MAPPING.keys()} == {30}


@pytest.mark.parametrize(("method", "golden"), GOLDEN)
def test_a_method_has_its_golden_bytes(method, golden):
    assert codec.encode(method) == bytes.fromhex(golden)
    assert codec.decode(bytes.fromhex(golden)) == method


@pytest.mark.parametrize("kind", METHODS.values())
def test_what_is_not_given_is_zero_or_empty(kind):
    assert not any(kind().values())


@given(any_method)
def test_any_method_survives_the_wire(method):
    payload = codec.encode(method)
    decoded = codec.decode(payload)
    assert decoded == method
    assert repr(decoded.values()) == repr(method.values())
    assert codec.encode(decoded) == payload


def test_the_bits_of_a_declare_stand_for_themselves():
    names = ["passive", "durable", "exclusive", "auto_delete", "nowait"]
    for position, name in enumerate(names):
        payload = codec.encode(QueueDeclare(**{name: True}))
        assert payload[7] == 1 << position
        assert getattr(codec.decode(payload), name)


def test_bits_that_nobody_declared_are_ignored():
    ack = codec.encode(BasicAck(1))
    assert codec.decode(ack[:-1] + b"\xfe") == BasicAck(1, multiple=False)


def test_more_than_eight_bits_take_another_octet():
    """No method of the book has so many; the book's rule has them (4.2.5.2)."""
    layout = tuple((f"bit-{number}", "bit") for number in range(9))
    values, offset = codec._decode_arguments(bytes.fromhex("00000000 01 01"), layout)
    assert values == [True, *[False] * 7, True]
    assert offset == 6
    assert codec._pack_bits(values) == bytes.fromhex("01 01")


# What a domain cannot hold ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "complaint"),
    [
        (BasicAck(delivery_tag=2**64), "delivery_tag = 18446744073709551616 is no longlong"),
        (BasicAck(delivery_tag=-1), "delivery_tag = -1 is no longlong"),
        (ConnectionTuneOk(channel_max=65536), "channel_max = 65536 is no short"),
        (ConnectionTuneOk(frame_max=2**32), "frame_max = 4294967296 is no long"),
        (ConnectionStart(version_major=256), "version_major = 256 is no octet"),
        (QueueDeclare(queue="q" * 256), "queue has at most 255 octets, this one has 256"),
        (QueueDeclare(queue="ü" * 128), "queue has at most 255 octets, this one has 256"),
        (QueueDeclare(arguments={"x": 2**64}), "does not fit 64 bits"),
    ],
)
def test_a_value_that_its_domain_cannot_hold_is_refused(method, complaint):
    with pytest.raises(ValueError, match=complaint):
        codec.encode(method)


@pytest.mark.parametrize(
    "method",
    [QueueDeclare(queue=b"q"), ConnectionStart(mechanisms="PLAIN"), QueueDeclare(arguments=[])],
)
def test_a_value_of_the_wrong_type_is_our_own_mistake(method):
    with pytest.raises(AssertionError):
        codec.encode(method)


# Malformed payloads ----------------------------------------------------------------------------


@pytest.mark.parametrize("payload", [b"", b"\x00", b"\x00\x0a\x00"])
def test_a_payload_without_class_and_method_id_is_malformed(payload):
    with pytest.raises(MalformedFrame, match="ends before its class and method id"):
        codec.decode(payload)


@pytest.mark.parametrize("index", [0, 0x000A_0000, 0x003C_0029, 0x0063_000A, 0xFFFF_FFFF])
def test_a_method_that_the_book_does_not_have_is_unknown(index):
    with pytest.raises(UnknownMethod) as caught:
        codec.decode(struct.pack(">I", index) + bytes(20))
    assert caught.value.index == index


@given(any_method)
def test_octets_behind_the_last_argument_are_malformed(method):
    with pytest.raises(MalformedFrame, match="octets behind its last argument"):
        codec.decode(codec.encode(method) + b"\x00")


@given(any_method, st.data())
def test_a_method_that_is_cut_anywhere_is_malformed(method, data):
    payload = codec.encode(method)
    end = data.draw(st.integers(0, len(payload) - 1))
    with pytest.raises(MalformedFrame):
        codec.decode(payload[:end])


@given(any_method, st.data())
def test_a_method_with_one_octet_changed_is_a_method_or_malformed(method, data):
    mutated = bytearray(codec.encode(method))
    mutated[data.draw(st.integers(0, len(mutated) - 1))] = data.draw(st.integers(0, 255))
    try:
        codec.decode(bytes(mutated))
    except MalformedFrame:
        return


@given(st.binary(max_size=300))
def test_arbitrary_octets_are_a_method_or_malformed(data):
    try:
        codec.decode(data)
    except MalformedFrame:
        return


@given(st.sampled_from(list(METHODS)), st.binary(max_size=60))
def test_arbitrary_arguments_are_a_method_or_malformed(index, arguments):
    try:
        codec.decode(struct.pack(">I", index) + arguments)
    except MalformedFrame:
        return


@pytest.mark.parametrize("octets", ["01 ff", "02 c328", "03 eda080"])
def test_a_short_string_that_is_not_utf_8_is_malformed_text(octets):
    with pytest.raises(MalformedText, match="Malformed UTF-8 in shortstr"):
        codec.decode(bytes.fromhex("0014 000a" + octets))


def test_a_huge_announced_long_string_is_malformed_and_costs_nothing():
    with pytest.raises(MalformedFrame, match="challenge reaches beyond its frame"):
        codec.decode(bytes.fromhex("000a 0014 ffffffff 00"))


def test_a_missing_octet_of_bits_is_malformed():
    with pytest.raises(MalformedFrame, match="multiple reaches beyond its frame"):
        codec.decode(codec.encode(BasicAck(1))[:-1])
