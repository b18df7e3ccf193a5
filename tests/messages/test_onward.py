"""Where a chosen message goes, and as what."""

import pytest

from leveret.broker.queues.queue import QueueOptions
from leveret.management.publishing import Outgoing, publish
from leveret.messages.onward import NEVER_DIED, Kept, Onward, replay, to_exchange, to_queue
from leveret.wire.properties import Properties
from tests.broker.domain import message
from tests.management.domain import entered, exchange, queue


@pytest.fixture
def access():
    return entered()


def letter_in(access, *, persistent=False, headers=None):
    """A message that was published to `topics`, rejected in `jobs`, and waits in `dead`."""
    exchange(access, "topics", "topic")
    queue(access, "jobs", **{"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead"})
    access.bind_queue("jobs", "topics", "#", {})
    dead = queue(access, "dead")
    properties = Properties(
        delivery_mode=2 if persistent else None, headers=headers, expiration="60000"
    )
    publish(access, Outgoing("topics", "a.b", properties, b"body"), 0.0)
    taken, _ = access.vhost.queue("jobs").get()
    access.vhost.queue("jobs").reject([taken])
    return next(iter(dead.ready.at_hand()))


def test_a_message_moves_as_it_is(access):
    target = queue(access, "target")
    moved = message("a", exchange="x", key="k", priority=3)
    onward = to_queue(access.route, "target", moved)
    assert onward.route.receivers == (target,)
    sent = onward.message
    assert sent is not moved
    assert (sent.exchange, sent.routing_key, sent.body) == ("x", "k", b"a")
    assert sent.traits == moved.traits


def test_published_again_it_has_another_address(access):
    target = queue(access, "target")
    exchange(access, "topics", "topic")
    access.bind_queue("target", "topics", "old", {})
    onward = to_exchange(access.route, "topics", None, message("a", key="old"))
    assert (onward.message.exchange, onward.message.routing_key) == ("topics", "old")
    assert onward.route.receivers == (target,)
    assert to_exchange(access.route, "topics", "new", message()).route.receivers == ()


def test_published_again_its_copies_go_too(access):
    both = [queue(access, "a"), queue(access, "b")]
    copied = message(properties=Properties(headers={"CC": ["b"]}))
    assert list(to_exchange(access.route, "", "a", copied).route.receivers) == both


def test_a_dead_letter_is_what_it_was(access):
    letter = letter_in(access, headers={"mine": 1})
    onward = replay(access.route, access.vhost, "dead", letter)
    sent = onward.message
    assert (sent.exchange, sent.routing_key, sent.body) == ("topics", "a.b", b"body")
    assert sent.headers == {"mine": 1}
    assert onward.route.receivers == (access.vhost.queue("jobs"),)


def test_a_persistent_letter_stays_so_and_an_empty_table_goes(access):
    letter = letter_in(access, persistent=True)
    sent = replay(access.route, access.vhost, "dead", letter).message
    assert sent.properties == Properties(delivery_mode=2)
    assert sent.traits.is_persistent


def test_it_goes_back_where_it_died_last_but_for_where_it_waits(access):
    queue(access, "first")
    deaths = [{"queue": "dead", "count": 1}, {"queue": "first"}, {"queue": "gone"}]
    letter = message(properties=Properties(headers={"x-death": deaths}))
    onward = replay(access.route, access.vhost, "dead", letter)
    assert onward.route.receivers == (access.vhost.queue("first"),)


@pytest.mark.parametrize("headers", [None, {"x-death": []}, {"x-death": "?"}])
def test_what_never_died_stays(access, headers):
    alive = message(properties=Properties(headers=headers))
    with pytest.raises(Kept, match=NEVER_DIED):
        replay(access.route, access.vhost, "dead", alive)


def test_a_letter_whose_queue_is_gone_stays(access):
    letter = letter_in(access)
    access.delete_queue("jobs", if_unused=False, if_empty=False)
    with pytest.raises(Kept, match="queue 'jobs', in which it died, is not there any more"):
        replay(access.route, access.vhost, "dead", letter)


def test_nowhere_to_go_is_known_before(access):
    exchange(access, "topics", "topic")
    with pytest.raises(Kept, match="exchange 'topics' has no queue for routing key 'k'"):
        to_exchange(access.route, "topics", "k", message()).check_place()


def test_a_full_queue_is_asked_without_a_trace(access):
    """With reject-publish-dlx what is refused would be sent on to the dead-letter exchange."""
    dead = queue(access, "dead")
    arguments = {
        "x-max-length": 1, "x-overflow": "reject-publish-dlx", "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": "dead",
    }  # fmt: skip
    access.declare_queue("full", QueueOptions(arguments=arguments))
    onward: Onward = to_queue(access.route, "full", message())
    onward.check_place()
    publish(access, Outgoing("", "full", Properties(), b""), 0.0)
    with pytest.raises(Kept, match="queue 'full' in vhost '/' is full"):
        onward.check_place()
    assert dead.ready.count == 0
