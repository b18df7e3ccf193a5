"""Reserved names and generated ones."""

import re

import pytest

from leveret.broker.errors import AccessRefused
from leveret.broker.names import generate, refuse_reserved, without_line_breaks
from tests.broker.domain import random_bytes


def test_a_generated_name_looks_like_those_of_rabbitmq():
    assert re.fullmatch(r"amq\.gen-[A-Za-z0-9_-]{22}", generate("amq.gen-", random_bytes()))


def test_generated_names_differ():
    chance = random_bytes()
    assert generate("amq.gen-", chance) != generate("amq.gen-", chance)


@pytest.mark.parametrize("name", ["amq.", "amq.mine", "amq.gen-x"])
def test_a_reserved_name_is_refused(name):
    with pytest.raises(AccessRefused) as refusal:
        refuse_reserved("queue", name)
    assert str(refusal.value) == f"queue name '{name}' contains reserved prefix 'amq.*'"


@pytest.mark.parametrize("name", ["", "amq", "amqp.mine", "my.amq.queue"])
def test_any_other_name_is_free(name):
    refuse_reserved("queue", name)


def test_line_breaks_are_cut_from_names():
    assert without_line_breaks("a\r\nb\nc\r") == "abc"
