"""An administrator's requests, answered alike by RabbitMQ and Leveret; and who may make them."""

import time

import pytest

from tests.conformance.management import admin_access
from tests.conformance.management.admin_requests import TOPICS
from tests.conformance.management.asking import Request, ask, in_any_order, requests_in
from tests.conformance.management.differences import ADMIN_DIFFERENCES

# Where RabbitMQ lists things as they come.
UNORDERED = ("/definitions", "/all-configuration", "/topic-permissions/")


@pytest.mark.parametrize("topic", TOPICS)
def test_requests_are_answered_alike(topic, both):
    rabbitmq, leveret = both
    told = []
    for request in requests_in(TOPICS[topic]):
        answers = answer(leveret, request), answer(rabbitmq, request)
        if fault := what_is_wrong(request, *answers):
            told.append(f"{request}\n  {fault}\n  Leveret  {answers[0]}\n  RabbitMQ {answers[1]}")
    assert not told, "\n".join(told)


def answer(broker, request):
    reply = ask(broker, request)
    return in_any_order(reply) if request.path.startswith(UNORDERED) else reply


def what_is_wrong(request: Request, leveret, rabbitmq) -> str:
    if not request.difference:
        return "" if leveret == rabbitmq else "they differ"
    if leveret == rabbitmq:
        return f"they do not differ ({request.difference})"
    return "" if leveret.status == request.status else f"Leveret's status is not {request.status}"


def test_every_difference_is_shown_by_a_request():
    shown = {request.difference for script in TOPICS.values() for request in requests_in(script)}
    assert shown - {""} == ADMIN_DIFFERENCES.keys()


@pytest.fixture(scope="module")
def visited(managed_rabbitmq, managed_leveret):
    """Both brokers, with the users of admin_access.py."""
    visited = (managed_rabbitmq, managed_leveret)
    for broker in visited:
        prepare(broker)
    yield visited
    for broker in visited:
        tidy(broker)


def prepare(broker):
    for user, tag in admin_access.USERS.items():
        account = f'{{"password": "{user}", "tags": "{tag}"}}'
        ask(broker, Request("PUT", f"/users/{user}", account))
    for request in requests_in(admin_access.PREPARATION):
        ask(broker, request)
    everything = '{"configure": ".*", "write": ".*", "read": ".*"}'
    for user in admin_access.MEMBERS:
        ask(broker, Request("PUT", f"/permissions/ad-home/{user}", everything))


def tidy(broker):
    for request in requests_in(admin_access.TIDYING):
        ask(broker, request)
    for user in admin_access.USERS:
        ask(broker, Request("DELETE", f"/users/{user}", None))


@pytest.mark.parametrize("user", admin_access.USERS)
def test_whoever_asks_is_answered_alike(user, visited):
    rabbitmq, leveret = visited
    told = []
    for request in requests_in(admin_access.REQUESTS):
        answers = [ask(broker, request, f"{user}:{user}") for broker in (leveret, rabbitmq)]
        mine, other = (in_any_order(each) for each in answers)
        if mine != other:
            told.append(f"{request}\n  Leveret  {mine}\n  RabbitMQ {other}")
    assert not told, "\n".join(told)


def test_a_vhosts_traffic_is_told_by_the_same_fields(both):
    place = "/queues/ad-traffic/ad-q"
    message = (
        '{"properties": {}, "routing_key": "ad-q", "payload": "x", "payload_encoding": "string"}'
    )
    reading = '{"count": 1, "ackmode": "ack_requeue_false", "encoding": "auto"}'
    for broker in both:
        ask(broker, Request("PUT", "/vhosts/ad-traffic", None))
        ask(broker, Request("PUT", place, "{}"))
        ask(broker, Request("POST", "/exchanges/ad-traffic/amq.default/publish", message))
        ask(broker, Request("POST", f"{place}/get", reading))
    shown = [traffic(broker) for broker in both]
    for broker in both:
        ask(broker, Request("DELETE", "/vhosts/ad-traffic", None))
    assert fields(shown[0]) == fields(shown[1])
    assert [(each["message_stats"]["publish"], each["messages"]) for each in shown] == [(1, 0)] * 2


def traffic(broker):
    """What is told of the vhost once the message has been counted, going in and coming out."""
    for _ in range(100):
        shown = broker.get("/api/vhosts/ad-traffic")
        counted = {"publish", "deliver_get"} <= shown.get("message_stats", {}).keys()
        if counted and "messages" in shown:
            del shown["cluster_state"]
            return shown
        time.sleep(0.1)
    raise AssertionError(f"{broker.name} has not counted the message: {shown}")


def fields(shown):
    """All names, also those of what is within."""
    inner = (value for value in shown.values() if isinstance(value, dict))
    return sorted(shown) + [name for value in inner for name in fields(value)]
