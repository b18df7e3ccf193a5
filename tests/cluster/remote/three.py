"""Three brokers with their sessions in one process, and a mirrored queue that one of them leads.

three = Three()
queue = three.declare("q")                led by hare
channel = three.mouse.channel()           a client of another node
three.kill("hare"); three.elect("mouse")  it dies, and the metadata say who leads now

What the log of a mirrored queue has is what its leader's engine had when it was last synced.
Frames arrive in later turns, in order; `settle` goes on until nothing happens any more.
"""

from copy import copy

from leveret.broker.queues.queue import QueueOptions
from leveret.cluster.remote.homes import Homes
from leveret.cluster.remote.placing import place
from tests.cluster.remote.two import HandLink, LinkedWorld

NODES = ("hare", "mouse", "vole")


class MeshLink(HandLink):
    """One of a node's ways."""

    def bring(self):
        if self.is_held:
            return False
        said, self.said = self.said, []
        for kind, stream, octets in said:
            self.links.mesh[self.node].receivers[kind](self.links.node, stream, octets)
        return bool(said)


class MeshLinks:
    """The links of one node to all others."""

    def __init__(self, node, mesh):
        self.node = node
        self.mesh = mesh
        self.receivers = {}
        self.ways = {peer: MeshLink(self, peer) for peer in NODES if peer != node}

    def to(self, node):
        return self.ways[node]

    def receive(self, kind, action):
        self.receivers[kind] = action

    def on_link(self, action):
        for link in self.ways.values():
            action(link)


class Three:
    """worlds, homes, links: by node. leader: of the queue; living: nodes."""

    def __init__(self):
        self.worlds = {node: LinkedWorld(is_durable=True) for node in NODES}
        self.links = {}
        for node in NODES:
            self.links[node] = MeshLinks(node, self.links)
        self.homes = {node: Homes(self.worlds[node].broker, self.links[node]) for node in NODES}
        self.leader = ""
        self.living = set(NODES)
        self._log = set()
        self._reign = 0
        for world in self.worlds.values():
            world.settle = self.settle
        for node, peer in (("hare", "mouse"), ("hare", "vole"), ("mouse", "vole")):
            self.change(node, peer, is_up=True)

    hare = property(lambda self: self.worlds["hare"])
    mouse = property(lambda self: self.worlds["mouse"])
    vole = property(lambda self: self.worlds["vole"])

    # The network -------------------------------------------------------------------------------

    def change(self, node, peer, *, is_up):
        """The link between two is lost, or comes up."""
        for here, there in ((node, peer), (peer, node)):
            self.links[here].to(there).change(is_up=is_up)
        self.settle()

    def kill(self, node):
        """It is gone for ever, with its clients."""
        self.living.discard(node)
        for peer in self.living:
            self.links[node].to(peer).said.clear()
            self.change(node, peer, is_up=False)

    def ways(self):
        return [link for links in self.links.values() for link in links.ways.values()]

    def settle(self, until=lambda: False):
        """Until nothing happens any more, or something has."""
        is_moving = True
        while is_moving and not until():
            is_moving = bool([link for link in self.ways() if link.bring()])
            for world in self.worlds.values():
                while world.agenda.next_deadline() == world.agenda.clock():
                    world.agenda.run()
                    is_moving = True

    def pass_time(self, seconds):
        for world in self.worlds.values():
            world.pass_time(seconds)
        self.settle()

    # The queue ---------------------------------------------------------------------------------

    def declare(self, name="q", leader="hare", **options):
        """As the metadata have it: led there, known everywhere."""
        made = QueueOptions(durable=True, **options)
        self.leader = leader
        queue = self.worlds[leader].vhost.create_queue(name, made, None)
        for node in NODES:
            if node != leader:
                home = self.homes[node].of(leader)
                place(self.worlds[node].vhost, name, made, home, is_mirrored=True)
        self.sync()
        return queue

    def queue(self, node=None, name="q"):
        return self.worlds[node or self.leader].vhost.queues[name]

    def sync(self):
        """What the leader was told is safe."""
        world, queue = self.worlds[self.leader], self.queue()
        self.settle()
        world.sync()
        self._log = set(world.engine.messages.positions(queue.number))
        self.settle()

    def elect(self, node, name="q"):
        """The metadata say who leads: all living nodes hear of it, and that node takes over."""
        self.announce(node, name)
        self.lead(node, name)

    def take_over_from(self, messages, number, node, name="q"):
        """The one who led it has stepped down, and all of his is safe."""
        self._log = set(messages.positions(number))
        self._before = messages, number
        self._hear(node, name)
        self.lead(node, name)

    def announce(self, node, name="q"):
        self._before = self.worlds[self.leader].engine.messages, self.queue(name=name).number
        self._hear(node, name)

    def _hear(self, node, name):
        self.leader = node
        for living in sorted(self.living):
            vhost = self.worlds[living].vhost
            self.homes[living].follow(vhost, name, node, is_mirrored=True)
        self.settle()

    def lead(self, node, name="q"):
        """It has read the log: a real queue stands there now."""
        messages, number = self._before
        world = self.worlds[node]
        self._reign += 1
        new = world.vhost.make_queue(name, self.queue(node, name).options, 1000 + self._reign)
        for position in messages.positions(number):
            if position in self._log:
                kept = copy(messages.kept[position])
                kept.position = world.broker.next_position()
                world.engine.messages.append(kept, (new.number,))
                for _ in range(messages.marks.get((number, position), 0)):
                    world.engine.messages.delivered(new.number, kept.position)
        new.recover(world.engine.messages.recovered(new.number))
        world.vhost.replace_queue(self.queue(node, name), new)
        self.sync()
        return new
