"""GET /aliveness-test and /healthchecks/node."""

import pytest

from tests.management.routes.living import NOT_FOUND

OK = {"status": "ok"}


@pytest.fixture(autouse=True)
def without_its_queue(live):
    """What an earlier test's consumer held comes back at some time."""

    def remove(broker):
        vhost = broker.vhosts["/"]
        queue = vhost.queues.get("aliveness-test")
        if queue is not None:
            vhost.remove_queue(queue)

    live.do(remove)


def test_a_message_goes_through(live):
    assert live.get("/aliveness-test/%2F") == OK
    queue = live.do(lambda broker: broker.vhosts["/"].queues["aliveness-test"])
    before = queue.ready.count
    assert live.get("/aliveness-test/%2F") == OK
    assert queue.ready.count == before
    assert not queue.options.durable


def test_a_consumer_of_its_queue_takes_the_message_away(live):
    live.get("/aliveness-test/%2F")
    with live.connection() as connection:
        connection.channel().basic_consume("aliveness-test", lambda *_: None)
        reply = live.ask("GET", "/aliveness-test/%2F")
    assert reply.status == 503
    assert "has it a consumer?" in reply.body["reason"]


def test_who_may_not_enter_the_vhost_may_not_test_it(live):
    live.do(lambda broker: broker.add_vhost("elsewhere"))
    reply = live.ask("GET", "/aliveness-test/elsewhere", user="keeper")
    assert (reply.status, reply.body["reason"]) == (
        401,
        "User not authorised to access virtual host",
    )
    reply = live.ask("GET", "/aliveness-test/nosuch")
    assert (reply.status, reply.body) == (404, NOT_FOUND)


def test_a_node_is_well(live):
    assert live.get("/healthchecks/node", user="keeper") == OK
    assert live.get(f"/healthchecks/node/{live.node}") == OK
    reply = live.ask("GET", "/healthchecks/node/nosuch@localhost")
    assert (reply.status, reply.body) == (404, NOT_FOUND)


@pytest.mark.parametrize("resource", ["memory", "disk"])
def test_an_alarm_is_told_as_erlang_tells_it(live, resource):
    live.do(lambda broker: broker.alarms.set(resource, "test"))
    reply = live.ask("GET", "/healthchecks/node")
    live.do(lambda broker: broker.alarms.clear(resource, "test"))
    told = f"resource alarm(s) in effect:[{{resource_limit,{resource},'{live.node}'}}]"
    assert (reply.status, reply.body) == (503, {"status": "failed", "reason": told})
