"""leveretctl's commands about a cluster, done by the nodes themselves."""

import asyncio
from collections import Counter

import pytest

from leveret.control import exits
from leveret.control.call import VerbRefused
from tests.cluster.nodes import HOSTS, drain, name_of, publish
from tests.cluster.until import until

HARE, MOUSE, VOLE = HOSTS


async def refusal(waiting):
    with pytest.raises(VerbRefused) as refused:
        await waiting
    return refused.value.exit_code, refused.value.text


async def engine_of(node):
    """What it says once it reaches all."""
    async with asyncio.timeout(20):
        while True:
            told = await node.clustering.engine()
            if not told["unreachable"]:
                return told
            await asyncio.sleep(0.1)


def test_a_node_joins_and_who_is_a_member_does_not_join_again(scene_of_nodes):
    async def scene(nodes):
        hare, mouse = await nodes.start(HARE, MOUSE)
        assert await hare.clustering.engine() is None
        await mouse.stop_app()
        assert await mouse.clustering.join(name_of(HARE)) is True
        assert await mouse.clustering.join(name_of(HARE)) is False
        await mouse.start_app()
        told = await engine_of(hare)
        assert told["has_majority"]
        assert told["leader"] in {name_of(HARE), name_of(MOUSE)}

    scene_of_nodes(scene)


def test_a_member_of_another_cluster_leaves_it_and_joins(scene_of_nodes):
    async def scene(nodes):
        hare, mouse, vole = await nodes.start(*HOSTS)
        await nodes.client(HARE, lambda channel: channel.queue_declare("jobs", durable=True))
        await nodes.client(VOLE, lambda channel: channel.queue_declare("theirs", durable=True))
        await nodes.join(MOUSE)
        await mouse.stop_app()
        await vole.stop_app()
        code, text = await refusal(mouse.clustering.join(name_of(VOLE)))
        assert code == exits.UNAVAILABLE
        assert "does not run: start_app" in text
        assert mouse.membership.roll == hare.membership.roll
        await vole.start_app()
        assert await mouse.clustering.join(name_of(VOLE)) is True
        await mouse.start_app()
        assert set(mouse.membership.roll.nodes) == {name_of(MOUSE), name_of(VOLE)}
        assert list(mouse.broker.vhosts["/"].queues) == ["theirs"]
        await until(lambda: hare.membership.roll is None and hare.application is not None)
        assert list(hare.broker.vhosts["/"].queues) == ["jobs"]

    scene_of_nodes(scene)


def test_who_cannot_be_reached_is_not_joined(scene_of_nodes):
    async def scene(nodes):
        (hare,) = await nodes.start(HARE)
        await hare.stop_app()
        code, text = await refusal(hare.clustering.join(name_of(VOLE)))
        assert code == exits.UNAVAILABLE
        assert text.startswith(
            f"Error: unable to perform an operation on node '{name_of(VOLE)}'. Please see"
        )
        assert "cannot be reached: connection refused" in text
        await hare.start_app()

    scene_of_nodes(scene)


def test_where_no_majority_is_there_nobody_is_forgotten(scene_of_nodes):
    async def scene(nodes):
        hare, _ = await nodes.start(HARE, MOUSE)
        await nodes.join(MOUSE)
        await nodes.stop(MOUSE)
        code, text = await refusal(hare.clustering.forget(name_of(MOUSE)))
        assert code == exits.UNAVAILABLE
        assert text.startswith(
            f"Error:\nnode {name_of(MOUSE)} cannot be forgotten: no majority of the cluster's nodes"
        )
        assert "stop_app, force_boot, start_app" in text
        assert hare.membership.roll.nodes == (name_of(HARE), name_of(MOUSE))

    scene_of_nodes(scene)


def test_who_has_just_stopped_is_forgotten_at_once(scene_of_nodes):
    async def scene(nodes):
        hare, mouse, vole = await nodes.start(*HOSTS)
        await nodes.join(MOUSE)
        await nodes.join(VOLE)
        await until(lambda: len(hare.membership.sharing.liveness.living) == 3)
        code, text = await refusal(hare.clustering.forget(name_of(VOLE)))
        assert code == exits.UNAVAILABLE
        assert text == (
            f"Error:\nLeveret on node {name_of(VOLE)} must be stopped with "
            f"'leveretctl -n {name_of(VOLE)} stop_app' before it can be removed"
        )
        assert (await refusal(hare.clustering.forget(name_of(HARE))))[1].endswith("removed")
        await vole.stop_app()
        await hare.clustering.forget(name_of(VOLE))
        assert hare.membership.roll.nodes == (name_of(HARE), name_of(MOUSE))
        await engine_of(mouse)
        await vole.clustering.reset(is_forced=False)
        await vole.start_app()
        assert vole.clustering is not None
        assert await vole.clustering.engine() is None

    scene_of_nodes(scene)


