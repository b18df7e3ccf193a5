"""Prometheus' text format: what Prometheus' own parser makes of it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from leveret.management.metrics.exposition import escaped, header, labels, number, sample


def parsed(text):
    (family,) = text_string_to_metric_families(text)
    return family


def test_a_metric_with_its_lines():
    text = header("rabbitmq_queue_messages", "gauge", "All of them") + sample(
        "rabbitmq_queue_messages", labels(vhost="/", queue="orders"), 17
    )
    assert text == (
        "# TYPE rabbitmq_queue_messages gauge\n"
        "# HELP rabbitmq_queue_messages All of them\n"
        'rabbitmq_queue_messages{vhost="/",queue="orders"} 17\n'
    )
    family = parsed(text)
    assert (family.type, family.documentation) == ("gauge", "All of them")
    (line,) = family.samples
    assert (line.labels, line.value) == ({"vhost": "/", "queue": "orders"}, 17.0)


def test_a_line_without_labels_has_no_braces():
    assert sample("rabbitmq_queues", "", 3) == "rabbitmq_queues 3\n"


def test_a_help_in_one_line():
    text = header("x", "gauge", "one\ntwo \\ three") + "x 1\n"
    assert parsed(text).documentation == "one\ntwo \\ three"


# A character that JSON can carry, as the names of queues are told everywhere.
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(ANY_TEXT)
def test_whatever_is_in_a_label_comes_out_of_it(text):
    family = parsed(f"# TYPE x gauge\n{sample('x', labels(queue=text, vhost='/'), 1)}")
    assert family.samples[0].labels == {"queue": text, "vhost": "/"}


def test_octets_that_are_no_text_are_spelled():
    # RabbitMQ writes them as they are, and quotes that end the label too early.
    told = escaped(b"q\xff".decode("utf-8", "surrogateescape"))
    assert told.encode().decode() == told
    assert escaped('we"ird\\q\n') == r"we\"ird\\q\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (True, "1"),
        (False, "0"),
        (3.0, "3"),
        (-1.5, "-1.5"),
        (17.247, "17.247"),
        (4.9e-05, "4.9e-05"),
        (2**63, "9223372036854775808"),
        (math.nan, "NaN"),
        (math.inf, "+Inf"),
        (-math.inf, "-Inf"),
    ],
)
def test_numbers_as_the_format_has_them(value, text):
    assert number(value) == text


@given(st.floats(allow_nan=False) | st.integers(-(2**63), 2**63))
def test_no_number_is_changed_on_the_way(value):
    assert float(number(value)) == float(value)
