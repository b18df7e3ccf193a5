"""Which queues are moved."""

from leveret.management.client import Queue
from leveret.migrate.survey import Left, Load, chosen, loads, waiting_in
from tests.migrate.two_brokers import two_brokers

QUEUES = [
    Queue(name="jobs", vhost="/"),
    Queue(name="mine", vhost="/", exclusive=True),
    Queue(name="jobs.slow", vhost="b"),
    Queue(name="log", vhost="b", type="stream", messages=10),
]


def names(queues):
    return [queue.name for queue in queues]


def test_a_queue_of_one_connection_is_left_alone_and_said():
    wanted, left = chosen(QUEUES, frozenset(), "")
    assert names(wanted) == ["jobs", "jobs.slow", "log"]
    assert left == [Left("/", "mine", "it belongs to one connection (exclusive)")]


def test_vhosts_and_a_pattern_choose():
    assert names(chosen(QUEUES, frozenset({"b"}), "")[0]) == ["jobs.slow", "log"]
    assert names(chosen(QUEUES, frozenset(), "^jobs$")[0]) == ["jobs"]


def test_only_queues_with_messages_are_moved():
    found = loads(QUEUES[2:], {"jobs.slow": 7}, {"log": 4})
    assert found == [Load("b", "jobs.slow", "classic", 7), Load("b", "log", "stream", 10, 4)]
    assert loads(QUEUES[2:], {}, {"log": 12}) == []


def test_messages_are_counted_where_they_are():
    with two_brokers() as (source, _):
        source.declare("jobs")
        source.publish("jobs", b"a", b"b")
        with source.connect() as connection:
            assert waiting_in(connection, ["jobs"]) == {"jobs": 2}
