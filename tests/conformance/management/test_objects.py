"""Queues, exchanges, bindings, consumers and messages over HTTP: the same on both brokers."""

import time

import pytest

from tests.conformance.management.differences import OBJECT_DIFFERENCES
from tests.conformance.management.object_replies import Asker, differing, line_of, lines_of
from tests.conformance.management.object_requests import TOPICS, USERS
from tests.conformance.management.object_topology import POLICIES, VHOST, topology

EVERYTHING = '{"configure": ".*", "write": ".*", "read": ".*"}'
# RabbitMQ gathers statistics every 5 s.
STATISTICS_S_MAX = 20.0

VIEWS = [
    "/queues/obv",
    "/queues/obv?disable_stats=true&columns=name,leader,members,online,policy,state,type,exclusive",
    "/queues/obv?columns=name,message_stats.publish,message_stats.deliver_get_details.rate",
    "/queues/obv/durable",
    "/queues/obv/transient",
    "/queues/obv/exclusive",
    "/queues/obv/auto",
    "/queues/obv/counted",
    "/queues/obv/priority",
    "/queues/obv/single",
    "/queues/obv/quorum",
    "/queues/obv/quorum-single",
    "/queues/obv/stream",
    "/queues/obv/pol-queue",
    "/queues/obv/arguments",
    "/queues/obv/durable?lengths_age=60&lengths_incr=5&msg_rates_age=60&msg_rates_incr=5",
    "/exchanges/obv",
    "/exchanges/obv/amq.direct",
    "/exchanges/obv/amq.default",
    "/exchanges/obv/alternate",
    "/exchanges/obv/pol-x",
    "/bindings/obv",
    "/queues/obv/durable/bindings",
    "/exchanges/obv/alternate/bindings/source",
    "/exchanges/obv/alternate/bindings/destination",
    "/bindings/obv/e/amq.headers/q/durable",
    "/consumers/obv",
]


@pytest.fixture
def rabbit_asker(managed_rabbitmq) -> Asker:
    return asker_of(managed_rabbitmq)


@pytest.fixture
def leveret_asker(managed_leveret) -> Asker:
    return asker_of(managed_leveret)


def asker_of(broker) -> Asker:
    """Somebody who knows the node's name: any queue tells it."""
    broker.ask("PUT", "/api/queues/%2F/ob-any", {})
    node = broker.get("/api/queues/%2F/ob-any?disable_stats=true")["node"]
    return Asker(f"http://127.0.0.1:{broker.management_port}", node)


def make_vhost(asker: Asker, name: str) -> None:
    asker.reply_to(line_of(f"DELETE /vhosts/{name}"))
    asker.do(f"PUT /vhosts/{name}")
    asker.do(f"PUT /permissions/{name}/guest {EVERYTHING}")


def replies(asker: Asker, topic: str) -> list:
    for vhost in ("ob", "ob2"):
        make_vhost(asker, vhost)
    for user, tags in USERS.items():
        asker.do(f'PUT /users/{user} {{"password": "p", "tags": "{tags}"}}')
    return [asker.reply_to(line) for line in lines_of(TOPICS[topic])]


@pytest.mark.parametrize("topic", TOPICS)
def test_requests_about_objects_are_answered_alike(topic, rabbit_asker, leveret_asker):
    theirs, ours = replies(rabbit_asker, topic), replies(leveret_asker, topic)
    wrong = []
    for line, told, said in zip(lines_of(TOPICS[topic]), theirs, ours, strict=True):
        if not line.difference and told != said:
            wrong.append(f"{line}\n  RabbitMQ {told}\n  Leveret  {said}")
        elif line.difference and (told == said or said.status != line.status):
            wrong.append(f"{line}\n  no difference '{line.difference}': {told}, {said}")
    assert not wrong, "\n".join(wrong)


def test_every_difference_is_shown_by_a_request():
    shown = {line.difference for topic in TOPICS.values() for line in lines_of(topic)}
    assert shown - {""} == OBJECT_DIFFERENCES.keys()


def test_views_show_the_same(rabbit_asker, leveret_asker, managed_rabbitmq, managed_leveret):
    """What is in them is the same as well, but for what is measured."""
    for asker in (rabbit_asker, leveret_asker):
        make_vhost(asker, VHOST)
        for policy in POLICIES:
            asker.do(policy)
    with topology(managed_rabbitmq.amqp), topology(managed_leveret.amqp):
        wrong = _until_alike(rabbit_asker, leveret_asker)
    assert not wrong, "\n".join(wrong)


def _until_alike(rabbit_asker: Asker, leveret_asker: Asker) -> list[str]:
    """What differs in the views; asked again until nothing does, or RabbitMQ has had its time."""
    lines = [line_of(f"GET {path}") for path in VIEWS]
    until = time.monotonic() + STATISTICS_S_MAX
    while True:
        told = {each: (rabbit_asker.reply_to(each), leveret_asker.reply_to(each)) for each in lines}
        lines = [each for each, (theirs, ours) in told.items() if theirs != ours]
        if not lines or time.monotonic() > until:
            return [
                f"{each.path}{place}"
                for each in lines
                for place in differing(told[each][0].body, told[each][1].body)
            ]
        time.sleep(0.3)
