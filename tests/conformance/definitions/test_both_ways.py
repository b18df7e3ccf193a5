"""A topology made on one broker, written down there, and made of that on the other: what a client
sees is the same, whichever way it went.

Topology: a vhost with a bit of everything, two users of which one may little. Behaviour: who logs
in, where messages go, which declares are equivalent.
"""

import json
from contextlib import contextmanager

import pika
import pytest
from bench.rabbitmq import is_installed, running_rabbitmq

import leveret
from leveret.broker.definitions.exporting import definitions_of
from leveret.definitions.writing import write_document

VHOST = "orders"
PLUGINS = (
    "rabbitmq_consistent_hash_exchange",
    "rabbitmq_random_exchange",
    "rabbitmq_recent_history_exchange",
)
PASSWORDS = {"ada": "s€cret", "bob": "bob"}
USERS = {
    "vhosts": [
        {
            "name": VHOST,
            "metadata": {"description": "What is to be done", "tags": ["prod", "eu"]},
            "limits": [],
        }
    ],
    "users": [
        {"name": name, "password": password, "tags": ["management"] if name == "bob" else []}
        for name, password in PASSWORDS.items()
    ],
    "permissions": [
        {"user": "ada", "vhost": VHOST, "configure": ".*", "write": ".*", "read": ".*"},
        {"user": "bob", "vhost": VHOST, "configure": "", "write": "^ex$|^topic$", "read": "^q"},
    ],
    "topic_permissions": [
        {"user": "bob", "vhost": VHOST, "exchange": "topic", "write": "^{username}", "read": ""}
    ],
    "global_parameters": [{"name": "mine", "value": ["a", 1, True, 2.5, {"b": "c"}]}],
    "policies": [
        {
            "vhost": VHOST,
            "name": "short",
            "pattern": "^q\\.bounded",
            "apply-to": "queues",
            "definition": {"max-length": 2, "dead-letter-exchange": "dead"},
            "priority": 3,
        }
    ],
    "parameters": [
        {
            "vhost": VHOST,
            "component": "operator_policy",
            "name": "bounded",
            "value": {
                "pattern": "^q\\.bounded",
                "apply-to": "queues",
                "definition": {"max-length": 1},
                "priority": 0,
            },
        },
        {
            "vhost": VHOST,
            "component": "vhost-limits",
            "name": "limits",
            "value": {"max-queues": 100},
        },
    ],
}

EXCHANGES = {
    "ex": ("direct", {"alternate-exchange": "spill", "x-list": [1, "a", {"k": 1}], "x-big": 2**40}),
    "spill": ("fanout", {}),
    "dead": ("fanout", {}),
    "topic": ("topic", {}),
    "heads": ("headers", {}),
    "hash": ("x-consistent-hash", {"hash-header": "h"}),
    "recent": ("x-recent-history", {"x-recent-history-length": 2}),
    "any": ("x-random", {}),
}
QUEUES = {
    "q.plain": {},
    "q.arguments": {"x-message-ttl": 60_000, "x-max-priority": 5, "x-overflow": "reject-publish"},
    "q.bounded": {},
    "q.quorum": {"x-queue-type": "quorum", "x-delivery-limit": 3},
    "q.stream": {"x-queue-type": "stream", "x-max-age": "1h"},
    "q.dead": {},
    "q.spilt": {},
}
BINDINGS = [
    ("ex", "q.plain", "k", {}),
    ("ex", "q.quorum", "k", {"x": 1}),
    ("ex", "q.bounded", "b", {}),
    ("amq.topic", "q.plain", "#.a", {}),
    ("topic", "q.arguments", "ada.*", {}),
    ("topic", "q.arguments", "bob.*", {}),
    ("heads", "q.plain", "", {"x-match": "any", "n": 2**33, "b": False}),
    ("hash", "q.plain", "10", {}),
    ("recent", "q.arguments", "", {}),
    ("spill", "q.spilt", "", {}),
    ("dead", "q.dead", "", {}),
]
PUBLISHED = [
    ("ex", "k", {}),
    ("ex", "nowhere", {}),
    ("ex", "b", {}),
    ("ex", "b", {}),
    ("amq.topic", "x.a", {}),
    ("topic", "ada.x", {}),
    ("topic", "eve.x", {}),
    ("heads", "", {"n": 2**33}),
    ("heads", "", {"n": 1}),
    ("hash", "", {"h": "1"}),
    ("recent", "", {}),
]


@contextmanager
def channel(port, user="ada", password=None):
    told = pika.PlainCredentials(user, password or PASSWORDS[user])
    parameters = pika.ConnectionParameters("127.0.0.1", port, VHOST, told)
    with pika.BlockingConnection(parameters) as connection:
        yield connection.channel()


def build(port):
    """As a client does it: pika's numbers are 32 bits wide where they fit."""
    with channel(port) as client:
        for name, (kind, arguments) in EXCHANGES.items():
            client.exchange_declare(name, kind, durable=True, arguments=arguments)
        client.exchange_declare("inner2", "direct", durable=True, auto_delete=True)
        for name, arguments in QUEUES.items():
            client.queue_declare(name, durable=True, arguments=arguments)
        for source, queue, key, arguments in BINDINGS:
            client.queue_bind(queue, source, key, arguments)
        client.exchange_bind("topic", "inner2", "#")
        client.exchange_bind("spill", "inner2", "k", {"depth": 1})


def behaviour(port):
    """What clients see."""
    return {
        "logins": [login(port, *each) for each in [*PASSWORDS.items(), ("ada", "bob")]],
        "rights": rights(port),
        "equivalent": [redeclare(port, name) for name in QUEUES],
        "not equivalent": redeclare(port, "q.arguments", {"x-max-priority": 6}),
        "exchanges": [redeclare_exchange(port, *each) for each in EXCHANGES.items()],
        "routes": routes(port),
    }


