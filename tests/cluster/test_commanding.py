"""leveretctl's commands about a cluster, done by the nodes themselves."""

import asyncio

import pytest

from leveret.control import exits
from leveret.control.call import VerbRefused
from tests.cluster.nodes import HOSTS, name_of
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
