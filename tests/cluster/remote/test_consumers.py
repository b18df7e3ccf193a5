"""How far a home may serve a consumer, and what waits here for it."""

from leveret.cluster.remote import frames
from leveret.cluster.remote.consumers import AHEAD_MAX, RemoteConsumers
from tests.broker.domain import Subscriber, bodies, message


class Home:
    """What was said to it, and what is to be done at the end of the turn."""

    def __init__(self):
        self.said = []
        self.due = []

    def soon(self, action):
        self.due.append(action)

    def ask(self, frame):
        self.said.append(frame)

    def turn(self):
        """What was said by the end of this turn."""
        due, self.due = self.due, []
        for action in due:
            action()
        said, self.said = self.said, []
        return said


class Client(Subscriber):
    """A consumer with an appetite."""

    def __init__(self, appetite, *, is_limited=False):
        super().__init__()
        self.appetite = appetite
        self.is_limited = is_limited
        self.no_ack = False
        self.reached = None
        self.arguments = {}

    def deliver(self, delivered, redelivered):
        super().deliver(delivered, redelivered)
        self.appetite -= 1


class Scene:
    """One consumer of a queue elsewhere."""

    def __init__(self, appetite, **how):
        self.home, self.returned = Home(), []
        self.consumers = RemoteConsumers(self.home.soon, self.home.ask, self.returned.extend)
        self.client = Client(appetite, **how)
        self.subscription = self.consumers.add(self.client, appetite)
        self.subscribe(7)

    def subscribe(self, number):
        """A home has it."""
        self.consumers.renew(self.subscription, number)
        self.subscription.answer()

    def start(self):
        self.consumers.begin(self.client)
        self.consumers.resume(self.client)
        return self.home.turn()

    def come(self, *texts):
        for text in texts:
            self.consumers.take(7, [message(text)], redelivered=False)
        return self.home.turn()


def test_nothing_is_asked_for_before_the_client_knows_of_it():
    scene = Scene(3)
    scene.consumers.resume(scene.client)
    assert scene.home.turn() == []
    assert scene.come("early") == []
    assert scene.client.got == []
    assert scene.start() == [frames.Credit(7, 3, 1)]
    assert scene.client.got == ["early"]


def test_credit_is_the_appetite_and_moves_with_what_was_settled():
    scene = Scene(2)
    assert scene.start() == [frames.Credit(7, 2, 0)]
    assert scene.come("a") == [frames.Credit(7, 2, 1)]
    scene.client.appetite += 1
    scene.consumers.look_soon()
    assert scene.home.turn() == [frames.Credit(7, 3, 1)]


def test_an_endless_appetite_has_a_window():
    scene = Scene(10**9)
    assert scene.start() == [frames.Credit(7, AHEAD_MAX, 0)]
    assert scene.come("a", "b") == [frames.Credit(7, AHEAD_MAX + 2, 2)]


def test_what_comes_while_the_peer_does_not_keep_up_waits_here():
    scene = Scene(5)
    scene.start()
    scene.consumers.park(scene.client)
    assert scene.come("a", "b") == []
    assert scene.client.got == []
    scene.consumers.resume(scene.client)
    assert scene.home.turn() == [frames.Credit(7, 5, 2)]
    assert scene.client.got == ["a", "b"]
    assert scene.returned == []


def test_what_comes_when_others_have_used_up_the_limit_goes_back():
    scene = Scene(2, is_limited=True)
    scene.start()
    scene.client.appetite = 1
    scene.consumers.park(scene.client)
    assert scene.come("a", "b") == [frames.Credit(7, 2, 1)]
    assert bodies(scene.returned) == ["b"]
    scene.client.appetite = 0
    scene.consumers.look_soon()
    assert scene.home.turn() == [frames.Credit(7, 2, 2)]
    assert bodies(scene.returned) == ["b", "a"]


def test_what_waits_for_a_consumer_that_goes_is_told():
    scene = Scene(5)
    scene.start()
    scene.consumers.park(scene.client)
    scene.come("a")
    number, left = scene.consumers.remove(scene.client)
    assert (number, bodies(left)) == (7, ["a"])
    assert scene.consumers.remove(scene.client) == (0, [])
    scene.come("b")
    assert bodies(scene.returned) == ["b"]
