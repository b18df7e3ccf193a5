"""A home listens when it knows what the one who speaks knew."""

from leveret.broker.queues.queue import QueueOptions
from leveret.cluster.remote import frames
from leveret.cluster.remote.homes import Homes
from leveret.cluster.remote.knowledge import PATIENCE_S, KnowsAll, Listener
from leveret.cluster.remote.placing import place
from leveret.wire import methods
from tests.broker.domain import HandAgenda
from tests.cluster.remote.two import Two


class Knowing:
    def __init__(self, ordinal=0):
        self.ordinal = ordinal
        self.action = None

    def on_growth(self, action):
        self.action = action

    def grow(self, ordinal):
        self.ordinal = ordinal
        self.action()


class Scene:
    def __init__(self):
        self.knowing, self.agenda, self.heard = Knowing(), HandAgenda(), []
        self.listener = Listener(
            self.knowing, self.agenda, lambda peer, asked: self.heard.append((peer, asked.consumer))
        )

    def say(self, peer, *said):
        """Numbers are consumers that end, strings say what is known."""
        for each in said:
            frame = frames.Knows(int(each)) if isinstance(each, str) else frames.Unsubscribe(each)
            self.listener.take(peer, frame)


def test_what_needs_no_more_than_is_known_is_heard_at_once():
    scene = Scene()
    scene.knowing.grow(5)
    scene.say("hare", "5", 1)
    assert scene.heard == [("hare", 1)]


def test_what_needs_more_waits_in_its_order_and_others_do_not():
    scene = Scene()
    scene.say("hare", 1, "2", 2, 3, "4", 4)
    scene.say("vole", 9)
    assert scene.heard == [("hare", 1), ("vole", 9)]
    scene.knowing.grow(1)
    scene.knowing.grow(2)
    assert scene.heard[2:] == [("hare", 2), ("hare", 3)]
    scene.knowing.grow(7)
    assert scene.heard[4:] == [("hare", 4)]


def test_it_listens_after_a_while_all_the_same():
    scene = Scene()
    scene.say("hare", "2", 2)
    scene.agenda.pass_time(PATIENCE_S - 0.1)
    assert scene.heard == []
    scene.agenda.pass_time(0.1)
    assert scene.heard == [("hare", 2)]


def test_the_patience_of_an_earlier_wait_does_not_end_the_next():
    scene = Scene()
    scene.say("hare", "2", 2)
    scene.agenda.pass_time(PATIENCE_S - 0.1)
    scene.knowing.grow(2)
    scene.say("hare", "3", 3)
    scene.agenda.pass_time(0.2)
    assert scene.heard == [("hare", 2)]


def test_what_a_lost_peer_had_said_is_not_heard():
    scene = Scene()
    scene.say("hare", "2", 2)
    scene.listener.forget("hare")
    scene.knowing.grow(2)
    assert scene.heard == []


def test_who_need_not_ask_knows_all():
    assert KnowsAll().ordinal == 0


def test_a_queue_that_was_just_declared_elsewhere_is_used_at_once():
    """mouse declared it with hare as its home, which has not read that yet."""
    two = Two()
    hare, mouse = Knowing(), Knowing(3)
    two.hare_homes = Homes(two.hare.broker, two.hare_links, hare)
    two.mouse_homes = Homes(two.mouse.broker, two.mouse_links, mouse)
    options = QueueOptions(durable=True)
    place(two.mouse.vhost, "q", options, two.mouse_homes.of("hare"))
    channel = two.mouse.channel()
    channel.call(methods.ConfirmSelect())
    channel.fill("q", b"a")
    channel.say(methods.BasicConsume(queue="q", consumer_tag="c"))
    assert channel.take() == []
    two.hare.vhost.create_queue("q", options, None)
    hare.grow(3)
    confirm, ok, delivered = sorted(channel.take(), key=lambda each: type(each).__name__)
    assert confirm == methods.BasicAck(1)
    assert ok == methods.BasicConsumeOk("c")
    assert delivered.body == b"a"
    two.change(is_up=False)
    two.change(is_up=True)
    assert channel.take() == [methods.BasicCancel("c", nowait=True)]
    mouse.ordinal = 4
    channel.fill("q", b"b")
    assert channel.take() == []
    hare.grow(4)
    assert channel.take() == [methods.BasicAck(2)]
