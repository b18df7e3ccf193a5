"""Values look as in rabbitmqctl's tables (tests/conformance/control compares them)."""

import pytest

from leveret.cli.ctl.erlang import as_table, shown


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
