"""Values look as in rabbitmqctl's tables (tests/conformance/control compares them)."""

import pytest

from leveret.cli.ctl.erlang import as_address, as_definition, as_numbers, as_table, shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        ("a b", "a b"),
        (3, "3"),
        (0.5, "0.5"),
        ([], "[]"),
        (["a", "b"], "[a, b]"),
        ({"a": 1, "b": ["c"]}, "#{a => 1, b => [c]}"),
    ],
)
def test_values(value, text):
    assert shown(value) == text


def test_field_tables():
    table = [
        ["x-max-length", "signedint", 10],
        ["name", "longstr", 'a "b"'],
        ["none", "void", None],
        ["on", "bool", True],
        ["list", "array", [["signedint", 1], ["longstr", "x"], ["table", [["k", "longstr", "v"]]]]],
    ]
    assert as_table(table) == (
        '[{"x-max-length",10},{"name","a \\"b\\""},{"none",undefined},{"on",true},'
        '{"list",[1,"x",[{"k","v"}]]}]'
    )
    assert as_table([]) == "[]"


def test_definitions_addresses_and_versions():
    assert as_definition({"max-length": 10, "overflow": "drop-head"}) == (
        '[{"max-length",10},{"overflow","drop-head"}]'
    )
    assert as_definition({}) == "[]"
    assert as_address([127, 0, 0, 1]) == "127.0.0.1"
    assert as_address([0, 0, 0, 0, 0, 0, 0, 1]) == "::1"
    assert as_address("") == ""
    assert as_numbers([0, 9, 1]) == "{0,9,1}"
