"""Two brokers with their sessions in one process, and the links between them, by hand.

two = Two()
two.declare("q")                    a queue whose home is `two.hare`, known at `two.mouse`
channel = two.mouse.channel()       a client of the other node

Frames arrive in later turns, in order; `settle` goes on until nothing happens any more.
"""

from leveret.broker.queues.queue import QueueOptions
from leveret.cluster.remote.homes import Homes
from leveret.cluster.remote.placing import place, withdraw
from tests.session.harness import Client, World


class HandLink:
    """One node's way to the other. is_held: what is said waits. is_behind: too much waits."""

    is_behind = False

    def __init__(self, links, node):
        self.links = links
        self.node = node
        self.is_up = False
        self.actions = []
        self.said = []
        self.is_held = False
        self.to_write = []

    def send(self, kind, stream, octets):
        if self.is_up:
            self.said.append((kind, stream, octets))

    def on_state(self, action):
        self.actions.append(action)

    def when_writable(self, action):
        self.to_write.append(action)

    def catch_up(self):
        """It is not behind any more."""
        self.is_behind = False
        to_write, self.to_write = self.to_write, []
        for action in to_write:
            action()

    def change(self, *, is_up):
        """Nothing of an old connection holds a new one up."""
        self.is_up = is_up
        self.is_held = self.is_held and not is_up
        self.said.clear()
        for action in self.actions:
            action(is_up)

    def bring(self):
        """What was said so far arrives; whether there was anything."""
        if self.is_held:
            return False
        said, self.said = self.said, []
        for kind, stream, octets in said:
            self.links.other.receivers[kind](self.links.node, stream, octets)
        return bool(said)


class HandLinks:
    """The links of one node to the one other that there is."""

    def __init__(self, node, peer):
        self.node = node
        self.receivers = {}
        self.link = HandLink(self, peer)
        self.other = None

    def to(self, node):
        assert node == self.link.node
        return self.link

    def receive(self, kind, action):
        self.receivers[kind] = action

    def on_link(self, action):
        action(self.link)


class LinkedClient(Client):
    """A client that looks at what has come when everything has happened that was going to."""

    def take_octets(self):
        octets = b""
        while True:
            self.world.settle()
            more = super().take_octets()
            if not more:
                return octets
            octets += more


class LinkedWorld(World):
    settle = staticmethod(lambda: None)

    def stranger(self, **who):
        return LinkedClient(self, **who)


class Two:
    """hare is the home of what is declared; mouse uses it."""

    def __init__(self, **how):
        self.hare, self.mouse = LinkedWorld(**how), LinkedWorld()
        self.hare_links, self.mouse_links = HandLinks("hare", "mouse"), HandLinks("mouse", "hare")
        self.hare_links.other, self.mouse_links.other = self.mouse_links, self.hare_links
        self.hare_homes = Homes(self.hare.broker, self.hare_links)
        self.mouse_homes = Homes(self.mouse.broker, self.mouse_links)
        self.change(is_up=True)
        self.hare.settle = self.mouse.settle = self.settle

    def change(self, *, is_up):
        """The link is lost, or comes up."""
        for links in (self.hare_links, self.mouse_links):
            links.link.change(is_up=is_up)
        self.settle()

    def declare(self, name="q", **options):
        """A queue, as the metadata have it: at home here, known there."""
        made = QueueOptions(**options)
        queue = self.hare.vhost.create_queue(name, made, None)
        self.hare.sync()
        return queue, self.know(name, made)

    def know(self, name, options):
        return place(self.mouse.vhost, name, options, self.mouse_homes.of("hare"))

    def forget(self, name="q"):
        """The metadata say that it is gone."""
        withdraw(self.mouse.vhost, self.mouse.vhost.queues[name])
        self.settle()

    def settle(self, until=lambda: False):
        """Until nothing happens any more, or something has."""
        is_moving = True
        while is_moving and not until():
            is_moving = any([self.hare_links.link.bring(), self.mouse_links.link.bring()])
            for world in (self.hare, self.mouse):
                while world.agenda.next_deadline() == world.agenda.clock():
                    world.agenda.run()
                    is_moving = True