def login(port, user, password):
    try:
        with channel(port, user, password):
            return "in"
    except pika.exceptions.AMQPConnectionError as error:
        return type(error).__name__


def refusal(port, user, act):
    try:
        with channel(port, user) as client:
            client.confirm_delivery()
            act(client)
    except pika.exceptions.AMQPError as error:
        return str(error)
    return "done"


def rights(port):
    return [
        refusal(port, "bob", lambda client: client.queue_declare("new")),
        refusal(port, "bob", lambda client: client.basic_publish("topic", "bob.none", b"")),
        refusal(port, "bob", lambda client: client.basic_publish("topic", "ada.none", b"")),
        refusal(port, "bob", lambda client: client.basic_publish("spill", "", b"")),
    ]


def redeclare(port, name, arguments=None):
    told = QUEUES[name] if arguments is None else QUEUES[name] | arguments
    return refusal(
        port, "ada", lambda client: client.queue_declare(name, durable=True, arguments=told)
    )


def redeclare_exchange(port, name, told):
    kind, arguments = told
    return refusal(
        port,
        "ada",
        lambda client: client.exchange_declare(name, kind, durable=True, arguments=arguments),
    )


def routes(port):
    """What each queue got of what was published."""
    with channel(port) as client:
        client.confirm_delivery()
        for number, (exchange, key, headers) in enumerate(PUBLISHED):
            told = pika.BasicProperties(headers=headers, delivery_mode=2)
            client.basic_publish(exchange, key, b"%d" % number, told)
        client.basic_publish("inner2", "k", b"through")
        return {name: drained(client, name) for name in QUEUES if name != "q.stream"}


def drained(client, queue):
    found = []
    while (got := client.basic_get(queue, auto_ack=True))[0] is not None:
        found.append(got[2])
    return found


@pytest.fixture(scope="module")
def rabbitmq():
    if not is_installed():
        pytest.skip("RabbitMQ is not installed: apt-get install rabbitmq-server")
    with running_rabbitmq(plugins=PLUGINS) as node:
        yield node


@pytest.fixture
def told_rabbitmq(rabbitmq, tmp_path):
    """RabbitMQ imports what a test gives it, into a vhost and users that are new."""

    def tell(document):
        clear(rabbitmq)
        file = tmp_path / "told.json"
        file.write_bytes(document)
        rabbitmq.ctl("import_definitions", str(file))
        return rabbitmq.port

    yield tell
    clear(rabbitmq)


def clear(node):
    if VHOST in node.ctl("list_vhosts", "--no-table-headers").split():
        node.ctl("delete_vhost", VHOST)
    for user in PASSWORDS:
        if user in node.ctl("list_users", "--no-table-headers").split():
            node.ctl("delete_user", user)


def exported_by_rabbitmq(node, tmp_path):
    file = tmp_path / "exported.json"
    node.ctl("export_definitions", str(file))
    return file


def exported_by_leveret(broker):
    return write_document(definitions_of(broker._node.broker), "3.13.7")


def relevant(document):
    """What two exports have to agree on, in an order that can be compared."""
    told = json.loads(document)
    for queue in told["queues"]:
        # rabbitmqctl says it twice.
        queue.pop("type", None)
    for exchange in told["exchanges"]:
        # rabbitmqctl never says it.
        assert not exchange.pop("internal", False)
    for parameter in told["parameters"]:
        if isinstance(parameter["value"].get("definition"), list):
            parameter["value"]["definition"] = dict(parameter["value"]["definition"])
    kept = {
        name: sorted(map(spelled, told[name]))
        for name in ("queues", "exchanges", "bindings", "policies", "parameters")
    }
    kept["permissions"] = [each for each in told["permissions"] if each["user"] in PASSWORDS]
    kept["topic_permissions"] = told["topic_permissions"]
    kept["users"] = [each for each in told["users"] if each["name"] in PASSWORDS]
    kept["vhosts"] = [each["metadata"] for each in told["vhosts"] if each["name"] == VHOST]
    for name in ("permissions", "users"):
        kept[name] = sorted(map(spelled, kept[name]))
    return kept


def spelled(told):
    return json.dumps(told, sort_keys=True)


def test_from_rabbitmq_to_leveret(rabbitmq, told_rabbitmq, tmp_path):
    port = told_rabbitmq(json.dumps(USERS).encode())
    build(port)
    file = exported_by_rabbitmq(rabbitmq, tmp_path)
    expected = behaviour(port)
    with leveret.running(settings=leveret.Settings(load_definitions=file)) as broker:
        assert relevant(exported_by_leveret(broker)) == relevant(file.read_bytes())
        assert behaviour(broker.port) == expected


def test_from_leveret_to_rabbitmq(rabbitmq, told_rabbitmq, tmp_path):
    with leveret.running(definitions=USERS) as broker:
        build(broker.port)
        document = exported_by_leveret(broker)
        expected = behaviour(broker.port)
    port = told_rabbitmq(document)
    assert relevant(exported_by_rabbitmq(rabbitmq, tmp_path).read_bytes()) == relevant(document)
    assert behaviour(port) == expected


def test_what_went_to_rabbitmq_comes_back_as_it_was(rabbitmq, told_rabbitmq, tmp_path):
    with leveret.running(definitions=USERS) as broker:
        build(broker.port)
        document = exported_by_leveret(broker)
    told_rabbitmq(document)
    file = exported_by_rabbitmq(rabbitmq, tmp_path)
    with leveret.running(settings=leveret.Settings(load_definitions=file)) as broker:
        assert relevant(exported_by_leveret(broker)) == relevant(document)
