"""What concerns the whole cluster, of one node: its name, its balance, its statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.management.answers import NO_CONTENT, BadRequest, Json
from leveret.management.elsewhere.ways import at_node, everywhere
from leveret.management.resource import ADMINISTRATOR, MANAGEMENT, Resource
from leveret.management.routes.nodes import named_node
from leveret.management.views.overview import cluster_name

if TYPE_CHECKING:
    from leveret.management.answers import Answer
    from leveret.management.call import Call


def show_name(call: Call) -> Answer:
    return Json({"name": cluster_name(call, call.look)})


def set_name(call: Call) -> Answer:
    body = call.body()
    if "name" not in body:
        raise BadRequest("[{key_missing,name}]")
    name = body["name"]
    if not isinstance(name, str):
        raise BadRequest("the name of a cluster is text")
    call.broker.parameters.set_global("cluster_name", name)
    return NO_CONTENT


async def rebalance(call: Call) -> Answer:
    """Where one node has all queues they are in balance."""
    if call.host.peers is not None:
        await call.host.peers.rebalance()
    return NO_CONTENT


def reset(call: Call) -> Answer:
    """Forget the statistics, and nothing else: so does RabbitMQ."""
    call.look.statistics.reset()
    return NO_CONTENT


def reset_node(call: Call) -> Answer:
    named_node(call)
    return reset(call)


RESOURCES = (
    Resource(
        "/cluster-name",
        MANAGEMENT,
        "The name of the cluster, which clients are told.",
        get=show_name,
        put=set_name,
        needs_to_write=ADMINISTRATOR,
    ),
    Resource(
        "/rebalance/queues",
        ADMINISTRATOR,
        "Spread queues over nodes.",
        post=rebalance,
        commits=(),
    ),
    Resource(
        "/reset",
        ADMINISTRATOR,
        "Forget all statistics.",
        delete=reset,
        commits=(),
        among={"DELETE": everywhere},
    ),
    Resource(
        "/reset/{node}",
        ADMINISTRATOR,
        "Forget a node's statistics.",
        delete=reset_node,
        commits=(),
        among={"DELETE": at_node},
    ),
)
