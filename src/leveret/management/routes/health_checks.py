"""Health checks: 200 {"status": "ok"}, or 503 with what is wrong, in RabbitMQ's words.

Of version 3.10: alarms, certificates, listeners, vhosts, redundancy; of version 4: those a load
balancer asks, without a login.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import json, structs

from leveret.broker.arguments import CLASSIC, QUORUM
from leveret.definitions.arguments import spelled
from leveret.management.answers import BadRequest, Json
from leveret.management.elsewhere.asking import ask_all, others
from leveret.management.resource import ANYBODY, MANAGEMENT, MONITORING, VHOST, Resource
from leveret.peers import is_critical

if TYPE_CHECKING:
    from leveret.management.answers import Answer, Handler
    from leveret.management.call import Call
    from leveret.management.resource import Needs

UNAVAILABLE: Final = 503
_RESOURCES: Final = {"disk": "disk space", "memory": "memory"}
# What one may call a protocol; any other name is looked for as it is written.
_PROTOCOLS: Final = {
    "amqp091": "amqp",
    "amqp0.9.1": "amqp",
    "amqp0-9-1": "amqp",
    "amqps": "amqp/ssl",
}
_AMQP: Final = frozenset({"amqp", "amqp/ssl"})


# Why this node should not be stopped now, in RabbitMQ's words.
MIRRORS_MISSED: Final = "There are classic mirrored queues without online synchronised mirrors"
QUORUMS_LOST: Final = (
    "There are quorum queues that would lose their quorum if the target node is shut down"
)


def passed(**told: object) -> Answer:
    return Json({"status": "ok", **told})


def failed(reason: str, **told: object) -> Answer:
    return Json({"status": "failed", "reason": reason, **told}, UNAVAILABLE)


# Alarms ------------------------------------------------------------------------------------------


def _alarms(call: Call) -> list[dict[str, str]]:
    return [
        {"node": call.look.node, "resource": _RESOURCES.get(resource, resource)}
        for resource in call.broker.alarms.resources
    ]


def _told(alarms: list[dict[str, str]], where: str) -> Answer:
    return failed(f"There are alarms in effect {where}", alarms=alarms) if alarms else passed()


def check_alarms(call: Call) -> Answer:
    return _told(_alarms(call), "in the cluster")


def check_local_alarms(call: Call) -> Answer:
    return _told(_alarms(call), "on the node")


async def _alarms_of_all(call: Call, _handler: Handler) -> Answer:
    """Those of every node that answers."""
    question = structs.replace(call.question, path="/health/checks/local-alarms")
    replies = await ask_all(call.peers, others(call), question)
    told = _alarms(call)
    for reply in replies.values():
        if reply.status == UNAVAILABLE:
            told += json.decode(reply.content)["alarms"]
    return _told(told, "in the cluster")


# Listeners ---------------------------------------------------------------------------------------


def check_port(call: Call) -> Answer:
    written = call.path["port"]
    if not re.fullmatch(r"[+-]?[0-9]{1,20}", written):
        raise BadRequest("Invalid port")
    port = int(written)
    # Both versions of IP on one port are one answer.
    ports = list(dict.fromkeys(each.port for each in call.host.listeners))
    if port in ports:
        return passed(port=port)
    return failed("No active listener", missing=port, ports=ports)


def check_protocol(call: Call) -> Answer:
    written = call.path["protocol"].lower()
    protocol = _PROTOCOLS.get(written, written)
    protocols = list(dict.fromkeys(each.protocol for each in call.host.listeners))
    if protocol in protocols:
        return passed(protocol=protocol)
    return failed("No active listener", missing=protocol, protocols=protocols)


# The node and what it serves ---------------------------------------------------------------------


def check_vhosts(_call: Call) -> Answer:
    """A vhost that could not be brought up would have stopped the start."""
    return passed()


def check_mirrors(call: Call) -> Answer:
    return _check_copies(call, CLASSIC, MIRRORS_MISSED)


def check_quorums(call: Call) -> Answer:
    return _check_copies(call, QUORUM, QUORUMS_LOST)


def _check_copies(call: Call, queue_type: str, reason: str) -> Answer:
    """Whether replicated queues of a type would not be served any more without this node."""
    peers, node = call.host.peers, call.look.node
    if peers is None:
        return passed(reason="single node cluster")
    queues = [queue for vhost in call.broker.vhosts.values() for queue in vhost.queues.values()]
    critical = [
        {
            "name": spelled(each.name),
            "readable_name": f"queue '{spelled(each.name)}' in vhost '{each.vhost_name}'",
            "type": each.type,
            "virtual_host": each.vhost_name,
        }
        for each in queues
        if each.type == queue_type and is_critical(peers, node, each)
    ]
    return failed(reason, queues=critical) if critical else passed()


def check_service(_call: Call) -> Answer:
    """Whoever can answer serves: a node that stops takes its listeners down first."""
    return passed()


def check_connection_limit(call: Call) -> Answer:
    connections, limit = _connections(call), call.host.settings.limits.connection_max
    told = {"limit": limit or "infinity", "connections": connections}
    if limit and connections >= limit:
        return failed("node connection limit is reached", **told)
    return passed(**told)


def check_readiness(call: Call) -> Answer:
    if _AMQP.isdisjoint(each.protocol for each in call.host.listeners):
        return failed("no active listeners for AMQP/AMQPS")
    connections, limit = _connections(call), call.host.settings.limits.connection_max
    if limit and connections >= limit:
        return failed("node connection limit is reached", connections=connections)
    return passed()


def _connections(call: Call) -> int:
    return len(call.host.server.transports)


def check_metadata(call: Call) -> Answer:
    if not call.broker.vhosts:
        return failed(
            "Metadata store has not yet been initialized: it reports to have no virtual hosts"
        )
    return passed()


def check_leaders(_call: Call) -> Answer:
    """Every quorum queue is led by its one node."""
    return passed()


def _at(path: str, about: str, check: Handler, needs: Needs = MANAGEMENT) -> Resource:
    return Resource(f"/health/checks/{path}", needs, about, get=check)


_ALARMS: Final = Resource(
    "/health/checks/alarms",
    MANAGEMENT,
    "Are there alarms?",
    get=check_alarms,
    among={"GET": _alarms_of_all},
)
_LEADERS: Final = "quorum-queues-without-elected-leaders"
RESOURCES = (
    _ALARMS,
    _at("local-alarms", "Are there alarms on this node?", check_local_alarms),
    _at("port-listener/{port}", "Is the port listened on?", check_port),
    _at("protocol-listener/{protocol}", "Is the protocol spoken?", check_protocol),
    _at("virtual-hosts", "Are all virtual hosts up?", check_vhosts),
    _at("node-is-mirror-sync-critical", "Would a mirror be missed?", check_mirrors),
    _at("node-is-quorum-critical", "Would a quorum be lost?", check_quorums),
    _at("is-in-service", "Is the node in service?", check_service, ANYBODY),
    _at(
        "below-node-connection-limit",
        "May more clients connect?",
        check_connection_limit,
        ANYBODY,
    ),
    _at("ready-to-serve-clients", "Can clients connect?", check_readiness, ANYBODY),
    _at("metadata-store/initialized", "Is the catalogue there?", check_service),
    _at("metadata-store/initialized/with-data", "Does it hold a virtual host?", check_metadata),
    _at(f"{_LEADERS}/all-vhosts", "Are queues without a leader?", check_leaders, MONITORING),
    _at(
        f"{_LEADERS}/all-vhosts/pattern/{{pattern}}",
        "Are queues of such names without a leader?",
        check_leaders,
        MONITORING,
    ),
    _at(f"{_LEADERS}/vhost/{{vhost}}", "Are queues without a leader?", check_leaders, VHOST),
    _at(
        f"{_LEADERS}/vhost/{{vhost}}/pattern/{{pattern}}",
        "Are queues of such names without a leader?",
        check_leaders,
        VHOST,
    ),
)
