"""Nodes become a cluster: real ones, with their engines."""

import asyncio

import pytest

from leveret.cluster.members.roll import MembershipRefused
from leveret.cluster.members.standing import Phase
from tests.cluster.nodes import HOSTS, drain, name_of, publish
from tests.cluster.until import until

HARE, MOUSE, VOLE = HOSTS


def test_two_nodes_become_one_cluster_and_a_third_joins_it(scene_of_nodes):
    async def scene(nodes):
        hare, mouse, vole = await nodes.start(*HOSTS)
        await nodes.client(HARE, lambda channel: channel.queue_declare("jobs", durable=True))
        await nodes.client(HARE, lambda channel: publish(channel, "jobs", b"1", b"2"))
        await nodes.client(MOUSE, lambda channel: channel.queue_declare("mine", durable=True))

        await nodes.join(MOUSE)
        assert hare.membership.roll == mouse.membership.roll
        # What the one that joined had is gone, what the other had is everybody's.
        assert sorted(mouse.broker.vhosts["/"].queues) == ["jobs"]
        assert await nodes.client(MOUSE, lambda channel: drain(channel, "jobs")) == [b"1", b"2"]

        await nodes.join(VOLE, through=MOUSE)
        await until(lambda: hare.membership.roll == vole.membership.roll)
        assert hare.membership.roll.nodes == tuple(map(name_of, HOSTS))
        assert sorted(vole.broker.vhosts["/"].queues) == ["jobs"]

    scene_of_nodes(scene)


def test_a_cluster_comes_again_in_any_order(scene_of_nodes):
    async def scene(nodes):
        await nodes.start(HARE, MOUSE)
        await nodes.join(MOUSE)
        await nodes.client(MOUSE, lambda channel: channel.queue_declare("jobs", durable=True))
        await nodes.client(HARE, lambda channel: publish(channel, "jobs", b"1"))
        await nodes.stop(HARE, MOUSE)
        waiting = asyncio.create_task(nodes.start(HARE))
        await asyncio.sleep(1)
        (hare,) = nodes.running.values()
        assert not waiting.done()
        # Who waits for the other may be stopped, and started again.
        await hare.stop_app()
        await waiting
        assert hare.application is None
        await asyncio.gather(nodes.start(MOUSE), hare.start_app())
        assert await nodes.client(HARE, lambda channel: drain(channel, "jobs")) == [b"1"]

    scene_of_nodes(scene)


def test_who_cannot_be_reached_is_not_joined(scene_of_nodes):
    async def scene(nodes):
        (hare,) = await nodes.start(HARE)
        await nodes.client(HARE, lambda channel: channel.queue_declare("jobs", durable=True))
        await hare.stop_app()
        with pytest.raises(MembershipRefused) as refused:
            await hare.membership.joining.join(name_of(MOUSE))
        assert refused.value.reason == "unreachable"
        assert hare.membership.standing.phase is Phase.ALONE
        await hare.start_app()
        assert list(hare.broker.vhosts["/"].queues) == ["jobs"]

    scene_of_nodes(scene)


def test_one_whose_application_does_not_run_is_not_joined(scene_of_nodes):
    async def scene(nodes):
        hare, mouse = await nodes.start(HARE, MOUSE)
        for each in (hare, mouse):
            await each.stop_app()
        with pytest.raises(MembershipRefused, match="does not run: start_app"):
            await mouse.membership.joining.join(name_of(HARE))
        assert mouse.membership.standing.phase is Phase.ALONE

    scene_of_nodes(scene)


def test_a_joiner_whose_engine_does_not_start_leaves_the_other_as_it_was(scene_of_nodes):
    async def scene(nodes):
        hare, mouse = await nodes.start(HARE, MOUSE)
        await nodes.client(HARE, lambda channel: channel.queue_declare("jobs", durable=True))
        await mouse.stop_app()
        nodes.occupy(MOUSE, 25673)
        with pytest.raises(MembershipRefused) as refused:
            await mouse.membership.joining.join(name_of(HARE))
        assert refused.value.reason == "engine"
        await until(lambda: hare.membership.seat is None and hare.application is not None)
        assert hare.membership.standing.phase is Phase.ALONE
        assert list(hare.broker.vhosts["/"].queues) == ["jobs"]

    scene_of_nodes(scene)


def test_who_was_away_while_a_third_joined_counts_it_in(scene_of_nodes):
    """It hears of the third from the others before it reads of it."""

    async def scene(nodes):
        _, mouse, _ = await nodes.start(*HOSTS)
        await mouse.stop_app()
        await mouse.membership.joining.join(name_of(HARE))
        await nodes.join(VOLE)
        await mouse.start_app()
        assert set(mouse.membership.roll.nodes) == set(map(name_of, HOSTS))

    scene_of_nodes(scene)
