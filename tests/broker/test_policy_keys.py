"""What a policy may say. The complaints are RabbitMQ 3.10.8's, as rabbitmqctl prints them, but for
keys and kinds of queues that only 3.13 has."""

import pytest

from leveret.broker.policy_keys import POLICY_KEYS, complaints


def wrong(definition, *, is_operator=False, **rest):
    value = {"pattern": "^q$", "definition": definition, "priority": 0, "apply-to": "all", **rest}
    return complaints("p", value, is_operator=is_operator)


VALID = [
    ("alternate-exchange", ["s", ""]),
    ("consumer-timeout", [0, 5]),
    ("consumer-timeout-action", ["close", "requeue"]),
    ("dead-letter-exchange", ["s", ""]),
    ("dead-letter-routing-key", ["s", ""]),
    ("dead-letter-strategy", ["at-least-once", "at-most-once"]),
    ("delivery-limit", [0, 5]),
    ("expires", [1, 10**20]),
    ("federation-upstream", ["s"]),
    ("federation-upstream-pattern", ["^a"]),
    ("federation-upstream-set", ["all"]),
    ("ha-mode", ["all"]),
    ("initial-cluster-size", [0, 3]),
    ("max-age", ["1Y", "7D", "3h", "30s", "2M", "5m", "007s"]),
    ("max-in-memory-bytes", [0]),
    ("max-in-memory-length", [0]),
    ("max-length", [0, 10**20]),
    ("max-length-bytes", [0]),
    ("message-ttl", [0, 10**20]),
    ("overflow", ["drop-head", "reject-publish", "reject-publish-dlx"]),
    ("queue-leader-locator", ["client-local", "random", "least-leaders", "balanced"]),
    ("queue-master-locator", ["client-local", "min-masters", "random"]),
    ("queue-mode", ["default", "lazy"]),
    ("queue-version", [1, 2]),
    ("shards-per-node", [0, 2, 1.5]),
    ("stream-filter-size-bytes", [16, 255]),
    ("stream-max-segment-size-bytes", [0, 3_000_000_000]),
]


@pytest.mark.parametrize(("key", "values"), VALID, ids=[key for key, _ in VALID])
def test_what_a_key_may_say(key, values):
    assert [wrong({key: value}) for value in values] == [[] for _ in values]


def test_every_key_was_tried():
    alone = {key for key, _ in VALID}
    with_others = {"routing-key", *(key for key in POLICY_KEYS if key.startswith("ha-"))}
    assert alone | with_others == POLICY_KEYS


NOT_TEXT = [(5, "5"), (1.5, "1.5"), (True, "true"), (None, "null"), ([1], "[1]")]
NOT_TEXT += [({"a": 1}, '#{<<"a">> => 1}')]
NOT_COUNTS = [("s", '<<"s">>'), ("", "<<>>"), (-1, "-1"), *NOT_TEXT[1:]]
NOT_WORDS = [("s", '<<"s">>'), ("", "<<>>"), (0, "0"), *NOT_TEXT]

INVALID = [
    ("alternate-exchange", "alternate exchange name", NOT_TEXT),
    ("consumer-timeout", "consumer timeout", NOT_COUNTS),
    ("consumer-timeout-action", "consumer timeout action", NOT_WORDS),
    ("dead-letter-exchange", "dead letter exchange name", NOT_TEXT),
    ("dead-letter-routing-key", "dead letter routing key", NOT_TEXT),
    ("dead-letter-strategy", "dead letter strategy", NOT_WORDS),
    ("delivery-limit", "delivery limit", NOT_COUNTS),
    ("expires", "queue expiry", [(0, "0"), *NOT_COUNTS]),
    ("federation-upstream", "federation upstream name", NOT_TEXT),
    ("federation-upstream-pattern", "federation upstream pattern name", NOT_TEXT),
    ("federation-upstream-set", "federation upstream set name", NOT_TEXT),
    ("ha-mode", "ha-mode value", NOT_WORDS),
    ("initial-cluster-size", "cluster size", NOT_COUNTS),
    ("max-age", "max age", [("5", '<<"5">>'), ("5d", '<<"5d">>'), ("0s", '<<"0s">>'), (5, "5")]),
    ("max-in-memory-bytes", "maximum memory in bytes", NOT_COUNTS),
    ("max-in-memory-length", "maximum memory in bytes", NOT_COUNTS),
    ("max-length", "maximum length", NOT_COUNTS),
    ("max-length-bytes", "maximum length in bytes", NOT_COUNTS),
    ("message-ttl", "message TTL", NOT_COUNTS),
    ("overflow", "overflow value", NOT_WORDS),
    ("queue-leader-locator", "queue leader locator value", NOT_WORDS),
    ("queue-mode", "queue-mode value", NOT_WORDS),
    ("queue-version", "queue-version value", [(3, "3"), (1.0, "1.0"), *NOT_WORDS]),
    ("stream-filter-size-bytes", "filter size. Valid range is 16-255", [(15, "15"), (256, "256")]),
    (
        "stream-max-segment-size-bytes",
        "segment size",
        [(3_000_000_001, "3000000001"), *NOT_COUNTS],
    ),
]


