"""Field values and tables: golden bytes, exact round trips, and nothing but MalformedFrame."""

import math
import struct
from datetime import UTC, datetime
from decimal import Decimal as PythonDecimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp import decode as pamqp_decode
from pamqp import encode as pamqp_encode

from leveret.wire.codes import MalformedFrame
from leveret.wire.values import (
    NESTING_MAX,
    Decimal,
    Float32,
    Int8,
    Int16,
    Int32,
    Int64,
    Timestamp,
    UInt8,
    UInt16,
    UInt32,
    decode_table,
    encode_table,
    encode_value,
    octets,
    text,
)
from tests.wire.strategies import table_octets, tables, values

GOLDEN = [
    (True, "74 01"),
    (False, "74 00"),
    (Int8(-2), "62 fe"),
    (UInt8(254), "42 fe"),
    (Int16(-2), "73 fffe"),
    (UInt16(65534), "75 fffe"),
    (Int32(-2), "49 fffffffe"),
    (UInt32(2**32 - 2), "69 fffffffe"),
    (Int64(-2), "6c fffffffffffffffe"),
    (Timestamp(2**64 - 2), "54 fffffffffffffffe"),
    (Float32(-1.5), "66 bfc00000"),
    (-1.5, "64 bff8000000000000"),
    (Decimal(2, 314), "44 02 0000013a"),
    ("süß", "53 00000005 73c3bcc39f"),
    (b"\x00\xff", "78 00000002 00ff"),
    (None, "56"),
    ({"a": None}, "46 00000003 01 61 56"),
    ([None, True], "41 00000003 56 74 01"),
]

TAGS = b"tbBsuIilLTfdDSxVFA"

# Each fixed-size type with the numbers just inside and just outside of what it holds.
LIMITS = [
    (Int8, -(2**7), 2**7 - 1),
    (UInt8, 0, 2**8 - 1),
    (Int16, -(2**15), 2**15 - 1),
    (UInt16, 0, 2**16 - 1),
    (Int32, -(2**31), 2**31 - 1),
    (UInt32, 0, 2**32 - 1),
    (Int64, -(2**63), 2**63 - 1),
    (Timestamp, 0, 2**64 - 1),
]


def decode_value(data):
    """The value behind a tag, read as the only field of a table."""
    fields = b"\x01v" + data
    table, offset = decode_table(len(fields).to_bytes(4, "big") + fields)
    assert offset == len(fields) + 4
    return table["v"]


def nested(depth):
    """A table in a table in a table ..."""
    table = {}
    for _ in range(depth):
        table = {"": table}
    return encode_table(table)


def nested_arrays(depth):
    """An array in an array in an array ... in a table."""
    array = []
    for _ in range(depth):
        array = [array]
    return encode_table({"": array})


def typed(value):
    """The value with its types spelled out, so that Int8(1) differs from 1, and -0.0 from 0.0."""
    if isinstance(value, dict):
        return {name: typed(item) for name, item in value.items()}
    if isinstance(value, list):
        return [typed(item) for item in value]
    return type(value), repr(value)


# Encoding and decoding ------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "golden"), GOLDEN)
def test_each_field_type_has_its_golden_bytes(value, golden):
    assert encode_value(value) == bytes.fromhex(golden)
    assert typed(decode_value(bytes.fromhex(golden))) == typed(value)


def test_the_other_tag_of_wide_integers_is_read_and_never_written():
    assert typed(decode_value(bytes.fromhex("4c fffffffffffffffe"))) == typed(Int64(-2))


def test_a_table_is_a_length_and_named_values():
    table = {"x-max-priority": Int32(10), "": "empty name"}
    golden = bytes.fromhex("00000024 0e") + b"x-max-priority" + bytes.fromhex("49 0000000a 00 53")
    assert encode_table(table) == golden + b"\x00\x00\x00\nempty name"
    assert decode_table(encode_table(table)) == (table, 40)


def test_a_table_is_read_where_it_lies():
    assert decode_table(b"before" + encode_table({"a": 1}) + b"behind", 6) == ({"a": 1}, 17)


