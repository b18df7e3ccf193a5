"""JSON of the command line."""

import pytest

from leveret.control.call import VerbRefused
from leveret.control.verbs import json_values
from leveret.wire.values import Decimal, Int64


def test_in_and_out():
    assert json_values.decode("[1, null]") == [1, None]
    assert json_values.decode_object('{"a": 1}') == {"a": 1}
    assert json_values.encode({"b": "ü", "a": [1.5, True]}) == '{"a":[1.5,true],"b":"ü"}'


def test_what_is_none():
    with pytest.raises(VerbRefused, match="badarg"):
        json_values.decode("junk")
    with pytest.raises(VerbRefused, match="is no JSON object"):
        json_values.decode_object("[1]")


def test_values_of_the_wire_are_plain():
    told = json_values.plain({"n": Int64(3), "list": [b"\xff", None], "price": Decimal(2, 314)})
    assert told == {"n": 3, "list": ["\ufffd", None], "price": str(Decimal(2, 314))}
    assert type(told["n"]) is int
