"""Nodes that are a set for some log have its tag in their engines' configurations."""

from leveret.cluster.nats.naming import tags_of
from tests.cluster.nodes import HOSTS, name_of

HARE, MOUSE = HOSTS[:2]


def test_all_of_a_set_know_of_it(scene_of_nodes, tmp_path):
    async def scene(nodes):
        hare, _mouse = await nodes.start(HARE, MOUSE)
        await nodes.join(MOUSE)
        both = (name_of(HARE), name_of(MOUSE))
        await hare.membership.sharing.join_group(both)
        for host in (HARE, MOUSE):
            conf = (tmp_path / host / "engine" / "nats-server.conf").read_text()
            assert tags_of(both)[0] in conf
        shared = await hare.membership.seat.logs.open("theirs", 2, both)
        assert await shared.take_over() > 0

    scene_of_nodes(scene)
