"""Changes of every kind, with all that is hard to keep: any octets, exact types, odd names."""

from leveret.broker.changes import (
    Bound,
    ExchangeDeclared,
    ExchangeDeleted,
    GlobalParameterCleared,
    GlobalParameterSet,
    ParameterCleared,
    ParameterSet,
    PermissionCleared,
    PermissionSet,
    QueueDeclared,
    QueueDeleted,
    StreamCut,
    StreamGrew,
    TopicPermissionCleared,
    TopicPermissionSet,
    Unbound,
    UserLimitsSet,
    UserRemoved,
    UserSet,
    VhostAdded,
    VhostDescribed,
    VhostRemoved,
)
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.permissions import Permission
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.streams.outline import Outline
from leveret.broker.topic_permissions import TopicPermission
from leveret.broker.vhost_metadata import NO_METADATA, VhostMetadata
from leveret.wire.values import Decimal, Float32, Int8, Int64, Timestamp, UInt16, text

NOT_UTF_8 = text(b"\xff\xfe caf\xe9")
NUL = "a\0b"
EXACT = {
    "i8": Int8(-7),
    "u16": UInt16(7),
    "i64": Int64(7),
    "plain": 7,
    "yes": True,
    "f32": Float32(0.5),
    "double": 0.1,
    "when": Timestamp(1_700_000_000),
    "price": Decimal(2, 199),
    "bytes": b"\x00\xff",
    "text": NOT_UTF_8,
    "void": None,
    "nested": {"list": [1, "two", [b"3"], {}]},
    "": "",
}

VHOSTS = [
    VhostAdded("/"),
    VhostDescribed("/", VhostMetadata("Ünïcode", ("a, b", NOT_UTF_8), "quorum")),
    VhostAdded("Ünïcode"),
    VhostAdded(NOT_UTF_8),
    VhostDescribed(NOT_UTF_8, VhostMetadata(tags=("t",))),
    VhostAdded(""),
]
USERS = [
    UserSet("guest", b"salt" + bytes(range(32)), frozenset({"administrator"})),
    UserLimitsSet("guest", {"max-channels": -1, "max-connections": 5}),
    UserSet(NOT_UTF_8, b"", frozenset()),
    UserLimitsSet(NOT_UTF_8, {"max-connections": 0}),
    UserSet("", b"\0", frozenset({"monitoring", "a, b"}), "rabbit_password_hashing_md5"),
]
PERMISSIONS = [
    PermissionSet("guest", "/", Permission(".*", ".*", ".*")),
    PermissionSet("guest", NOT_UTF_8, Permission("", "^jobs$", "ü")),
    # Granted before there is such a user or vhost.
    PermissionSet("later", "later", Permission("", "", "")),
]
TOPIC_PERMISSIONS = [
    TopicPermissionSet("guest", "/", "logs", TopicPermission("^{username}$", "ü")),
    TopicPermissionSet("guest", "/", NOT_UTF_8, TopicPermission("", "")),
    TopicPermissionSet("later", "later", "", TopicPermission(".*", NOT_UTF_8)),
]
POLICY = {"pattern": "^ü", "definition": {"max-length": 10**20}, "priority": 1.5}
JSON = {"list": [1, 1.0, "1", None, True, [], {}], "text": NOT_UTF_8, "": 0}
PARAMETERS = [
    ParameterSet("policy", "/", "p", POLICY),
    ParameterSet("operator_policy", "/", "p", POLICY),
    ParameterSet("policy", NOT_UTF_8, "p", {**POLICY, "apply-to": "streams"}),
    ParameterSet("vhost-limits", "/", "limits", {"max-queues": 5}),
    ParameterSet("federation-upstream", "/", NOT_UTF_8, JSON),
    GlobalParameterSet("cluster_name", "hutch"),
    GlobalParameterSet(NOT_UTF_8, JSON),
]
EXCHANGES = [
    ExchangeDeclared("/", "logs", "topic", ExchangeOptions(durable=True)),
    ExchangeDeclared("/", NUL, "headers", ExchangeOptions(True, True, True, EXACT)),
    ExchangeDeclared(NOT_UTF_8, "logs", "direct", ExchangeOptions(True, False, True)),
    ExchangeDeclared(
        "/",
        "later",
        "x-delayed-message",
        ExchangeOptions(durable=True, arguments={"x-delayed-type": "topic"}),
        7,
    ),
]
QUEUES = [
    QueueDeclared(3, "/", "jobs", QueueOptions(durable=True)),
    QueueDeclared(4, "/", NOT_UTF_8, QueueOptions(True, False, True, EXACT)),
    QueueDeclared(9, NOT_UTF_8, "jobs", QueueOptions(durable=True)),
    QueueDeclared(12, "/", "events", QueueOptions(True, arguments={"x-queue-type": "stream"})),
    QueueDeclared(
        13, NOT_UTF_8, "Ünïcode", QueueOptions(True, arguments={"x-queue-type": "stream"})
    ),
    QueueDeclared(2**32, "/", "logs", QueueOptions(durable=True)),
]
STREAMS = [
    StreamGrew(12, "/", "events", Outline(0, 900, 800, 10_000, 1_700_000_000_000)),
    StreamGrew(12, "/", "events", Outline(800, 2**40, 50, 2**33, 1_700_000_001_000)),
    StreamGrew(13, NOT_UTF_8, "Ünïcode", Outline(2**40, 2**62, 1, 1, 1)),
    StreamCut(13, NOT_UTF_8, "Ünïcode", 2**40, 2**61),
]
BINDINGS = [
    Bound("/", "logs", "queue", "jobs", "z.#", {}),
    Bound("/", "logs", "queue", "jobs", "a.#", {}),
    Bound("/", "amq.headers", "queue", "jobs", "", {"x-match": "any", **EXACT}),
    Bound("/", "amq.headers", "queue", "jobs", "", {"x-match": "any", "n": 7}),
    Bound("/", "amq.headers", "queue", "jobs", "", {"x-match": "any", "n": Int8(7)}),
    Bound("/", "logs", "queue", "logs", NUL, {}),
    Bound("/", "logs", "exchange", "logs", NUL, {}),
    Bound("/", "amq.fanout", "queue", NOT_UTF_8, NOT_UTF_8, {}),
    Bound("/", NUL, "exchange", "amq.topic", "", {"x-match": "all"}),
    Bound(NOT_UTF_8, "logs", "queue", "jobs", "", {}),
]
ALL = [
    *VHOSTS,
    *USERS,
    *PERMISSIONS,
    *TOPIC_PERMISSIONS,
    *PARAMETERS,
    *EXCHANGES,
    *QUEUES,
    *STREAMS,
    *BINDINGS,
]

