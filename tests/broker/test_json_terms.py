"""JSON in RabbitMQ's complaints."""

import pytest

from leveret.broker.json_terms import spell


@pytest.mark.parametrize(
    ("value", "spelt"),
    [
        (None, "null"),
        (True, "true"),
        (-1, "-1"),
        (1.5, "1.5"),
        (100.0, "100.0"),
        (1e20, "1.0e20"),
        (1.5e-7, "1.5e-7"),
        ("", "<<>>"),
        ("s", '<<"s">>'),
        ('a b"c\\', '<<"a b\\"c\\\\">>'),
        ("ü", "<<195,188>>"),
        ([], "[]"),
        ([1, 2, "a", {"b": []}], '[1,2,<<"a">>,#{<<"b">> => []}]'),
        ({"a": 1}, '#{<<"a">> => 1}'),
    ],
)
def test_a_value_is_spelt_as_erlang_does(value, spelt):
    assert spell(value) == spelt
