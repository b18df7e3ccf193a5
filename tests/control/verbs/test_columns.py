"""Columns of a listing, and how values travel."""

import pytest

from leveret.control import exits
from leveret.control.call import VerbRefused
from leveret.control.verbs.columns import address, fields, listing
from leveret.wire.values import Int16

COLUMNS = {"name": str, "length": len}


def test_the_columns_asked_for_in_their_order():
    rows = listing(["length", "name", "length"], ["a", "bc"], COLUMNS)
    assert rows.columns == ["length", "name"]
    assert list(rows.rows) == [[1, "a"], [2, "bc"]]


def test_columns_that_there_are_not():
    with pytest.raises(VerbRefused, match="zz,zzz are not supported") as refused:
        listing(["zzz", "name", "zz"], [], COLUMNS)
    assert refused.value.exit_code == exits.USAGE


def test_a_field_table_travels_with_its_types():
    table = {"a": Int16(1), "b": "x", "c": [True, {"k": None}], "d": b"\x00\xff"}
    assert fields(table) == [
        ["a", "short", 1],
        ["b", "longstr", "x"],
        ["c", "array", [["bool", True], ["table", [["k", "void", None]]]]],
        ["d", "binary", "<<0,255>>"],
    ]


@pytest.mark.parametrize(
    ("host", "told"),
    [("127.0.0.1", [127, 0, 0, 1]), ("::1", [0, 0, 0, 0, 0, 0, 0, 1]), ("a.example", "a.example")],
)
def test_addresses(host, told):
    assert address(host) == told
