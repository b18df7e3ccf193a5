"""Numbers that are the same tomorrow."""

import pytest

from leveret.broker.exchanges.hashing import HASHES_END, hash_of, hash_of_value, hashes_of
from leveret.wire.values import Decimal, Int8, Int64, Timestamp


def test_a_hash_never_changes():
    """These are what messages were routed by: another number would move them."""
    assert hash_of("order-1") == 0x2599000E8C1B023D
    assert hash_of("order-1", "cc") == 0x2825ED0E7F2267A1
    assert hashes_of((b"queue", b"jobs"), 1) == [0x7B3935F019C74887]


def test_the_parts_are_told_apart():
    assert len({hash_of("ab", "c"), hash_of("a", "bc"), hash_of("abc"), hash_of("abc", "")}) == 4


def test_a_string_hashes_as_it_does_as_a_routing_key():
    assert hash_of_value("order-1") == hash_of("order-1")


def test_a_number_hashes_by_its_worth():
    assert len({hash_of_value(value) for value in (7, Int8(7), Int64(7), Timestamp(7))}) == 1
    assert hash_of_value(7) != hash_of_value(8)


@pytest.mark.parametrize("value", [None, True, 1.5, b"x", Decimal(1, 5), [1, "a"], {"a": [None]}])
def test_every_value_has_a_hash(value):
    assert 0 <= hash_of_value(value) < HASHES_END
    assert hash_of_value(value) == hash_of_value(value)


def test_a_row_is_the_beginning_of_a_longer_one():
    long = hashes_of((b"queue", b"jobs"), 100)
    assert len(set(long)) == 100
    assert hashes_of((b"queue", b"jobs"), 9) == long[:9]
    assert hashes_of((b"queuejobs",), 9) != long[:9]
