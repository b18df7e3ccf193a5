"""Which policy applies, and what comes of it together with an operator's."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.broker.policies import NOTHING_APPLIED, Applied, Policies, Policy, merge


def policies(*user, operator=()):
    made = Policies()
    for each in user:
        made.user.place(each)
    for each in operator:
        made.operator.place(each)
    return made


def policy(name="p", pattern=".*", priority=0, apply_to="all", **definition):
    said = {key.replace("_", "-"): value for key, value in definition.items()} or {"max-length": 1}
    return Policy(name, pattern, said, priority, apply_to)


def chosen(made, name="q", queue_type="classic"):
    return made.applied_to_queue(name, queue_type).policy


def test_without_policies_nothing_applies():
    assert Policies().applied_to_queue("q", "classic") is NOTHING_APPLIED
    assert Policies().applied_to_exchange("x") is NOTHING_APPLIED


def test_a_pattern_may_match_anywhere_in_the_name():
    made = policies(policy(pattern="b.d"))
    assert chosen(made, "abcde") == "p"
    assert chosen(made, "abde") is None


def test_a_pattern_of_nothing_matches_everything():
    assert chosen(policies(policy(pattern="")), "q") == "p"


def test_the_highest_priority_applies_alone():
    low, high = policy("low", expires=5), policy("high", priority=2, max_length=9)
    made = policies(low, high)
    assert made.applied_to_queue("q", "classic") == Applied("high", None, {"max-length": 9})


def test_of_equal_priority_the_first_by_name_applies():
    assert chosen(policies(policy("b"), policy("a"), policy("c"))) == "a"


def test_priorities_may_be_negative_and_broken():
    made = policies(policy("a", priority=-1), policy("b", priority=0.5), policy("c"))
    assert chosen(made) == "b"


@pytest.mark.parametrize(
    ("apply_to", "reached"),
    [
        ("all", {"classic", "quorum", "stream", "exchange"}),
        ("queues", {"classic", "quorum", "stream"}),
        ("classic_queues", {"classic"}),
        ("quorum_queues", {"quorum"}),
        ("streams", {"stream"}),
        ("exchanges", {"exchange"}),
    ],
)
def test_apply_to_says_what_is_reached(apply_to, reached):
    made = policies(policy(apply_to=apply_to, max_length_bytes=5))
    found = {each for each in ("classic", "quorum", "stream") if chosen(made, queue_type=each)}
    if made.applied_to_exchange("x").policy:
        found.add("exchange")
    assert found == reached


@pytest.mark.parametrize(
    ("queue_type", "key"),
    [
        ("classic", "max-age"),
        ("classic", "dead-letter-strategy"),
        ("quorum", "queue-mode"),
        ("quorum", "ha-mode"),
        ("stream", "message-ttl"),
        ("stream", "overflow"),
    ],
)
def test_a_key_that_a_type_does_not_know_leaves_the_queue_to_the_next_policy(queue_type, key):
    strange = Policy("strange", ".*", {key: 1, "max-length-bytes": 1}, 9)
    made = policies(strange, policy("next", max_length_bytes=2))
    assert chosen(made, queue_type=queue_type) == "next"
    assert made.applied_to_exchange("x").policy == "strange"


def test_a_delivery_limit_is_for_classic_queues_too():
    made = policies(policy(delivery_limit=3))
    assert [chosen(made, queue_type=each) for each in ("classic", "quorum")] == ["p", "p"]


def test_an_operator_policy_applies_alone_or_beside():
    operator = policy("op", pattern="^q", max_length=3)
    made = policies(policy("p", pattern="q$", expires=9), operator=[operator])
    assert made.applied_to_queue("q", "classic") == Applied(
        "p", "op", {"expires": 9, "max-length": 3}
    )
    assert made.applied_to_queue("qx", "classic") == Applied(None, "op", {"max-length": 3})
    assert made.applied_to_queue("xq", "classic") == Applied("p", None, {"expires": 9})


def test_those_who_follow_the_same_share_what_applies():
    made = policies(policy())
    assert made.applied_to_queue("a", "classic") is made.applied_to_exchange("b")


def test_a_policy_that_changes_or_goes_does_so():
    made = policies(policy(max_length=1))
    assert made.applied_to_queue("q", "classic").definition == {"max-length": 1}
    made.user.place(policy(max_length=2))
    made.changed()
    assert made.applied_to_queue("q", "classic").definition == {"max-length": 2}
    assert made.count == 1
    made.user.forget("p")
    made.user.forget("never there")
    made.changed()
    assert made.applied_to_queue("q", "classic") is NOTHING_APPLIED


def test_a_policy_is_what_its_value_says():
    said = policy("p", "^a", 3, "queues", max_length=1)
    assert said.value == {
        "pattern": "^a",
        "definition": {"max-length": 1},
        "priority": 3,
        "apply-to": "queues",
    }
    assert Policy.from_value("p", said.value) == said


def test_a_value_may_leave_out_what_it_applies_to():
    value = {"pattern": "a", "definition": {"expires": 1}, "priority": 0}
    assert Policy.from_value("p", value).apply_to == "all"


@pytest.mark.parametrize(
    ("key", "policy", "operator", "merged"),
    [
        *(
            (key, *values)
            for key in (
                "expires",
                "message-ttl",
                "max-length",
                "max-length-bytes",
                "max-in-memory-length",
                "max-in-memory-bytes",
                "delivery-limit",
            )
            for values in [(5, 3, 3), (3, 5, 3), (0, 5, 0)]
        ),
        ("overflow", "drop-head", "reject-publish", "reject-publish"),
        ("queue-version", 2, 1, 1),
        ("ha-mode", "all", "exactly", "all"),
        ("ha-mode", "nodes", "all", "all"),
        ("ha-mode", "nodes", "exactly", "exactly"),
        ("ha-mode", "nodes", "nodes", "nodes"),
        ("ha-params", 2, 3, 3),
        ("ha-params", 3, 2, 3),
        ("ha-params", ["a@b"], 2, 2),
        ("ha-params", ["a@b"], ["c@d"], ["c@d"]),
        ("ha-params", ["a@b", "c@d"], ["e@f"], ["a@b", "c@d"]),
        ("ha-sync-mode", "manual", "automatic", "automatic"),
    ],
)
def test_where_both_speak_the_safer_holds(key, policy, operator, merged):
    assert merge({key: policy}, {key: operator}) == {key: merged}


def test_merging_keeps_what_only_one_says():
    assert merge({"a": 1, "expires": 2}, {"expires": 1, "max-length": 3}) == {
        "a": 1,
        "expires": 1,
        "max-length": 3,
    }


# Against a model that asks everything anew ------------------------------------------------------

NAMES = st.text("ab", min_size=1, max_size=3)
PATTERNS = st.sampled_from(["", "a", "^a", "b$", "^ab?$", "a.b", "[^a]", "z"])
NUMBERS = st.integers(0, 5)
LIMITS = st.dictionaries(st.sampled_from(["expires", "max-length", "message-ttl"]), NUMBERS)
SAID = LIMITS.filter(bool)
POLICIES = st.builds(
    Policy,
    NAMES,
    PATTERNS,
    SAID,
    st.integers(-1, 1),
    st.sampled_from(["all", "queues", "exchanges", "classic_queues", "quorum_queues"]),
)
KINDS = {
    "classic": {"all", "queues", "classic_queues"},
    "quorum": {"all", "queues", "quorum_queues"},
    "exchange": {"all", "exchanges"},
}


def model_choice(named, kind, name):
    matching = [
        each
        for each in named.values()
        if each.apply_to in KINDS[kind] and re.search(each.pattern, name)
    ]
    best = max((each.priority for each in matching), default=None)
    return min(
        (each for each in matching if each.priority == best), key=lambda p: p.name, default=None
    )


def model(user, operator, kind, name):
    found = [model_choice(named, kind, name) for named in (user, operator)]
    said = [each.definition if each else {} for each in found]
    keys = said[0].keys() | said[1].keys()
    names = (each.name if each else None for each in found)
    return Applied(*names, {key: min(each[key] for each in said if key in each) for key in keys})


STEPS = st.lists(st.tuples(st.booleans(), st.one_of(POLICIES, NAMES)), min_size=1, max_size=12)


@given(STEPS, st.lists(NAMES, min_size=1, max_size=4))
def test_choice_and_merge_are_those_of_a_naive_model(steps, names):
    made, named = Policies(), ({}, {})
    for is_operator, step in steps:
        row = made.operator if is_operator else made.user
        if isinstance(step, str):
            row.forget(step)
            named[is_operator].pop(step, None)
        else:
            row.place(step)
            named[is_operator][step.name] = step
        made.changed()
        for name in names:
            for kind in KINDS:
                found = (
                    made.applied_to_exchange(name)
                    if kind == "exchange"
                    else made.applied_to_queue(name, kind)
                )
                assert found == model(*named, kind, name)