@pytest.mark.parametrize(("key", "what", "values"), INVALID, ids=[key for key, *_ in INVALID])
def test_what_a_key_may_not_say(key, what, values):
    for value, spelt in values:
        assert wrong({key: value}) == [f"{spelt} is not a valid {what}"]


NO_MODE = "ha-mode must be specified to specify ha-params, ha-sync-mode or ha-promote-on-shutdown"


@pytest.mark.parametrize(
    ("definition", "complaint"),
    [
        ({"queue-master-locator": "s"}, '<<"s">> invalid queue-master-locator value'),
        ({"ha-mode": "exactly"}, 'ha-mode="exactly" takes an integer, none given'),
        ({"ha-mode": "nodes"}, 'ha-mode="nodes" takes a list, none given'),
        ({"ha-params": 2}, NO_MODE),
        ({"ha-sync-mode": "automatic"}, NO_MODE),
        ({"ha-mode": "all", "ha-params": 2}, 'ha-mode="all" does not take parameters'),
        (
            {"ha-mode": "exactly", "ha-params": 0},
            'ha-mode="exactly" takes an integer, 0 given',
        ),
        (
            {"ha-mode": "exactly", "ha-params": ["a"]},
            'ha-mode="exactly" takes an integer, [<<"a">>] given',
        ),
        ({"ha-mode": "nodes", "ha-params": []}, 'ha-mode="nodes" list must be non-empty'),
        (
            {"ha-mode": "nodes", "ha-params": ["a@b", 2, "c"]},
            'ha-mode="nodes" takes a list of strings, [2] was not a string',
        ),
        (
            {"ha-mode": "nodes", "ha-params": "a@b"},
            'ha-mode="nodes" takes a list, <<"a@b">> given',
        ),
        (
            {"ha-mode": "all", "ha-sync-mode": 5},
            'ha-sync-mode must be "manual" or "automatic", got 5',
        ),
        (
            {"ha-mode": "all", "ha-sync-batch-size": "5"},
            'ha-sync-batch-size takes an integer greater than 0, <<"5">> given',
        ),
        (
            {"ha-mode": "all", "ha-promote-on-failure": "z", "ha-promote-on-shutdown": "y"},
            'ha-promote-on-shutdown must be "always" or "when-synced", got <<"y">>',
        ),
        (
            {"ha-mode": "all", "ha-promote-on-failure": 1},
            'ha-promote-on-failure must be "always" or "when-synced", got 1',
        ),
        ({"shards-per-node": "2"}, 'shards-per-node should be a number, actually was <<"2">>'),
        ({"shards-per-node": -2}, "shards-per-node should be greater than 0, actually was -2"),
        ({"routing-key": "1"}, "shards-per-node must be specified"),
        (
            {"routing-key": 5, "shards-per-node": 2},
            "routing-key should be binary, actually was 5",
        ),
        (
            {"federation-upstream": "s", "federation-upstream-set": "all"},
            (
                "cannot specify federation-upstream, federation-upstream-set or "
                "federation-upstream-pattern together"
            ),
        ),
        (
            {"federation-upstream-pattern": "("},
            'could not compile pattern ( to a regular expression. Error: {"missing )",1}',
        ),
        ({"nonsense": 1}, '[{<<"nonsense">>,1}] are not recognised policy settings'),
        (
            {"other": "x", "nonsense": [1, {}]},
            '[{<<"nonsense">>,[1,#{}]},{<<"other">>,<<"x">>}] are not recognised policy settings',
        ),
        ({}, "no policy provided"),
        ([], "definition must be a dictionary: []"),
    ],
)
def test_what_a_definition_may_not_say(definition, complaint):
    assert wrong(definition) == [complaint]


