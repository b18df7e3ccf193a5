"""Arguments go to AMQP and to JSON as RabbitMQ has it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.definitions.arguments import json_of, spelled, table_of, value_of
from leveret.wire.values import Decimal, Float32, Int8, Int64, Timestamp


def test_each_json_value_has_its_type():
    table = table_of({"i": 5, "f": 1.5, "s": "x", "b": True, "a": [1, "y"], "t": {"z": False}})
    assert table == {"i": 5, "f": 1.5, "s": "x", "b": True, "a": [1, "y"], "t": {"z": False}}
    assert type(table["i"]) is Int64
    assert type(table["b"]) is bool
    assert type(table["a"][0]) is Int64


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"x": None}, "null"),
        ({"x": [None]}, "null"),
        ({"x": 2**63}, "64 bits|Int64"),
        ({"x" * 256: 1}, "255 octets"),
    ],
)
def test_what_amqp_cannot_carry_is_refused(told, reason):
    with pytest.raises(ValueError, match=reason):
        table_of(told)


@pytest.mark.parametrize("levels", [70, 100_000])
def test_depths_without_end_are_refused(levels):
    told = {}
    for _ in range(levels):
        told = {"deeper": told}
    with pytest.raises(ValueError, match="nested"):
        table_of(told)


@pytest.mark.parametrize("told", [None, True, 5, 2.5, "x", [None, 1], {"a": [{"b": None}]}])
def test_a_parameter_is_any_json(told):
    assert value_of(told) == told


@pytest.mark.parametrize("levels", [70, 100_000])
def test_a_parameter_without_end_is_refused(levels):
    told = []
    for _ in range(levels):
        told = [told]
    with pytest.raises(ValueError, match="nested"):
        value_of(told)
    with pytest.raises(ValueError, match="no JSON value"):
        value_of(object())


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "undefined"),
        (Int8(7), 7),
        (Timestamp(1577836800), 1577836800),
        (Float32(0.5), 0.5),
        (float("inf"), "inf"),
        (Decimal(2, 125), 1.25),
        (b"text", "text"),
        (b"\xff\xfe", "Not UTF-8, base64 is: //4="),
        ("\udcff\udcfe", "Not UTF-8, base64 is: //4="),
        ([1, {"a": None}], [1, {"a": "undefined"}]),
        (True, True),
    ],
)
def test_each_amqp_value_has_its_json(value, told):
    found = json_of({"x": value})
    assert found == {"x": told}
    assert type(found["x"]) is type(told)


def test_a_name_that_is_not_utf8_is_spelled_out():
    assert spelled("ü") == "ü"
    assert spelled("\udcff") == "Not UTF-8, base64 is: /w=="


LEAVES = (
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from("xyz"), JSON))
def test_json_comes_back_as_it_went(told):
    assert json_of(table_of(told)) == told
