"""A peer at a home's desk: its seats are served by credit, what it holds comes back."""

import pytest

from leveret.cluster.remote import frames
from leveret.cluster.remote.guest import AHEAD_OCTETS_MAX, Guest, Seat
from tests.session.harness import World


@pytest.fixture
def world():
    return World()


@pytest.fixture
def told():
    return []


@pytest.fixture
def guest(world, told):
    return Guest(world.broker, "peer", told.append)


@pytest.fixture
def queue(world):
    world.channel().declare("q")
    return world.vhost.queues["q"]


def seat_at(guest, queue, number=1):
    asked = frames.Subscribe(0, "/", queue.name, number, False, False, 0, 0, False, b"\0\0\0\0")
    seat = guest.seats[number] = Seat(guest, queue, asked, {})
    queue.subscribe(seat)
    return seat


def test_nothing_is_sent_without_credit(world, guest, queue, told):
    seat_at(guest, queue)
    world.channel().fill("q", b"a", b"b", b"c")
    assert told == []
    guest.give_credit(frames.Credit(1, 2, 0))
    assert told == []
    world.pass_time()
    assert [each.deliveries for each in told] == [[1, 2]]
    guest.give_credit(frames.Credit(1, 3, 2))
    world.pass_time()
    assert [each.deliveries for each in told] == [[1, 2], [3]]


def test_what_is_told_next_is_behind_what_was_delivered(world, guest, queue, told):
    seat_at(guest, queue)
    world.channel().fill("q", b"a", b"b")
    guest.give_credit(frames.Credit(1, 1, 0))
    guest.tell(frames.Nothing(5))
    guest.give_credit(frames.Credit(1, 2, 0))
    world.pass_time()
    assert [getattr(each, "deliveries", None) for each in told] == [[1], None, [2]]


def test_a_frame_says_of_all_its_messages_that_they_come_again_or_of_none(
    world, guest, queue, told
):
    seat_at(guest, queue)
    world.channel().fill("q", b"a", b"b")
    queue.requeue([queue.get()[0]])
    guest.give_credit(frames.Credit(1, 2, 0))
    world.pass_time()
    assert [(each.redelivered, each.deliveries) for each in told] == [(True, [1]), (False, [2])]


def test_credit_can_be_taken_back(world, guest, queue, told):
    seat_at(guest, queue)
    guest.give_credit(frames.Credit(1, 5, 0))
    guest.give_credit(frames.Credit(1, 0, 0))
    world.channel().fill("q", b"a")
    assert told == []
    assert queue.ready.count == 1


def test_some_mebibytes_ahead_are_enough(world, guest, queue):
    seat_at(guest, queue)
    world.channel().fill("q", *[b"x" * 300_000] * 20)
    guest.give_credit(frames.Credit(1, 100, 0))
    assert queue.tally.unacknowledged == AHEAD_OCTETS_MAX // 300_000 + 1
    guest.give_credit(frames.Credit(1, 100, 1))
    assert queue.tally.unacknowledged == AHEAD_OCTETS_MAX // 300_000 + 2


def test_what_comes_back_that_nobody_knows_is_no_harm(guest, queue):
    for kind in (frames.Settle, frames.Requeue, frames.Reject, frames.HandBack):
        guest.settle(kind((5, 6)))
    assert queue.ready.count == 0


@pytest.mark.parametrize(("kind", "count"), [(frames.Requeue, 1), (frames.HandBack, 0)])
def test_only_what_a_client_gave_back_counts_as_a_failed_delivery(kind, count):
    world = World(is_durable=True)
    channel = world.channel()
    channel.declare_durable("q")
    channel.fill_stored("q", b"a")
    queue, told = world.vhost.queues["q"], []
    guest = Guest(world.broker, "peer", told.append)
    seat_at(guest, queue)
    guest.give_credit(frames.Credit(1, 1, 0))
    world.pass_time()
    guest.settle(kind(tuple(told[0].deliveries)))
    assert queue.ready.count == 1
    assert sum(queue.returns.values()) == count


def test_a_peer_that_is_lost_gives_back_everything(world, guest, queue, told):
    seat_at(guest, queue)
    world.channel().fill("q", b"a", b"b")
    guest.give_credit(frames.Credit(1, 1, 0))
    assert (queue.ready.count, queue.tally.unacknowledged) == (1, 1)
    guest.leave()
    assert (queue.ready.count, queue.tally.unacknowledged, len(queue.consumers)) == (2, 0, 0)
    said = list(told)
    guest.tell(frames.Ended(1))
    assert told == said


def test_tickets_of_a_turn_are_told_together(world, guest, told):
    guest.took(1, 0)
    guest.took(2, 0)
    assert told == []
    world.pass_time()
    assert told == [frames.Taken((1, 2))]


def test_a_ticket_of_what_is_kept_waits_for_the_disk():
    world, told = World(is_durable=True), []
    guest = Guest(world.broker, "peer", told.append)
    guest.took(1, 7)
    guest.took(2, 0)
    world.pass_time()
    assert frames.Taken((2,)) in told
    world.sync()
    assert frames.Taken((1,)) in told


def test_a_queue_that_is_deleted_ends_its_seats(world, guest, queue, told):
    seat_at(guest, queue)
    world.vhost.remove_queue(queue)
    world.pass_time()
    assert told == [frames.Ended(1)]
    assert guest.seats == {}