@pytest.mark.parametrize(
    "definition",
    [
        {"ha-mode": "exactly", "ha-params": 2, "ha-sync-mode": "automatic"},
        {"ha-mode": "nodes", "ha-params": ["a@b"], "ha-promote-on-failure": "when-synced"},
        {"ha-mode": "all", "ha-sync-batch-size": 5, "ha-promote-on-shutdown": "always"},
        {"shards-per-node": 2, "routing-key": "1"},
        {"max-length": 5, "ha-mode": "all", "federation-upstream": "u"},
    ],
)
def test_keys_that_go_together(definition):
    assert wrong(definition) == []


@pytest.mark.parametrize(
    ("definition", "first"),
    [
        ({"max-length": "a", "expires": "b"}, "b"),
        ({"ha-mode": "a", "max-length": "b"}, "b"),
        ({"max-length": "a", "queue-master-locator": "b"}, "b"),
        ({"federation-upstream": 5, "ha-mode": "b"}, "b"),
        ({"max-length": "a", "shards-per-node": "b"}, "b"),
        ({"nonsense": 1, "max-length": "b"}, "b"),
    ],
)
def test_the_first_wrong_key_is_named(definition, first):
    (complaint,) = wrong(definition)
    assert f'<<"{first}">>' in complaint


@pytest.mark.parametrize(
    ("rest", "complaint"),
    [
        (
            {"pattern": "("},
            'pattern should be regular expression but is invalid: {"missing )",1}',
        ),
        ({"pattern": 3}, "pattern should be a binary but was 3"),
        ({"priority": "x"}, 'priority should be a number, actually was <<"x">>'),
        ({"priority": True}, "priority should be a number, actually was true"),
        (
            {"apply-to": "nonsense"},
            (
                "apply-to 'nonsense' unrecognised; should be one of: 'queues', 'classic_queues', "
                "'quorum_queues', 'streams', 'exchanges', or 'all'"
            ),
        ),
        ({"bogus": 1}, 'Unrecognised terms [{<<"bogus">>,1}] in p'),
    ],
)
def test_what_the_rest_of_a_policy_may_not_say(rest, complaint):
    assert wrong({"max-length": 1}, **rest) == [complaint]


def test_every_part_that_is_wrong_is_named():
    found = wrong({"max-length": "q"}, pattern=")", priority="x", **{"apply-to": 5})
    assert [each.split()[0] for each in found] == ['<<"q">>', "apply-to", "pattern", "priority"]


def test_what_is_missing_is_named():
    assert complaints("p", {"pattern": "a"}) == [
        'Key "definition" not found in p',
        'Key "priority" not found in p',
    ]


def test_what_is_no_dictionary_is_refused():
    assert complaints("p", 5) == ["p not a dictionary: 5"]


@pytest.mark.parametrize(
    "definition",
    [
        {"expires": 5, "message-ttl": 5, "max-length": 5, "max-length-bytes": 5},
        {"max-in-memory-length": 5, "max-in-memory-bytes": 5, "delivery-limit": 5},
        {"overflow": "reject-publish", "queue-version": 2},
        {"ha-mode": "exactly", "ha-params": 2, "ha-sync-mode": "automatic"},
    ],
)
def test_what_an_operator_policy_may_say(definition):
    assert wrong(definition, is_operator=True) == []


@pytest.mark.parametrize(
    ("definition", "complaint"),
    [
        ({"max-length": -1}, "-1 is not a valid maximum length"),
        (
            {"max-length": 1, "dead-letter-exchange": "x"},
            '[{<<"dead-letter-exchange">>,<<"x">>}] are not recognised policy settings',
        ),
        (
            {"ha-mode": "all", "ha-promote-on-failure": "always"},
            '[{<<"ha-promote-on-failure">>,<<"always">>}] are not recognised policy settings',
        ),
    ],
)
def test_what_an_operator_policy_may_not_say(definition, complaint):
    assert wrong(definition, is_operator=True) == [complaint]
