"""The desk of a home, by the frames it gets and gives."""

import pytest

from leveret.cluster.remote import frames
from leveret.cluster.remote.desk import HomeDesk
from leveret.wire.codes import ReplyCode
from tests.broker.domain import message
from tests.broker.hand_pen import give_pen
from tests.session.harness import World


class Desk:
    """A desk, its broker, and what it has told the peer `mouse`."""

    def __init__(self, **how):
        self.world = World(**how)
        self.told = []
        self.desk = HomeDesk(self.world.broker, lambda peer, told: self.told.append((peer, told)))

    def hear(self, asked, peer="mouse"):
        """What is told, by this turn's end."""
        self.told.clear()
        self.desk.hear(peer, asked)
        self.world.pass_time()
        return [told for _peer, told in self.told]


@pytest.fixture
def desk():
    made = Desk()
    made.world.channel().declare("q")
    return made


def publish(ticket, queue="q", **traits):
    return frames.Publish(ticket, "/", queue, [frames.carry(message("a", key=queue, **traits))])


def test_a_publish_is_answered_by_its_ticket(desk):
    assert desk.hear(publish(7)) == [frames.Taken((7,))]
    assert desk.world.vhost.queues["q"].ready.count == 1


@pytest.mark.parametrize("vhost", ["/", "elsewhere"])
def test_a_publish_to_what_is_not_there_is_refused(desk, vhost):
    asked = frames.Publish(7, vhost, "none", publish(7).messages)
    assert desk.hear(asked) == [frames.Refused(7)]


def test_a_persistent_message_is_taken_when_the_disk_has_it():
    desk = Desk(is_durable=True)
    desk.world.channel().declare_durable("q")
    assert desk.hear(publish(1, is_persistent=True)) == []
    desk.world.sync()
    assert [told for _peer, told in desk.told] == [frames.Taken((1,))]


def test_a_purge_is_answered_when_it_is_durable():
    desk = Desk(is_durable=True)
    channel = desk.world.channel()
    channel.declare_durable("q")
    channel.fill_stored("q", b"a", b"b")
    desk.world.sync()
    assert desk.hear(frames.Purge(3, "/", "q")) == []
    desk.world.sync()
    assert [told for _peer, told in desk.told] == [frames.Counted(3, 2, 0)]


@pytest.mark.parametrize(
    "asked",
    [
        frames.Ask(9, "/", "none"),
        frames.Get(9, "/", "none"),
        frames.Purge(9, "/", "none"),
        frames.Delete(9, "/", "none", False, False),
    ],
)
def test_questions_about_what_is_not_there_are_declined(desk, asked):
    assert desk.hear(asked) == [frames.Declined(9, 404, "no queue 'none' in vhost '/'")]


def test_a_get_names_the_delivery_and_what_is_left(desk):
    desk.world.channel().fill("q", b"a", b"b")
    (found,) = desk.hear(frames.Get(4, "/", "q"))
    assert (found.question, found.left, found.redelivered) == (4, 1, False)
    assert desk.world.vhost.queues["q"].tally.unacknowledged == 1
    assert desk.hear(frames.Settle((found.delivery,))) == []
    assert desk.world.vhost.queues["q"].tally.unacknowledged == 0


def test_peers_do_not_touch_each_others_deliveries(desk):
    desk.world.channel().fill("q", b"a")
    (found,) = desk.hear(frames.Get(4, "/", "q"))
    desk.hear(frames.Settle((found.delivery,)), peer="vole")
    assert desk.world.vhost.queues["q"].tally.unacknowledged == 1
    desk.desk.lost("mouse")
    assert desk.world.vhost.queues["q"].ready.count == 1


def test_a_message_on_the_disk_is_got_when_it_is_read_unless_the_peer_is_gone():
    desk = Desk(is_durable=True)
    channel = desk.world.channel()
    channel.declare_durable("q")
    queue = desk.world.vhost.queues["q"]
    channel.fill_stored("q", b"a")
    desk.world.sync()
    recovered = desk.world.engine.messages.recovered(queue.number)
    queue.ready.clear(lambda _positions: None)
    queue.recover(recovered)
    desk.desk.hear("mouse", frames.Get(4, "/", "q"))
    assert desk.told == []
    desk.desk.lost("mouse")
    desk.world.pass_time()
    assert desk.told == []
    assert queue.ready.count == 1


# In a cluster ------------------------------------------------------------------------------------


@pytest.fixture
def shared(desk):
    """A desk of a node in a cluster, and its pen."""
    return desk, give_pen(desk.world.broker)


DELETE = frames.Delete(9, "/", "q", False, False)


def test_a_queue_is_deleted_with_the_pen_in_hand(shared):
    desk, pen = shared
    assert desk.hear(DELETE) == []
    assert "q" in desk.world.vhost.queues
    assert desk.hear(frames.Ask(10, "/", "q")) == [frames.Counted(10, 0, 0)]
    desk.told.clear()
    pen.come()
    assert desk.told == [("mouse", frames.Counted(9, 0, 0))]
    assert "q" not in desk.world.vhost.queues


def test_where_the_pen_does_not_come_that_is_told(shared):
    desk, pen = shared
    desk.hear(DELETE)
    pen.give_up()
    ((_peer, told),) = desk.told
    assert (told.question, told.code) == (9, ReplyCode.INTERNAL_ERROR)
    assert "q" in desk.world.vhost.queues


def test_what_was_undone_is_told_as_such():
    desk = Desk(is_durable=True)
    desk.world.channel().declare_durable("q")
    assert desk.hear(DELETE) == []
    desk.world.broker.awaiting.lose()
    ((_peer, told),) = desk.told
    assert told.code == ReplyCode.CONNECTION_FORCED
    desk.world.sync()
    assert len(desk.told) == 1
