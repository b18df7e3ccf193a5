"""From one broker to another, over their management APIs and AMQP."""

import pytest

from leveret.dial.address import parse_uri
from leveret.management.client import Client
from leveret.migrate.journey import Journey, Moved, Place
from leveret.migrate.survey import Left, Load
from tests.migrate.two_brokers import two_brokers


class Notes:
    """What a watcher was told."""

    def __init__(self):
        self.told = []

    def begins(self, load):
        self.told.append(f"begins {load.queue}")

    def moves(self, count):
        self.told.append(count)

    def ends(self, moved):
        self.told.append(moved)


def place(side):
    url = side.broker.management_url.replace("http://", "http://guest:guest@")
    return Place(Client(url), parse_uri(side.broker.url))


@pytest.fixture
def sides():
    with two_brokers(management_port=0) as sides:
        yield sides


@pytest.fixture
def notes():
    return Notes()


@pytest.fixture
def journey(sides, notes):
    source, target = sides
    return Journey(place(source), place(target), notes)


def test_the_target_becomes_what_the_source_is(sides, journey):
    source, target = sides
    source.declare("jobs", x_max_priority=3)
    source.broker.admin.add_vhost("more")
    source.broker.admin.add_user("hare", "secret")
    journey.copy_definitions([])
    broker = target.broker._node.broker
    assert broker.vhosts["/"].queues["jobs"].options.arguments == {"x-max-priority": 3}
    assert "more" in broker.vhosts
    assert broker.users.authenticate("hare", "secret") is not None


def test_a_vhost_can_be_copied_by_itself(sides, journey):
    source, target = sides
    source.declare("jobs")
    source.broker.admin.add_vhost("more")
    journey.copy_definitions(["/"])
    assert list(target.broker._node.broker.vhosts) == ["/"]
    assert target.count("jobs") == 0


def test_what_there_is_to_move_is_counted_at_the_source(sides, journey):
    source, _ = sides
    for queue in ("empty", "jobs"):
        source.declare(queue)
    source.channel.queue_declare("mine", exclusive=True)
    source.publish("jobs", b"a", b"b")
    assert journey.plan([], "") == (
        [Load("/", "jobs", "classic", 2)],
        [Left("/", "mine", "it belongs to one connection (exclusive)")],
    )
    assert journey.plan([], "^empty") == ([], [])


def test_a_queue_is_moved_and_counted_again(sides, journey, notes):
    for side in sides:
        side.declare("jobs")
    source, target = sides
    source.publish("jobs", b"a", b"b")
    target.publish("jobs", b"was there")
    load = Load("/", "jobs", "classic", 2)
    moved = journey.move(load)
    assert moved == Moved(load, 2, 2)
    assert moved.is_sound
    assert (notes.told[0], notes.told[-1]) == ("begins jobs", moved)
    assert sum(notes.told[1:-1]) == 2


def test_messages_that_vanish_at_the_target_are_told(sides, journey):
    source, target = sides
    source.declare("jobs")
    target.declare("jobs", x_max_length=1)
    source.publish("jobs", b"a", b"b", b"c")
    moved = journey.move(Load("/", "jobs", "classic", 3))
    assert (moved.moved, moved.arrived, moved.is_sound) == (3, 1, False)


def test_a_queue_that_cannot_be_moved_does_not_end_the_journey(sides, journey):
    source, _ = sides
    source.declare("jobs")
    source.publish("jobs", b"a")
    moved = journey.move(Load("/", "jobs", "classic", 1))
    assert "no queue 'jobs'" in moved.failure
    assert not moved.is_sound
    assert source.bodies("jobs") == [b"a"]
