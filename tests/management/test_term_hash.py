"""Erlang's hash, against what Erlang itself says."""

import pytest

from leveret.management.term_hash import hash_of
from leveret.wire.values import Decimal, Float32, Int8, Int64, Timestamp

# From erlang:phash2/2 of the same table in RabbitMQ 3.10.8.
HASHES = [
    ({}, 3468870702),
    ({"a": None}, 972185960),
    ({"a": True}, 1802062121),
    ({"a": False}, 2371499032),
    ({"a": 1}, 2926729778),
    ({"a": -1}, 1057434218),
    ({"a": Int64(134217727)}, 2890050621),
    ({"a": Int64(134217728)}, 1878799901),
    ({"a": Int64(9223372036854775807)}, 3174272260),
    ({"a": -134217728}, 502310054),
    ({"a": -134217729}, 1890012514),
    ({"a": Int64(-1099511627776)}, 1948608689),
    ({"a": Int8(5)}, 3628533608),
    ({"a": Timestamp(1700000000)}, 3135102134),
    ({"a": 0.0}, 1914965849),
    ({"a": 1.5}, 3398307074),
    ({"a": Float32(1.5)}, 2822740314),
    ({"a": Decimal(2, 314)}, 2016928084),
    ({"a": "x"}, 2894735898),
    ({"a": ""}, 1715640515),
    ({"a": "a text of more than one block of twelve octets"}, 2202948110),
    ({"a": b"\x00\xff"}, 1753780029),
    ({"a": []}, 2387373417),
    ({"a": [1, "x", [None]]}, 2135849119),
    ({"a": {}}, 605878053),
    ({"a": {"b": {"c": True}}}, 1461570694),
    ({"a": 1, "b": 2}, 3989082707),
]


@pytest.mark.parametrize(("arguments", "told"), HASHES, ids=[str(each) for each, _ in HASHES])
def test_a_table_has_the_hash_that_erlang_gives_it(arguments, told):
    assert hash_of(arguments) == told


def test_the_order_of_fields_does_not_matter():
    assert hash_of({"b": 2, "a": 1}) == hash_of({"a": 1, "b": 2})


def test_the_width_of_a_number_does():
    assert hash_of({"a": Int64(1)}) != hash_of({"a": 1})
