"""JSON of the command line."""

import pytest

from leveret.control.call import VerbRefused
from leveret.control.verbs import json_values


def test_in_and_out():
    assert json_values.decode("[1, null]") == [1, None]
    assert json_values.decode_object('{"a": 1}') == {"a": 1}
    assert json_values.encode({"b": "ü", "a": [1.5, True]}) == '{"a":[1.5,true],"b":"ü"}'


def test_what_is_none():
    with pytest.raises(VerbRefused, match="badarg"):
        json_values.decode("junk")
    with pytest.raises(VerbRefused, match="is no JSON object"):
        json_values.decode_object("[1]")
