"""Vhosts that are described, come, and go while the broker runs."""

import pytest

from leveret.broker.broker import Broker
from leveret.broker.changes import QueueDeleted, VhostRemoved
from leveret.broker.errors import InvalidParameter, NotAllowed, NotFound, PreconditionFailed
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.vhost_metadata import NO_METADATA, VhostMetadata
from tests.broker.domain import Subscriber, random_bytes
from tests.broker.fake_storage import FakeEngine


@pytest.fixture
def engine(agenda):
    return FakeEngine(agenda)


@pytest.fixture
def broker(engine):
    broker = Broker(engine.agenda.clock, random_bytes(), storage=engine.storage)
    broker.add_vhost("/")
    broker.users.add("ada", "secret")
    broker.set_permission("ada", "/")
    return broker


def enter(broker):
    return broker.enter(broker.users.get("ada"), "/", object())


def test_a_vhost_can_be_described(broker):
    metadata = VhostMetadata("mine", ("a",), "classic")
    assert broker.add_vhost("new", metadata).metadata == metadata
    # One that is there stays as it is.
    assert broker.add_vhost("new", VhostMetadata("yours")).metadata == metadata
    broker.describe_vhost("new", NO_METADATA)
    assert broker.vhosts["new"].metadata == NO_METADATA


@pytest.mark.parametrize(
    "act",
    [
        lambda broker: broker.describe_vhost("gone", NO_METADATA),
        lambda broker: broker.remove_vhost("gone"),
    ],
)
def test_a_vhost_that_is_not_there_is_named(broker, act):
    with pytest.raises(NotFound, match="Virtual host 'gone' does not exist"):
        act(broker)


def test_a_vhost_of_an_unknown_type_of_queues_is_not_made(broker):
    with pytest.raises(InvalidParameter, match="invalid_queue_type"):
        broker.add_vhost("new", VhostMetadata(default_queue_type="heap"))
    assert "new" not in broker.vhosts


def test_a_queue_without_a_type_is_of_the_vhosts(broker):
    broker.describe_vhost("/", VhostMetadata(default_queue_type="quorum"))
    access = enter(broker)
    assert access.declare_queue("a", QueueOptions(durable=True)).type == "quorum"
    assert access.declare_queue("b", QueueOptions()).type == "classic"
    classic = QueueOptions(durable=True, arguments={"x-queue-type": "classic"})
    assert access.declare_queue("c", classic).type == "classic"
    with pytest.raises(PreconditionFailed, match="received 'quorum' but current is 'classic'"):
        access.declare_queue("c", QueueOptions(durable=True))


def test_a_removed_vhost_takes_everything_along(broker):
    queue = enter(broker).declare_queue("q", QueueOptions())
    consumer = Subscriber(queue)
    queue.subscribe(consumer)
    broker.remove_vhost("/")
    assert queue.is_deleted
    with pytest.raises(NotAllowed, match="vhost / not found"):
        enter(broker)
    broker.add_vhost("/")
    assert broker.vhosts["/"].queues == {}
    with pytest.raises(NotAllowed, match="access to vhost '/' refused"):
        enter(broker)
    broker.agenda.run()
    assert consumer.is_told_of_the_end


def test_what_is_done_in_a_removed_vhost_is_kept_nowhere(broker, engine):
    vhost = broker.vhosts["/"]
    vhost.create_queue("q", QueueOptions(durable=True), None)
    broker.remove_vhost("/")
    assert [type(each) for each in engine.catalogue.changes[-2:]] == [QueueDeleted, VhostRemoved]
    told = len(engine.catalogue.changes)
    # Its connections are about to be closed, and what they say until then is lost with them.
    assert vhost.create_queue("late", QueueOptions(durable=True), None).number == 0
    assert len(engine.catalogue.changes) == told
