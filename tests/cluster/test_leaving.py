"""Nodes leave a cluster, or are forgotten by it."""

import pytest

from leveret.cluster.members.roll import MembershipRefused
from leveret.cluster.members.standing import Phase
from tests.cluster.nodes import HOSTS, drain, name_of, publish
from tests.cluster.until import until

HARE, MOUSE, VOLE = HOSTS


def test_one_of_two_leaves_and_the_other_goes_on_alone(scene_of_nodes):
    async def scene(nodes):
        hare, mouse = await nodes.start(HARE, MOUSE)
        await nodes.join(MOUSE)
        await nodes.client(MOUSE, lambda channel: channel.queue_declare("theirs", durable=True))
        await nodes.client(HARE, lambda channel: channel.queue_declare("jobs", durable=True))
        await nodes.client(HARE, lambda channel: publish(channel, "jobs", b"1"))
        await mouse.stop_app()
        await mouse.membership.leaving.reset(is_forced=False)
        assert mouse.membership.standing.phase is Phase.ALONE
        await mouse.start_app()
        assert list(mouse.broker.vhosts["/"].queues) == []

        await until(lambda: hare.membership.seat is None and hare.application is not None)
        assert list(hare.broker.vhosts["/"].queues) == ["jobs"]
        assert await nodes.client(HARE, lambda channel: drain(channel, "jobs")) == [b"1"]
        await nodes.stop(HARE)
        (hare,) = await nodes.start(HARE)
        assert list(hare.broker.vhosts["/"].queues) == ["jobs"]

    scene_of_nodes(scene)


def test_one_that_is_down_is_forgotten_and_finds_itself_out(scene_of_nodes):
    async def scene(nodes):
        hare, *_others = await nodes.start(*HOSTS)
        await nodes.join(MOUSE)
        await nodes.join(VOLE)
        await until(lambda: len(hare.membership.sharing.liveness.living) == 3)
        with pytest.raises(MembershipRefused, match="must be stopped"):
            await hare.membership.leaving.forget(name_of(VOLE))
        await nodes.stop(VOLE)
        await until(lambda: len(hare.membership.sharing.liveness.living) == 2)
        await hare.membership.leaving.forget(name_of(VOLE))
        assert hare.membership.roll.nodes == (name_of(HARE), name_of(MOUSE))
        with pytest.raises(MembershipRefused, match="is not in the cluster"):
            await hare.membership.leaving.forget(name_of(VOLE))

    scene_of_nodes(scene)


def test_one_that_was_forgotten_says_so_and_is_reset(scene_of_nodes):
    async def scene(nodes):
        hare, *_others = await nodes.start(*HOSTS)
        await nodes.join(MOUSE)
        await nodes.join(VOLE)
        await nodes.stop(VOLE)
        await until(lambda: len(hare.membership.sharing.liveness.living) == 2)
        await hare.membership.leaving.forget(name_of(VOLE))
        (vole,) = await nodes.start(VOLE)
        assert vole.application is None
        assert vole.membership.is_forgotten
        await vole.membership.leaving.reset(is_forced=False)
        assert vole.membership.standing.phase is Phase.ALONE
        await vole.start_app()
        # The same name is another member.
        await nodes.join(VOLE)
        assert hare.membership.roll.find(name_of(VOLE)).incarnation == 2

    scene_of_nodes(scene)


def test_a_start_that_is_forced_waits_for_nobody(scene_of_nodes):
    async def scene(nodes):
        hare, mouse = await nodes.start(HARE, MOUSE)
        await nodes.client(HARE, lambda channel: channel.queue_declare("jobs", durable=True))
        await nodes.client(HARE, lambda channel: publish(channel, "jobs", b"1"))
        await nodes.join(MOUSE)
        await hare.stop_app()
        await hare.membership.leaving.force_boot()
        await nodes.stop(MOUSE)
        await hare.start_app()
        await until(lambda: hare.membership.seat is None and hare.application is not None)
        assert await nodes.client(HARE, lambda channel: drain(channel, "jobs")) == [b"1"]
        assert mouse.membership.standing.phase is Phase.MEMBER

    scene_of_nodes(scene)


def test_what_was_mirrored_stays_with_the_one_that_is_left(scene_of_nodes):
    async def scene(nodes):
        hare, mouse = await nodes.start(HARE, MOUSE)
        await nodes.join(MOUSE)

        def declare(channel):
            channel.queue_declare("jobs", durable=True, arguments={"x-queue-type": "quorum"})
            publish(channel, "jobs", b"1", b"2")

        await nodes.client(MOUSE, declare)
        assert hare.membership.sharing.has_logs
        await mouse.stop_app()
        await mouse.membership.leaving.reset(is_forced=False)
        await until(lambda: hare.membership.seat is None and hare.application is not None)
        assert await nodes.client(HARE, lambda channel: drain(channel, "jobs")) == [b"1", b"2"]

    scene_of_nodes(scene)