def test_who_is_no_member_is_not_forgotten(scene_of_nodes):
    async def scene(nodes):
        (hare,) = await nodes.start(HARE)
        code, text = await refusal(hare.clustering.forget("leveret@nowhere"))
        assert code == exits.UNAVAILABLE
        assert text == ("Error:\n{:not_a_cluster_node, 'The node selected is not in the cluster.'}")
        code, text = await refusal(hare.clustering.forget(name_of(HARE)))
        assert code == exits.UNAVAILABLE
        assert "alone" in text

    scene_of_nodes(scene)


def test_a_reset_that_nobody_hears_of_is_refused_unless_forced(scene_of_nodes):
    async def scene(nodes):
        _hare, mouse = await nodes.start(HARE, MOUSE)
        await nodes.join(MOUSE)
        await mouse.stop_app()
        await nodes.stop(HARE)
        code, _text = await refusal(mouse.clustering.reset(is_forced=False))
        assert code == exits.UNAVAILABLE
        await mouse.clustering.reset(is_forced=True)
        await mouse.start_app()
        assert mouse.membership.roll is None

    scene_of_nodes(scene)


def test_a_start_can_be_forced_of_a_member_alone(scene_of_nodes):
    async def scene(nodes):
        hare, mouse = await nodes.start(HARE, MOUSE)
        await hare.stop_app()
        await hare.clustering.force_boot()
        assert not hare.membership.standing.is_boot_forced
        await hare.start_app()
        await nodes.join(MOUSE)
        await mouse.stop_app()
        await mouse.clustering.force_boot()
        assert mouse.membership.standing.is_boot_forced

    scene_of_nodes(scene)


QUORUM = {"x-queue-type": "quorum"}
JOBS = tuple(f"jobs-{number}" for number in range(6))


async def leading_all(nodes):
    """The first of three nodes, which leads all the queues that have copies on each."""
    hare, *_others = await nodes.start(*HOSTS)
    await nodes.join(MOUSE)
    await nodes.join(VOLE)

    def declare(channel):
        for queue in JOBS:
            channel.queue_declare(queue, durable=True, arguments=QUORUM)
            publish(channel, queue, b"1", b"2")

    await nodes.client(HARE, declare)
    await until(lambda: leaders(hare) == {name_of(HARE): len(JOBS)})
    return hare


def leaders(node):
    """How many of the queues each node leads."""
    housed = node.membership.sharing.mirroring.housings.housed
    return Counter(housed["/", queue].node for queue in JOBS if housed["/", queue].log)


async def assert_all_is_there(nodes, host):
    for queue in JOBS:
        found = await nodes.client(host, lambda channel, name=queue: drain(channel, name))
        assert found == [b"1", b"2"], queue


def test_who_is_set_aside_leads_nothing_until_it_comes_back(scene_of_nodes):
    async def scene(nodes):
        hare = await leading_all(nodes)
        await hare.clustering.set_aside()
        assert leaders(hare)[name_of(HARE)] == 0
        assert leaders(hare).total() == len(JOBS)
        await assert_all_is_there(nodes, MOUSE)
        mouse, vole = nodes.running[MOUSE], nodes.running[VOLE]
        await until(lambda: mouse.membership.sharing.liveness.aside == {name_of(HARE)})
        await vole.clustering.set_aside()
        await mouse.clustering.rebalance(lambda _vhost, _name: True)
        assert leaders(mouse) == {name_of(MOUSE): len(JOBS)}
        vole.clustering.come_back()
        hare.clustering.come_back()
        await until(lambda: not hare.membership.sharing.liveness.aside)
        await hare.clustering.rebalance(lambda _vhost, _name: True)
        assert leaders(hare)[name_of(HARE)] == 2

    scene_of_nodes(scene)


def test_leaders_are_spread_over_the_nodes_where_that_is_wanted(scene_of_nodes):
    async def scene(nodes):
        hare = await leading_all(nodes)
        await hare.clustering.rebalance(lambda _vhost, name: name in JOBS[:2])
        assert leaders(hare)[name_of(HARE)] == len(JOBS) - 1
        await hare.clustering.rebalance(lambda _vhost, _name: True)
        assert leaders(hare) == dict.fromkeys(map(name_of, HOSTS), 2)
        await assert_all_is_there(nodes, VOLE)

    scene_of_nodes(scene)


def test_a_node_alone_leads_what_it_leads(scene_of_nodes):
    async def scene(nodes):
        (hare,) = await nodes.start(HARE)
        await hare.clustering.set_aside()
        hare.clustering.come_back()
        await hare.clustering.rebalance(lambda _vhost, _name: True)
        assert hare.application is not None

    scene_of_nodes(scene)
