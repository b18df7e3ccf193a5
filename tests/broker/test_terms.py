"""Values in RabbitMQ's texts."""

import pytest

from leveret.broker.terms import fields, spell
from leveret.wire.values import Decimal, Int8, Int64, Timestamp


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
        ("line\n", '<<"line\\n">>'),
        ("é", '<<"é">>'),
        (b"\x01\xff", "<<1,255>>"),
        ('a"\\', '<<"a\\"\\\\">>'),
        (Decimal(0, 5), "{0,5}"),
        ({"a": 1, "b": [True]}, '[{<<"a">>,signedint,1},{<<"b">>,array,[{bool,true}]}]'),
        ([1, "a"], '[{signedint,1},{longstr,<<"a">>}]'),
        ([], "[]"),
    ],
)
def test_a_value_is_spelt_as_erlang_does(value, spelt):
    assert spell(value) == spelt


def test_a_table_is_spelt_field_by_field():
    table = {"x-max-priority": 3, "l": Int64(5), "e": ""}
    assert fields(table) == [
        '{<<"x-max-priority">>,signedint,3}',
        '{<<"l">>,long,5}',
        '{<<"e">>,longstr,<<>>}',
    ]