@given(tables)
def test_a_table_survives_the_wire_with_its_order_and_exact_types(table):
    decoded, offset = decode_table(encode_table(table))
    assert typed(decoded) == typed(table)
    assert list(decoded) == list(table)
    assert offset == len(encode_table(table))


@given(table_octets)
def test_octets_from_elsewhere_come_back_as_they_were(data):
    assert encode_table(decode_table(data)[0]) == data


@pytest.mark.parametrize("value", [0, 1, -1, 2**31 - 1, -(2**31)])
def test_a_plain_integer_travels_in_32_bits_if_it_fits(value):
    assert encode_value(value) == encode_value(Int32(value))


@pytest.mark.parametrize("value", [2**31, -(2**31) - 1, 2**63 - 1, -(2**63)])
def test_a_plain_integer_travels_in_64_bits_otherwise(value):
    assert encode_value(value) == encode_value(Int64(value))


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1])
def test_an_integer_beyond_64_bits_is_refused(value):
    with pytest.raises(ValueError, match="does not fit 64 bits"):
        encode_value(value)


@pytest.mark.parametrize(("kind", "least", "most"), LIMITS)
def test_a_sized_integer_holds_its_whole_range_and_no_more(kind, least, most):
    for value in (kind(least), kind(most)):
        assert typed(decode_value(encode_value(value))) == typed(value)
    for value in (kind(least - 1), kind(most + 1)):
        with pytest.raises(ValueError, match=f"is no {kind.__name__}"):
            encode_value(value)


def test_a_float_too_large_for_single_precision_is_refused():
    with pytest.raises(ValueError, match="is no Float32"):
        encode_value(Float32(1e300))


@pytest.mark.parametrize("value", [Decimal(256, 1), Decimal(0, -1), Decimal(0, 2**32)])
def test_a_decimal_that_does_not_fit_is_refused(value):
    with pytest.raises(ValueError, match="does not fit an octet and 32 bits"):
        encode_value(value)


def test_not_a_number_stays_not_a_number():
    assert math.isnan(decode_value(encode_value(math.nan)))
    assert math.isnan(decode_value(encode_value(Float32(math.nan))))


def test_a_tuple_travels_as_an_array():
    assert encode_value((1, 2)) == encode_value([1, 2])


@pytest.mark.parametrize("value", [object(), {1}, 1j, PythonDecimal(1)])
def test_a_value_without_a_field_type_is_refused(value):
    with pytest.raises(ValueError, match="no AMQP field type carries"):
        encode_value(value)


def test_a_field_name_has_at_most_255_octets():
    assert decode_table(encode_table({"n" * 255: 1}))[0] == {"n" * 255: 1}
    with pytest.raises(ValueError, match="at most 255 octets, this one has 256"):
        encode_table({"ü" * 128: 1})


@given(st.binary(max_size=50))
def test_any_octets_make_a_string_and_come_back(data):
    assert octets(text(data)) == data


def test_a_string_is_utf_8():
    assert text("süß".encode()) == "süß"


def test_a_field_name_and_a_string_that_are_not_utf_8_come_back_as_they_were():
    data = bytes.fromhex("0000000a 02 fffe 53 00000002 fdfc")
    assert encode_table(decode_table(data)[0]) == data


# Against pamqp --------------------------------------------------------------------------------

BY_PAMQP = [
    (True, True),
    (Int8(-128), -128),
    (Int16(300), 300),
    (UInt16(40000), 40000),
    (Int32(-70000), -70000),
    (UInt32(4000000000), 4000000000),
    (Int64(-(2**40)), -(2**40)),
    (Float32(-1.5), -1.5),
    (Decimal(2, 314), PythonDecimal("3.14")),
    (Timestamp(1700000000), datetime.fromtimestamp(1700000000, tz=UTC)),
    ("süß", "süß"),
    (b"\x00\xff", bytearray(b"\x00\xff")),
    (None, None),
    ({"a": True, "b": {}}, {"a": True, "b": {}}),
    (["a", ["b"], None], ["a", ["b"], None]),
]


