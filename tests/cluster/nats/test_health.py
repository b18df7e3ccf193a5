"""Which servers are there, from where one stands."""

import asyncio


def test_all_three_are_there(play):
    async def scene(cluster):
        for node in ("hare", "mouse", "vole"):
            health = await cluster.logs(node).health()
            assert health.members == ("hare", "mouse", "vole")
            assert health.has_majority
            assert health.leader in health.members

    play(scene)


def test_whoever_is_left_alone_says_so_at_once(play):
    async def scene(cluster):
        await cluster.cut_off("hare")
        await cluster.cut_off("vole")
        async with asyncio.timeout(3):
            health = await cluster.logs("mouse").health()
        assert health.members == ("mouse",)
        assert not health.has_majority
        assert health.leader is None
        await cluster.heal()

    play(scene)
