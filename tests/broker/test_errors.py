"""Refusals carry RabbitMQ's code and text."""

import pytest

from leveret.broker import errors
from leveret.broker.errors import NotFound, Refused

CODES = {
    "Undone": 320,
    "AccessRefused": 403,
    "NotFound": 404,
    "ResourceLocked": 405,
    "PreconditionFailed": 406,
    "SyntaxRefused": 502,
    "CommandInvalid": 503,
    "NotAllowed": 530,
    "Unsupported": 540,
    "Unavailable": 541,
}


def test_a_refusal_speaks_as_rabbitmq_does():
    refusal = NotFound("no queue 'q' in vhost '/'")
    assert refusal.reply_text == "NOT_FOUND - no queue 'q' in vhost '/'"


@pytest.mark.parametrize("kind", Refused.__subclasses__())
def test_each_refusal_has_its_reply_code(kind):
    assert kind.code == CODES[kind.__name__]
    assert kind.__name__ in errors.__doc__
