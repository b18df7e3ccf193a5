"""Nodes that their configuration names find each other at their first start."""

import asyncio

from leveret.node import Node
from tests.cluster.nodes import HOSTS, name_of
from tests.cluster.until import until

NAMED = "".join(
    f"cluster_formation.classic_config.nodes.{number} = {name_of(host)}\n"
    for number, host in enumerate(HOSTS, 1)
)


def test_three_that_start_in_any_order_are_one_cluster(scene_of_nodes, tmp_path):
    async def scene(nodes):
        for host in HOSTS:
            (tmp_path / host).mkdir()
            (tmp_path / host / "leveret.conf").write_text(NAMED)
        for host in HOSTS:
            nodes.running[host] = Node(nodes.settings(host), has_node_port=True)
        last, second, first = HOSTS[2], HOSTS[1], HOSTS[0]
        starts = []
        for host in (last, second, first):
            starts.append(asyncio.create_task(nodes.running[host].start()))
            await asyncio.sleep(0.3)
        await asyncio.gather(*starts)
        rolls = [each.membership for each in nodes.running.values()]
        await until(lambda: all(len(each.roll.members) == 3 for each in rolls))
        assert len({each.roll.cluster for each in rolls}) == 1

        # Once it is a member, it asks nobody.
        await nodes.stop(second)
        (again,) = await nodes.start(second)
        assert len(again.membership.roll.members) == 3

    scene_of_nodes(scene)
