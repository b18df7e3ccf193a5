"""Arguments and policies made one: which of them holds."""

import pytest

from leveret.broker.queues.rules import NO_RULES, Rules, rules_of


def test_a_queue_without_arguments_and_policy_has_no_rules():
    assert rules_of({}, {}) is NO_RULES
    assert rules_of({"x-unheard-of": 1}, {"ha-mode": "all"}) == Rules()


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("message-ttl", 5, "message_ttl_ms"),
        ("expires", 5, "expires_ms"),
        ("max-length", 0, "max_length"),
        ("max-length-bytes", 5, "max_length_bytes"),
        ("overflow", "reject-publish", "overflow"),
        ("dead-letter-exchange", "x", "dead_letter_exchange"),
        ("dead-letter-routing-key", "k", "dead_letter_routing_key"),
        ("dead-letter-strategy", "at-least-once", "dead_letter_strategy"),
        ("delivery-limit", 3, "delivery_limit"),
        ("queue-mode", "lazy", "queue_mode"),
        ("consumer-timeout", 1000, "consumer_timeout_ms"),
        ("max-age", "1h", "max_age"),
        ("stream-max-segment-size-bytes", 100, "segment_bytes"),
    ],
)
def test_each_rule_can_be_said_by_argument_and_by_policy(name, value, rule):
    expected = Rules(**{rule: value})
    assert rules_of({f"x-{name}": value}, {}) == expected
    assert rules_of({}, {name: value}) == expected


def test_the_action_of_a_consumer_timeout_is_a_matter_of_policy():
    assert rules_of({}, {"consumer-timeout-action": "requeue"}) == Rules(
        consumer_timeout_action="requeue"
    )


@pytest.mark.parametrize(
    "name", ["message-ttl", "expires", "max-length", "max-length-bytes", "delivery-limit"]
)
def test_of_two_limits_the_smaller_holds(name):
    assert rules_of({f"x-{name}": 5}, {name: 6}) == rules_of({f"x-{name}": 5}, {})
    assert rules_of({f"x-{name}": 6}, {name: 5}) == rules_of({f"x-{name}": 5}, {})


@pytest.mark.parametrize(
    ("name", "argument", "policy"),
    [
        ("overflow", "drop-head", "reject-publish"),
        ("dead-letter-exchange", "mine", "theirs"),
        ("queue-mode", "default", "lazy"),
    ],
)
def test_elsewhere_the_argument_beats_the_policy(name, argument, policy):
    assert rules_of({f"x-{name}": argument}, {name: policy}) == rules_of(
        {f"x-{name}": argument}, {}
    )


@pytest.mark.parametrize("value", ["three", True, -1, 1.5])
def test_a_delivery_limit_that_is_none_is_no_limit(value):
    assert rules_of({"x-delivery-limit": value}, {}) == Rules()


def test_only_a_limited_queue_can_refuse():
    assert not Rules(overflow="reject-publish").refuses_when_full
    assert not Rules(max_length=1).refuses_when_full
    assert Rules(max_length=1, overflow="reject-publish").refuses_when_full
    assert Rules(max_length_bytes=1, overflow="reject-publish-dlx").refuses_when_full


def test_a_lazy_queue():
    assert Rules(queue_mode="lazy").is_lazy
    assert not Rules().is_lazy
