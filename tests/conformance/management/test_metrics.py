"""The metrics beside RabbitMQ's: names, kinds, help, labels; and values after the same traffic."""

import re
import time
from contextlib import ExitStack, contextmanager

import pytest

from tests.management.metrics.busy import ODD, Pages, connect, consume, publish

HOST = "127.0.0.1"
QUEUES = ("orders", "letters", "events")
FRESH_S_MAX = 20.0  # RabbitMQ's figures of queues are up to five seconds old.

# What only Erlang's machine, its database and its Raft have; what a scrape itself costs RabbitMQ.
ERLANGS = re.compile(
    r"erlang_(mnesia|vm)_|telemetry_|rabbitmq_(raft|erlang_(gc_reclaimed|net_tick|scheduler_run))_?"
    r"|.*_process_reductions_total|rabbitmq_(io_(seek|reopen)|schema_db|msg_store|queue_index)_"
)
# What is not summed up here, since a sum of it says nothing.
NOT_TOLD = {"rabbitmq_queue_consumer_capacity", "rabbitmq_queue_head_message_timestamp"}
# Labels that RabbitMQ 3.10.8 has and Leveret has not, or the other way round.
LABELS = {
    "rabbitmq_build_info": {
        "prometheus_client_version", "erlang_version", "product_name", "product_version",
    },
    "rabbitmq_identity_info": {"rabbitmq_endpoint"},
    "rabbitmq_channel_messages_published_total": {"exchange"},
    "rabbitmq_channel_messages_confirmed_total": {"exchange"},
    "rabbitmq_channel_messages_unroutable_returned_total": {"exchange"},
    "rabbitmq_channel_messages_unroutable_dropped_total": {"exchange"},
    "rabbitmq_queue_messages_published_total": {"channel", "exchange_vhost", "exchange"},
}  # fmt: skip
# What is each broker's own: octets of memory, when something is written to the disk.
OWN_VALUES = {"queue_process_memory_bytes", "queue_disk_writes_total", "queue_consumer_utilisation"}
# RabbitMQ's quorum queues have in memory what is ready alone, and room at consumers that are full.
OWN_VALUES_OF_QUORUM_QUEUES = {
    "queue_messages_ram", "queue_messages_ram_bytes", "queue_consumer_capacity",
}  # fmt: skip


def pages_of(broker):
    return Pages(f"http://{HOST}:{broker.prometheus_port}")


@contextmanager
def connected(broker):
    """A connection; what was declared over it is deleted in the end."""
    with connect(broker.amqp) as connection:
        yield connection
        channel = connection.channel()
        for queue in (*QUEUES, ODD):
            channel.queue_delete(queue)
        channel.exchange_delete("fan")


@pytest.fixture(scope="module")
def busy_brokers(managed_rabbitmq, managed_leveret):
    """RabbitMQ and Leveret after the same traffic."""
    with ExitStack() as stack:
        for broker in (managed_rabbitmq, managed_leveret):
            connection = stack.enter_context(connected(broker))
            publish(connection.channel())
            consume(connection)
        yield managed_rabbitmq, managed_leveret


class Told:
    """What a page says of its metrics: kinds, helps, and the labels of each one's lines."""

    def __init__(self, text):
        comments = [line.split(" ", 3) for line in text.splitlines() if line.startswith("# ")]
        self.kinds = {name: rest for _, word, name, rest in comments if word == "TYPE"}
        self.helps = {name: rest for _, word, name, rest in comments if word == "HELP"}
        self.labels = {}
        for line in text.splitlines():
            if line and not line.startswith("#"):
                name, _, rest = line.partition("{")
                told = set(re.findall(r'(?:^|,)(\w+)="', rest))
                self.labels.setdefault(name.split(" ")[0], set()).update(told)