# What a file of the catalogue's version 1 can hold of it (tests/storage/golden).
OF_VERSION_1 = [
    *(each for each in VHOSTS if isinstance(each, VhostAdded)),
    *USERS[:1],
    USERS[2],
    UserSet("", b"\0", frozenset({"monitoring", "a, b"})),
    *PERMISSIONS,
    *(each for each in EXCHANGES if not each.number),
    *(each for each in QUEUES if each.number not in {12, 13}),
    *BINDINGS,
]


# One more change, and what it takes with it of all the others.
ENDS = [
    (Unbound("/", "logs", "queue", "jobs", "z.#", {}), [BINDINGS[0]]),
    (
        # The order of the arguments makes no difference, the width of a number does.
        Unbound("/", "amq.headers", "queue", "jobs", "", {"n": 7, "x-match": "any"}),
        [BINDINGS[3]],
    ),
    (QueueDeleted(3, "/", "jobs"), [QUEUES[0], *BINDINGS[:5]]),
    (QueueDeleted(12, "/", "events"), [QUEUES[3], *STREAMS[:2]]),
    (ExchangeDeleted("/", "logs"), [EXCHANGES[0], *BINDINGS[:2], *BINDINGS[5:7]]),
    (ExchangeDeleted("/", NUL), [EXCHANGES[1], BINDINGS[8]]),
    (PermissionCleared("guest", "/"), [PERMISSIONS[0]]),
    (TopicPermissionCleared("guest", "/", NOT_UTF_8), [TOPIC_PERMISSIONS[1]]),
    (ParameterCleared("policy", "/", "p"), [PARAMETERS[0]]),
    (GlobalParameterCleared(NOT_UTF_8), [PARAMETERS[6]]),
    (UserLimitsSet("guest", {}), [USERS[1]]),
    (VhostDescribed(NOT_UTF_8, NO_METADATA), [VHOSTS[4]]),
    (UserRemoved("guest"), [*USERS[:2], *PERMISSIONS[:2], *TOPIC_PERMISSIONS[:2]]),
    (
        VhostRemoved("/"),
        [
            *VHOSTS[:2],
            PERMISSIONS[0],
            *TOPIC_PERMISSIONS[:2],
            *PARAMETERS[:2],
            *PARAMETERS[3:5],
            *EXCHANGES[:2],
            EXCHANGES[3],
            *QUEUES[:2],
            QUEUES[3],
            QUEUES[5],
            *STREAMS[:2],
            *BINDINGS[:9],
        ],
    ),
]
END_NAMES = [type(change).__name__ for change, _gone in ENDS]


def without(gone):
    """All but these; by identity, as an Int8(7) equals a 7."""
    return [change for change in ALL if not any(change is each for each in gone)]
