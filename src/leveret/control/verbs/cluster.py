"""Who is in the cluster, and how that changes: joined, forgotten, looked at.

Rule: a node that is alone is a cluster of one, and says of itself what a larger one would.
"""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Final

from leveret.broker.feature_flags import FLAGS
from leveret.control import exits
from leveret.control.call import VerbRefused
from leveret.control.elsewhere import values_of_others
from leveret.control.messages import Plain
from leveret.control.verbs.health import alarms_of, listeners_of
from leveret.control.verbs.refusing import refusal
from leveret.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leveret.broker.feature_flags import FeatureFlag
    from leveret.control.call import Call, Verb
    from leveret.control.host import Clustering

MEMBER_ALREADY: Final = "The node is already a member of this cluster"
NORMAL: Final = "not under maintenance"
DRAINED: Final = "marked for maintenance"


async def join_cluster(call: Call) -> Plain:
    """Nothing, or that there was nothing to do."""
    through = call.text("node")
    if through == call.host.settings.node:
        text = f"Error:\nError: cannot cluster node with itself: {through}"
        raise VerbRefused(exits.SOFTWARE, text)
    has_joined = await clustering_of(call).join(through)
    return None if has_joined else MEMBER_ALREADY


async def forget_cluster_node(call: Call) -> None:
    await clustering_of(call).forget(call.text("node"))


async def force_boot(call: Call) -> None:
    """A node without files waits for nobody anyway."""
    if call.host.clustering is not None:
        await call.host.clustering.force_boot()


def clustering_of(call: Call) -> Clustering:
    """Raises VerbRefused."""
    if call.host.clustering is None:
        text = "this node has no data directory: it can be in no cluster"
        raise refusal(exits.UNAVAILABLE, text)
    return call.host.clustering


def set_cluster_name(call: Call) -> None:
    call.broker.parameters.set_global("cluster_name", call.text("name"))


def online_nodes(call: Call) -> Plain:
    """Those that run, in order."""
    peers = call.application.peers
    living = {call.broker.node} if peers is None else peers.living
    return list[Plain](sorted(living))


def member_facts(call: Call) -> dict[str, Plain]:
    """What one node has to say of itself, for all that show it."""
    return {
        "alarms": list(alarms_of(call)),
        "listeners": listeners_of(call),
        "maintenance_status": DRAINED if call.application.is_under_maintenance else NORMAL,
        "versions": {
            "erlang_version": f"none: Python {platform.python_version()}",
            "rabbitmq_name": "Leveret",
            "rabbitmq_version": VERSION,
        },
    }


async def cluster_status(call: Call) -> Plain:
    """Of a node that nobody else is with."""
    return await _status(call, {})


async def status_of_all(call: Call, _verb: Verb) -> Plain:
    """The same, of all that answer."""
    return await _status(call, await values_of_others(call, "member_facts"))


async def _status(call: Call, told: Mapping[str, Plain]) -> Plain:
    """RabbitMQ's names, and the engine, which it does not have."""
    own, peers = call.broker.node, call.application.peers
    facts = {node: each for node, each in told.items() if isinstance(each, dict)}
    facts[own] = member_facts(call)
    status: dict[str, Plain] = {
        "alarms": [alarm for each in facts.values() for alarm in _list(each["alarms"])],
        "cluster_name": _cluster_name(call),
        "disk_nodes": [own] if peers is None else list(peers.members),
        "feature_flags": [_flag(each) for each in FLAGS],
        "partitions": {},
        "ram_nodes": [],
        "running_nodes": list[Plain](sorted(facts)),
    }
    for what in ("listeners", "maintenance_status", "versions"):
        status[what] = {node: each[what] for node, each in facts.items()}
    engine = None if peers is None else await clustering_of(call).engine()
    return status if engine is None else {**status, "engine": engine}


def _cluster_name(call: Call) -> str:
    named = call.broker.parameters.cluster_name
    return call.host.settings.cluster_name or call.broker.node if named is None else named


def _flag(flag: FeatureFlag) -> Plain:
    names = ("desc", "doc_url", "name", "provided_by", "stability", "state")
    return {name: getattr(flag, name) for name in names}


def _list(value: Plain) -> list[Plain]:
    assert isinstance(value, list)
    return value


VERBS = {
    "cluster_status": cluster_status,
    "force_boot": force_boot,
    "forget_cluster_node": forget_cluster_node,
    "join_cluster": join_cluster,
    "member_facts": member_facts,
    "online_nodes": online_nodes,
    "set_cluster_name": set_cluster_name,
}
AMONG = {"cluster_status": status_of_all}
COMMITS = frozenset({"set_cluster_name"})
STOPPED = frozenset({"force_boot", "join_cluster"})
ALWAYS = STOPPED
