"""Brokers of several nodes over links in memory, with their faults."""

import asyncio

from leveret.broker.queues.queue import QueueOptions
from leveret.cluster.links.memory import MemoryNetwork
from leveret.cluster.remote.homes import Homes
from leveret.cluster.remote.placing import place
from leveret.wire import methods
from tests.cluster.remote.two import Two
from tests.session.harness import World

NODES = ("hare", "mouse", "vole")


class Cluster:
    """Three nodes. A queue declared at one is known at the others, as by the metadata."""

    def __init__(self):
        self.network = MemoryNetwork()
        self.links = {node: self.network.links_of(node) for node in NODES}
        self.worlds = {node: World() for node in NODES}
        self.homes = {node: Homes(self.worlds[node].broker, self.links[node]) for node in NODES}
        for node, homes in self.homes.items():
            for other in NODES:
                if other != node:
                    homes.of(other)

    async def settle(self):
        """Some turns of every node's loop."""
        for _ in range(60):
            await asyncio.sleep(0)
            for world in self.worlds.values():
                world.agenda.run()

    def declare(self, home, name="q"):
        options = QueueOptions(durable=True)
        for node, world in self.worlds.items():
            if node == home:
                world.vhost.create_queue(name, options, None)
            else:
                place(world.vhost, name, options, self.homes[node].of(home))

    async def call(self, channel, method):
        channel.say(method)
        await self.settle()
        return channel.take()

    async def close(self):
        for links in self.links.values():
            await links.close()


def play(scene):
    async def run():
        cluster = Cluster()
        await cluster.settle()
        try:
            await scene(cluster)
        finally:
            await cluster.close()

    asyncio.run(run())


def count(cluster, node="hare"):
    return cluster.worlds[node].vhost.queues["q"].ready.count


def test_all_nodes_use_a_queue_of_one():
    async def scene(cluster):
        cluster.declare("hare")
        mouse, vole = cluster.worlds["mouse"].channel(), cluster.worlds["vole"].channel()
        mouse.fill("q", b"a", b"b")
        await cluster.settle()
        (found,) = await cluster.call(vole, methods.BasicGet(queue="q"))
        assert found.body == b"a"
        vole.ack(found.tag)
        await cluster.settle()
        assert count(cluster) == 1

    play(scene)


def test_a_node_that_is_killed_gives_back_what_its_clients_held():
    async def scene(cluster):
        cluster.declare("hare")
        mouse = cluster.worlds["mouse"].channel()
        mouse.fill("q", b"a", b"b")
        mouse.say(methods.BasicConsume(queue="q"))
        await cluster.settle()
        assert count(cluster) == 0
        cluster.network.kill("mouse")
        await cluster.settle()
        assert count(cluster) == 2

    play(scene)


def test_a_home_that_is_cut_off_is_down_for_one_and_up_for_another():
    async def scene(cluster):
        cluster.declare("hare")
        mouse, vole = cluster.worlds["mouse"].channel(), cluster.worlds["vole"].channel()
        cluster.network.cut("hare", "mouse")
        await cluster.settle()
        (close,) = await cluster.call(mouse, methods.QueueDeclare(queue="q", passive=True))
        assert close.reply_code == 404
        vole_answer = await cluster.call(vole, methods.QueueDeclare(queue="q", passive=True))
        assert vole_answer == [methods.QueueDeclareOk("q", 0, 0)]
        cluster.network.heal()
        await cluster.settle()
        again = cluster.worlds["mouse"].channel()
        answer = await cluster.call(again, methods.QueueDeclare(queue="q", passive=True))
        assert answer == [methods.QueueDeclareOk("q", 0, 0)]

    play(scene)


def test_a_link_that_is_lost_for_a_moment_is_a_loss():
    async def scene(cluster):
        cluster.declare("hare")
        mouse = cluster.worlds["mouse"].channel()
        mouse.fill("q", b"a")
        assert len(await cluster.call(mouse, methods.BasicConsume(queue="q"))) == 2
        cluster.network.lose("hare", "mouse")
        await cluster.settle()
        (cancel,) = mouse.take()
        assert isinstance(cancel, methods.BasicCancel)
        assert count(cluster) == 1

    play(scene)


def test_two_nodes_are_homes_for_each_other():
    async def scene(cluster):
        cluster.declare("hare", "q")
        cluster.declare("mouse", "m")
        hare, mouse = cluster.worlds["hare"].channel(), cluster.worlds["mouse"].channel()
        mouse.fill("q", b"a")
        hare.fill("m", b"b")
        await cluster.settle()
        (found,) = await cluster.call(hare, methods.BasicGet(queue="m"))
        assert found.body == b"b"
        (found,) = await cluster.call(mouse, methods.BasicGet(queue="q"))
        assert found.body == b"a"

    play(scene)


def test_a_home_is_up_once_its_desk_is_there_and_not_with_its_link():
    """The link to a node whose application is stopped is up as well."""
    two = Two()
    _queue, known = two.declare(durable=True)
    assert known.is_up
    two.mouse_links.link.change(is_up=False)
    two.mouse_links.link.change(is_up=True)
    two.hare_links.link.change(is_up=False)
    assert not known.is_up
    assert not two.mouse_homes.of("hare").is_up
    two.hare_links.link.change(is_up=True)
    two.settle()
    assert known.is_up


def test_who_is_there_later_hears_that_the_other_is():
    two = Two()
    two.change(is_up=False)
    two.change(is_up=True)
    late = Homes(two.mouse.broker, two.mouse_links)
    late.greet(["hare", "mouse"])
    two.settle()
    assert late.of("hare").is_up


def test_a_peer_that_was_known_before_loses_what_it_had_when_it_is_lost():
    """Its link is older than the homes, and it is the home of nothing."""
    two = Two()
    queue, _known = two.declare(durable=True)
    two.hare.client().channel().publish(b"one", key="q")
    two.hare_links.on_link = lambda _action: None
    Homes(two.hare.broker, two.hare_links)
    two.mouse.client().channel().call(methods.BasicGet(queue="q"))
    assert queue.tally.unacknowledged == 1
    two.change(is_up=False)
    assert queue.tally.unacknowledged == 0
    assert queue.ready.count == 1