@pytest.mark.parametrize(("ours", "theirs"), BY_PAMQP)
def test_pamqp_writes_each_field_type_as_we_do_and_reads_it(ours, theirs):
    data = encode_table({"a": ours, "b": {"c": [ours]}})
    assert data == pamqp_encode.field_table({"a": theirs, "b": {"c": [theirs]}})
    assert pamqp_decode.field_table(data) == (len(data), {"a": theirs, "b": {"c": [theirs]}})


@pytest.mark.parametrize("value", [UInt8(200), 1e300])
def test_pamqp_reads_the_field_types_that_it_never_writes(value):
    assert pamqp_decode.embedded_value(encode_value(value))[1] == value


# Malformed input ------------------------------------------------------------------------------


@given(st.binary(max_size=200))
def test_arbitrary_octets_are_a_table_or_malformed(data):
    try:
        decode_table(data)
    except MalformedFrame:
        return


@given(st.binary(max_size=60), st.sampled_from(TAGS))
def test_arbitrary_octets_behind_any_tag_are_a_value_or_malformed(data, tag):
    try:
        decode_value(bytes((tag,)) + data)
    except MalformedFrame:
        return


@given(tables, st.data())
def test_a_table_that_is_cut_anywhere_is_malformed(table, data):
    whole = encode_table(table)
    end = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(MalformedFrame):
        decode_table(whole[:end])


@given(tables, st.data())
def test_a_table_with_one_octet_changed_is_a_table_or_malformed(table, data):
    mutated = bytearray(encode_table(table))
    mutated[data.draw(st.integers(0, len(mutated) - 1))] = data.draw(st.integers(0, 255))
    try:
        decode_table(bytes(mutated))
    except MalformedFrame:
        return


@given(values)
def test_a_value_that_its_table_cuts_off_is_malformed(value):
    fields = b"\x01v" + encode_value(value)
    shortened = (len(fields) - 1).to_bytes(4, "big") + fields
    with pytest.raises(MalformedFrame):
        decode_table(shortened)


@pytest.mark.parametrize("tag", ["S", "x", "F", "A"])
def test_a_huge_announced_size_is_malformed_and_costs_nothing(tag):
    with pytest.raises(MalformedFrame, match="4294967295 octets reaches beyond its frame"):
        decode_value(tag.encode() + b"\xff\xff\xff\xff")


def test_a_huge_announced_table_is_malformed():
    with pytest.raises(MalformedFrame):
        decode_table(b"\xff\xff\xff\xff\x00")


def test_an_array_whose_last_value_reaches_too_far_is_malformed():
    with pytest.raises(MalformedFrame, match="an array's last value reaches beyond the array"):
        decode_value(b"A" + struct.pack(">I", 2) + b"s\x00\x00")


def test_an_unknown_field_type_is_malformed():
    for tag in set(range(256)) - set(TAGS):
        with pytest.raises(MalformedFrame, match="unknown field type"):
            decode_value(bytes((tag,)) + bytes(16))


def test_tables_may_nest_as_deep_as_the_limit_and_no_deeper():
    assert decode_table(nested(NESTING_MAX))
    with pytest.raises(MalformedFrame, match="nested deeper than 64"):
        decode_table(nested(NESTING_MAX + 1))


def test_arrays_may_nest_as_deep_as_the_limit_and_no_deeper():
    assert decode_table(nested_arrays(NESTING_MAX))
    with pytest.raises(MalformedFrame, match="nested deeper than 64"):
        decode_table(nested_arrays(NESTING_MAX + 1))


def test_nesting_by_the_thousand_does_not_exhaust_the_stack():
    data = b""
    for _ in range(20_000):
        data = b"\x00F" + len(data).to_bytes(4, "big") + data if len(data) < 10_000 else data
    with pytest.raises(MalformedFrame, match="nested deeper"):
        decode_table(len(data).to_bytes(4, "big") + data)
