"""The header x-delay: read, and negated."""

import pytest

from leveret.broker.exchanges.x_delay import delay_ms, released
from leveret.wire.properties import Properties
from leveret.wire.values import Decimal, Float32, Int8, Int32, Int64, Timestamp, UInt32
from tests.broker.domain import message


def of(value):
    return delay_ms(Properties(headers={"x-delay": value}))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, 1),
        (Int8(5), 5),
        (UInt32(2**32 - 1), 2**32 - 1),
        (Int64(2**40), 2**40),
        (2.9, 2),
        (Float32(3.0), 3),
        ("1500", 1500),
        ("+7", 7),
        (Decimal(1, 25), 2),
        (0, 0),
        (-5, 0),
        ("-5", 0),
        (-2.5, 0),
        ("", 0),
        ("soon", 0),
        ("1.5", 0),
        ("9" * 20, 0),
        (float("inf"), 0),
        (float("nan"), 0),
        (True, 0),
        (None, 0),
        (Timestamp(5), 0),
        ([5], 0),
        ({"ms": 5}, 0),
        (b"5", 0),
    ],
)
def test_a_delay_is_a_number_above_zero(value, expected):
    assert of(value) == expected


def test_a_message_without_the_header_is_not_delayed():
    assert delay_ms(Properties()) == 0
    assert delay_ms(Properties(headers={})) == 0
    assert delay_ms(Properties(headers={"delay": 5})) == 0


def test_what_is_released_says_how_long_it_was_held():
    properties = Properties(
        headers={"x-delay": 500, "a": 1, "BCC": ["b"], "CC": ["c"]}, app_id="me", delivery_mode=2
    )
    held = message("body", exchange="later", key="k", properties=properties, is_persistent=True)
    after, said = released(held, held.properties)
    assert after.properties == said
    assert said.headers == {"x-delay": -500, "a": 1, "CC": ["c"]}
    assert (said.app_id, said.delivery_mode) == ("me", 2)
    assert (after.exchange, after.routing_key, after.body) == ("later", "k", b"body")
    assert after.traits == held.traits
    assert not after.is_stored


@pytest.mark.parametrize(
    ("delay", "negated"),
    [
        ("500", Int32(-500)),
        (2.9, Int32(-2)),
        (Int8(5), Int32(-5)),
        (Int64(2**40), Int64(-(2**40))),
        (2**31 - 1, Int32(1 - 2**31)),
    ],
)
def test_the_negated_delay_is_an_integer(delay, negated):
    held = message("body", properties=Properties(headers={"x-delay": delay}))
    said = released(held, held.properties)[0].headers["x-delay"]
    assert said == negated
    assert type(said) is type(negated)