@pytest.mark.parametrize("path", ["/metrics", "/metrics/per-object"])
def test_the_metrics_are_rabbitmqs(busy_brokers, path):
    theirs, ours = (Told(pages_of(broker).ask(path)[2]) for broker in busy_brokers)
    assert ours.kinds.keys() <= theirs.kinds.keys()
    missing = {name for name in theirs.kinds.keys() - ours.kinds.keys() if not ERLANGS.match(name)}
    assert missing <= NOT_TOLD
    for name in ours.kinds:
        assert (ours.kinds[name], ours.helps[name]) == (theirs.kinds[name], theirs.helps[name])
        if name in theirs.labels and name in ours.labels:
            different = ours.labels[name] ^ theirs.labels[name]
            assert different <= LABELS.get(name, set()), name


# RabbitMQ tells no more of streams, and of quorum queues only every five seconds.
COMPARED = {
    ("queue_messages", "events"),
    ("queue_messages_unacked", "orders"),
    ("queue_messages_unacked_bytes", "orders"),
    ("queue_messages", "letters"),
    ("queue_messages_ready", "letters"),
    ("queue_messages_bytes", "letters"),
    ("queue_messages_ram_bytes", "letters"),
    ("queue_consumers", "letters"),
    ("queue_head_message_timestamp", "letters"),
}
FAMILIES = (
    "connection_churn_metrics", "queue_coarse_metrics", "queue_consumer_count", "queue_metrics",
    "channel_metrics", "channel_exchange_metrics", "channel_queue_metrics", "connection_metrics",
    "connection_coarse_metrics", "channel_queue_exchange_metrics", "exchange_bindings",
    "exchange_names", "vhost_status", "node_coarse_metrics", "node_metrics",
    "auth_attempt_metrics", "auth_attempt_detailed_metrics", "node_persister_metrics",
)  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_has_the_metrics_that_it_has_there(busy_brokers, family):
    theirs, ours = (
        Told(pages_of(broker).ask(f"/metrics/detailed?family={family}")[2])
        for broker in busy_brokers
    )
    wanted = {
        name
        for name in theirs.kinds
        if not ERLANGS.match(name.replace("detailed_", "")) and not name.startswith("telemetry")
    }
    assert ours.kinds.keys() == wanted


def values_of(broker):
    """What a page says of the queues of these tests: metric and queue to value."""
    page = pages_of(broker).ask(
        "/metrics/detailed?family=queue_coarse_metrics&family=queue_metrics&vhost=/"
    )[2]
    # Not by the parser: RabbitMQ does not escape what stands in a label.
    lines = re.findall(
        r'^rabbitmq_detailed_(\w+)\{vhost="/",queue="(\w+)"\} (\S+)$', page, re.MULTILINE
    )
    return {
        (metric, queue): float(value)
        for metric, queue, value in lines
        if queue in QUEUES and not is_own(metric, queue) and value != "NaN"
    }


def is_own(metric, queue):
    return metric in OWN_VALUES or (queue == "orders" and metric in OWN_VALUES_OF_QUORUM_QUEUES)


def test_the_values_are_the_same(busy_brokers):
    rabbitmq, leveret = busy_brokers
    ours = values_of(leveret)
    assert ours["queue_messages_unacked", "orders"] == 3
    until = time.monotonic() + FRESH_S_MAX
    while (missing := COMPARED - (theirs := values_of(rabbitmq)).keys()) or differing(theirs, ours):
        assert time.monotonic() < until, (missing, differing(theirs, ours))
        time.sleep(0.5)


def differing(theirs, ours):
    """Of what both tell."""
    both = theirs.keys() & ours.keys()
    return {key: (theirs[key], ours[key]) for key in both if theirs[key] != ours[key]}


def test_pages_that_there_are_not(busy_brokers):
    for path in ("/", "/metrics/nothing", "/metrics/per-object/x", "/favicon.ico"):
        theirs, ours = (pages_of(broker).ask(path) for broker in busy_brokers)
        assert (ours[0], ours[2]) == (theirs[0], theirs[2])
        assert ours[1]["content-type"].partition(";")[0] == theirs[1]["content-type"]
