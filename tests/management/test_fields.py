"""Fields of request bodies: taken as RabbitMQ takes them, refused in its words."""

import pytest

from leveret.management import fields
from leveret.management.answers import BadRequest
from leveret.wire.values import Int64


def reason(read, *told):
    with pytest.raises(BadRequest) as refused:
        read(*told)
    return refused.value.reason


@pytest.mark.parametrize(
    ("said", "meant"), [(True, True), (False, False), ("true", True), ("false", False)]
)
def test_a_boolean_may_be_a_word(said, meant):
    assert fields.boolean({"durable": said}, "durable") is meant


def test_a_boolean_that_is_not_given_is_false():
    assert fields.boolean({}, "durable") is False


@pytest.mark.parametrize("said", ["yes", 1, None, [], {}])
def test_what_is_no_boolean_is_named(said):
    assert reason(fields.boolean, {"durable": said}, "durable") == ["not_boolean", said]


@pytest.mark.parametrize(("said", "meant"), [(2, 2), ("2", 2), (1.5, 1), (-1, -1)])
def test_a_number_may_be_text_and_loses_its_fraction(said, meant):
    assert fields.number(said) == meant


@pytest.mark.parametrize("said", ["x", None, True, [], "9" * 5000, float("inf")])
def test_what_is_no_number_is_named(said):
    assert reason(fields.number, said) == ["not_integer", said]


def test_text_and_objects_are_given_back_or_named():
    assert (fields.text("x", "tags"), fields.mapping({"a": 1}, "limits")) == ("x", {"a": 1})
    assert reason(fields.text, 3, "tags") == "tags should be a string"
    assert reason(fields.mapping, [], "limits") == "limits should be an object"


def test_a_parameter_is_any_json_that_can_be_kept():
    assert fields.parameter({"a": [None, 1.5]}) == {"a": [None, 1.5]}
    assert isinstance(reason(fields.parameter, nested(99)), str)


def test_arguments_become_a_table_of_amqp():
    table = fields.arguments({"arguments": {"x-max-length": 5, "d": 1.5}})
    assert table == {"x-max-length": 5, "d": 1.5}
    assert isinstance(table["x-max-length"], Int64)


@pytest.mark.parametrize("body", [{}, {"arguments": {}}, {"arguments": []}])
def test_no_arguments_are_an_empty_table(body):
    assert fields.arguments(body) == {}


@pytest.mark.parametrize("said", [{"x": None}, {"x": {"y": None}}, {"x": [1, None]}])
def test_null_is_no_value_of_an_argument(said):
    assert reason(fields.arguments, {"arguments": said}) == "null_not_allowed"


@pytest.mark.parametrize("said", ["x", [1], None, 5])
def test_what_is_no_table_is_refused(said):
    assert reason(fields.arguments, {"arguments": said}) == ["not_table", "arguments"]


def nested(levels):
    return [nested(levels - 1)] if levels else []


@pytest.mark.parametrize("said", [{"n": 2**64}, {"k" * 256: 1}, {"x": nested(99)}])
def test_what_amqp_cannot_carry_is_refused(said):
    assert isinstance(reason(fields.arguments, {"arguments": said}), str)


def test_a_key_has_as_many_octets_as_amqp_allows():
    assert fields.short_string("x" * 255, "routing_key") == "x" * 255
    told = "routing_key should be less than 255 bytes, actually was 256\n"
    assert reason(fields.short_string, "ü" * 128, "routing_key") == told
    assert reason(fields.short_string, 5, "routing_key") == ["not_string", "routing_key"]


def test_a_name_is_utf_8():
    assert reason(fields.check_name, "queue", "\udcff") == "queue is not UTF-8"
