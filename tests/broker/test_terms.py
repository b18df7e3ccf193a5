"""Values in RabbitMQ's texts."""

import pytest

from leveret.broker.terms import spell
from leveret.wire.values import Decimal, Int8, Timestamp


@pytest.mark.parametrize(
    ("value", "spelt"),
    [
        (None, "undefined"),
        (True, "true"),
        (-1, "-1"),
        (Int8(5), "5"),
        (Timestamp(5), "5"),
        (3.0, "3.0"),
        ("3", '<<"3">>'),
        ("", "<<>>"),
        (b"x", '<<"x">>'),
        ('a"\\', '<<"a\\"\\\\">>'),
        (Decimal(0, 5), "{0,5}"),
        ({"a": 1, "b": [True]}, '[{<<"a">>,signedint,1},{<<"b">>,array,[{bool,true}]}]'),
        ([1, "a"], '[{signedint,1},{longstr,<<"a">>}]'),
        ([], "[]"),
    ],
)
def test_a_value_is_spelt_as_erlang_does(value, spelt):
    assert spell(value) == spelt
