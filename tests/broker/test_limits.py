"""Limits of vhosts and users: what they may be, and when they are reached."""

import pytest

from leveret.broker.broker import Broker
from leveret.broker.changes import UserLimitsSet
from leveret.broker.errors import InvalidParameter, NotFound, PreconditionFailed
from leveret.broker.limits import is_reached
from leveret.broker.queues.queue import QueueOptions
from tests.broker.domain import random_bytes
from tests.broker.fake_storage import FakeEngine


@pytest.fixture
def engine(agenda):
    return FakeEngine(agenda)


@pytest.fixture
def broker(engine):
    broker = Broker(lambda: 0.0, random_bytes(), storage=engine.storage)
    broker.add_vhost("/")
    broker.users.add("ada", "secret")
    return broker


@pytest.mark.parametrize(
    ("limits", "count", "reached"),
    [
        ({}, 10**9, False),
        ({"n": -1}, 5, False),
        ({"n": -2}, 5, False),
        ({"n": 0}, 0, True),
        ({"n": 2}, 1, False),
        ({"n": 2}, 2, True),
        ({"n": 2}, 3, True),
        ({"other": 0}, 3, False),
    ],
)
def test_a_limit_is_reached_when_there_are_so_many(limits, count, reached):
    assert is_reached(limits, "n", count) is reached


def test_a_vhosts_limits_replace_each_other(broker):
    broker.limits.set_vhost("/", {"max-connections": 5})
    broker.limits.set_vhost("/", {"max-queues": 7})
    assert broker.limits.of_vhost("/") == broker.vhosts["/"].limits == {"max-queues": 7}
    broker.limits.clear_vhost("/")
    assert broker.limits.of_vhost("/") == broker.vhosts["/"].limits == {}


def test_a_users_limits_add_up(broker):
    broker.limits.set_user("ada", {"max-connections": 5})
    broker.limits.set_user("ada", {"max-channels": -1})
    assert broker.limits.of_user("ada") == {"max-connections": 5, "max-channels": -1}
    broker.limits.clear_user("ada", "max-connections")
    broker.limits.clear_user("ada", "never set")
    assert broker.limits.of_user("ada") == {"max-channels": -1}
    broker.limits.clear_user("ada")
    assert broker.limits.of_user("ada") == {}


def test_a_users_limits_are_durable(broker, engine):
    broker.limits.set_user("ada", {"max-connections": 5})
    broker.limits.clear_user("ada")
    assert engine.catalogue.changes[-2:] == [
        UserLimitsSet("ada", {"max-connections": 5}),
        UserLimitsSet("ada", {}),
    ]


def test_an_account_that_comes_again_has_no_limits(broker):
    broker.limits.set_user("ada", {"max-connections": 5})
    broker.remove_user("ada")
    broker.users.add("ada", "secret")
    assert broker.limits.of_user("ada") == {}


@pytest.mark.parametrize(
    ("limits", "complaint"),
    [
        ({"max-queues": "5"}, 'max-queues should be a number, actually was <<"5">>\n'),
        ({"max-queues": 1.5}, "max-queues should be a number, actually was 1.5\n"),
        (
            {"max-connections": None, "max-queues": True},
            (
                "max-queues should be a number, actually was true\n"
                "max-connections should be a number, actually was null\n"
            ),
        ),
        (
            {"max-queues": 1, "bogus": 1},
            'Unrecognised terms [{<<"bogus">>,1}] in limits\n',
        ),
    ],
)
def test_what_a_vhosts_limits_may_not_be(broker, limits, complaint):
    with pytest.raises(InvalidParameter) as caught:
        broker.limits.set_vhost("/", limits)
    assert str(caught.value) == f"Validation failed\n\n{complaint}"
    assert broker.limits.of_vhost("/") == {}


def test_a_vhosts_limits_are_a_dictionary(broker):
    with pytest.raises(InvalidParameter, match="limits not a list 5"):
        broker.parameters.set("vhost-limits", "/", "limits", 5)


@pytest.mark.parametrize(
    ("limits", "complaint"),
    [
        ({"max-channels": "5"}, 'max-channels should be a number, actually was <<"5">>'),
        ({"bogus": 1}, 'Unrecognised terms [{<<"bogus">>,1}] in user-limits'),
    ],
)
def test_what_a_users_limits_may_not_be(broker, limits, complaint):
    with pytest.raises(InvalidParameter) as caught:
        broker.limits.set_user("ada", limits)
    assert str(caught.value) == complaint


@pytest.mark.parametrize(
    "act",
    [
        lambda limits: limits.set_user("eve", {}),
        lambda limits: limits.clear_user("eve"),
    ],
)
def test_who_is_not_there_has_no_limits(broker, act):
    with pytest.raises(NotFound, match='User "eve" does not exist'):
        act(broker.limits)


def test_limits_of_a_vhost_that_is_not_there_or_has_none(broker):
    with pytest.raises(NotFound, match="Virtual host 'gone' does not exist"):
        broker.limits.set_vhost("gone", {})
    with pytest.raises(NotFound, match="Parameter does not exist"):
        broker.limits.clear_vhost("/")
    assert broker.limits.of_vhost("gone") == {}


def test_a_full_vhost_takes_no_more_queues(broker):
    vhost = broker.vhosts["/"]
    broker.limits.set_vhost("/", {"max-queues": 1})
    vhost.create_queue("a", QueueOptions(), None)
    text = "cannot declare queue 'b': queue limit in vhost '/' \\(1\\) is reached"
    with pytest.raises(PreconditionFailed, match=text):
        # The limit is asked first, then the arguments.
        vhost.create_queue("b", QueueOptions(arguments={"x-expires": -1}), None)
    broker.limits.clear_vhost("/")
    vhost.create_queue("b", QueueOptions(), None)


def test_a_users_limits_are_looked_at_without_being_set(broker):
    broker.limits.check_user({"max-channels": 3})
    with pytest.raises(InvalidParameter, match="max-channels should be a number"):
        broker.limits.check_user({"max-channels": "x"})
    assert broker.limits.of_user("ada") == {}
