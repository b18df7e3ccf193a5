"""Values as JSON."""

import json

import pytest

from leveret.management.rendering import to_json
from leveret.wire.values import Float32, Int64


def test_numbers_of_amqp_are_numbers():
    assert json.loads(to_json({"a": Int64(3), "b": [Float32(1.5)]})) == {"a": 3, "b": [1.5]}


def test_a_name_that_is_not_utf_8_is_spelled():
    name = b"\xff".decode("utf-8", "surrogateescape")
    spelled = "Not UTF-8, base64 is: /w=="
    assert json.loads(to_json([{name: (name, 1)}])) == [{spelled: [spelled, 1]}]


def test_what_has_no_form_is_our_mistake():
    with pytest.raises(NotImplementedError, match="object has no form"):
        to_json(object())
