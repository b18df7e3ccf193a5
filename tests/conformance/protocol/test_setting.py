"""What may not be set: both brokers complain in the same words."""

import re

import pytest

from leveret import Policy, Refused
from tests.brokers import RefusedByRabbitMQ

WRONG_VALUES = ["s", "", 5, 0, -1, 1.5, True, None, [1], {"a": 1}]
KEYS = [
    "alternate-exchange",
    "dead-letter-exchange",
    "dead-letter-routing-key",
    "dead-letter-strategy",
    "delivery-limit",
    "expires",
    "initial-cluster-size",
    "max-in-memory-bytes",
    "max-in-memory-length",
    "max-length",
    "max-length-bytes",
    "message-ttl",
    "overflow",
    "queue-leader-locator",
    "queue-mode",
    "queue-version",
    "shards-per-node",
    "stream-max-segment-size-bytes",
    "nonsense",
]

# Which of two families is heard first depends on RabbitMQ's plugins: not compared.
DEFINITIONS = [
    *[{key: value} for key in KEYS for value in WRONG_VALUES],
    *[{"max-age": value} for value in ("5d", "5x", "5", "5Dd", "1Y", "0s")],
    *[{"queue-master-locator": value} for value in ("random", "balanced", "", True)],
    {},
    {"ha-mode": "s"},
    {"ha-mode": "exactly"},
    {"ha-mode": "exactly", "ha-params": "2"},
    {"ha-mode": "exactly", "ha-params": 0},
    {"ha-mode": "exactly", "ha-params": 2},
    {"ha-mode": "nodes"},
    {"ha-mode": "nodes", "ha-params": []},
    {"ha-mode": "nodes", "ha-params": ["a@b", 2, "c"]},
    {"ha-mode": "nodes", "ha-params": 2},
    {"ha-mode": "all", "ha-params": 2},
    {"ha-params": 2},
    {"ha-sync-mode": "automatic"},
    {"ha-mode": "all", "ha-sync-mode": "x", "ha-sync-batch-size": 0},
    {"ha-mode": "all", "ha-sync-batch-size": 0, "ha-promote-on-failure": "z"},
    {"ha-mode": "all", "ha-promote-on-failure": "z", "ha-promote-on-shutdown": "y"},
    {"ha-mode": "all", "ha-promote-on-failure": 1},
    {"nonsense": 1, "max-length": "x"},
    {"other": "x", "nonsense": [1, {"b": []}]},
    {"max-length": "a", "expires": "x"},
    {"message-ttl": 'a b"c'},
    {"routing-key": "1"},
    {"routing-key": 5, "shards-per-node": 2},
]

PATTERNS = ["", "(", "[", "*", ")", "\\", "(?<n>a)", "[[:alpha:]]"]


def complaint(set_it, policy):
    """What somebody who sets it is told; an empty text when it is fine."""
    try:
        set_it(policy)
    except (Refused, RefusedByRabbitMQ) as refused:
        # RabbitMQ prints long terms over several lines.
        return re.sub(r"\n +", "", str(refused))
    return ""


def policies():
    for definition in DEFINITIONS:
        yield Policy("set", "^never$", definition)
    for pattern in PATTERNS:
        yield Policy("set", f"^never$|{pattern}", {"max-length": 1}, -9)


def test_policies_are_refused_in_the_same_words(rabbitmq, leveret):
    for policy in policies():
        theirs = complaint(rabbitmq.admin.set_policy, policy)
        assert complaint(leveret.admin.set_policy, policy) == theirs, policy
    for broker in (rabbitmq, leveret):
        broker.admin.clear_policy("set")


OPERATOR_KEYS = [
    "expires",
    "message-ttl",
    "max-length",
    "max-length-bytes",
    "max-in-memory-length",
    "max-in-memory-bytes",
    "delivery-limit",
    "dead-letter-exchange",
    "nonsense",
]


def test_operator_policies_are_refused_in_the_same_words(rabbitmq, leveret):
    for key in OPERATOR_KEYS:
        for value in WRONG_VALUES:
            policy = Policy("set", "^never$", {key: value})
            theirs = complaint(rabbitmq.admin.set_operator_policy, policy)
            assert complaint(leveret.admin.set_operator_policy, policy) == theirs, policy
    for broker in (rabbitmq, leveret):
        broker.admin.clear_operator_policy("set")


@pytest.mark.parametrize(
    "limits",
    [
        {"max-queues": "5"},
        {"max-queues": 1.5},
        {"max-connections": None, "max-queues": True},
        {"max-queues": 1, "bogus": 1},
    ],
)
def test_limits_of_a_vhost_are_refused_in_the_same_words(rabbitmq, leveret, limits):
    theirs = complaint(rabbitmq.admin.set_vhost_limits, limits)
    assert theirs
    assert complaint(leveret.admin.set_vhost_limits, limits) == theirs


@pytest.mark.parametrize("limits", [{"max-channels": "5"}, {"max-channels": 1.5}, {"bogus": 1}])
def test_limits_of_a_user_are_refused_in_the_same_words(rabbitmq, leveret, limits):
    def set_on(broker):
        return lambda limits: broker.admin.set_user_limits("guest", limits)

    theirs = complaint(set_on(rabbitmq), limits)
    assert theirs
    assert complaint(set_on(leveret), limits) == theirs
