"""An administrator's requests, answered alike by RabbitMQ and Leveret; and who may make them."""

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
