"""Whether all is well: what runs, what is listened on, what runs short."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.control.elsewhere import lists_of_all
from leveret.control.messages import Plain

if TYPE_CHECKING:
    from leveret.config import Listening
    from leveret.control.call import Call

# RabbitMQ's words, in its order.
PURPOSES: Final = {
    "http": "HTTP API",
    "https": "HTTP API over TLS (HTTPS)",
    "http/prometheus": "Prometheus exporter API over HTTP",
    "clustering": "inter-node and CLI tool communication",
    "amqp": "AMQP 0-9-1",
    "amqp/ssl": "AMQP 0-9-1 over TLS",
}
ALARMS: Final = {"memory": "Memory alarm", "disk": "Free disk space alarm"}


def state(call: Call) -> Plain:
    """running, or stopped: a node that can be asked has started."""
    return "stopped" if call.host.application is None else "running"


def ping(_call: Call) -> Plain:
    return "Ping succeeded"


def alarms(call: Call) -> Plain:
    """One line for each that is on."""
    return list[Plain](alarms_of(call))


def cluster_alarms(call: Call) -> Plain:
    """The same of all nodes."""
    return alarms(call)


def alarms_of(call: Call) -> list[str]:
    node = call.host.settings.node
    return [f"{ALARMS[each]} on node {node}" for each in call.broker.alarms.resources]


def listeners(call: Call) -> Plain:
    return listeners_of(call)


def listeners_of(call: Call) -> list[Plain]:
    """Those of HTTP first, then the node port, then AMQP."""
    order = list(PURPOSES)
    known = sorted(call.host.listeners, key=lambda each: order.index(each.protocol))
    return [_listener(each, call.host.settings.node) for each in known]


def _listener(each: Listening, node: str) -> Plain:
    return {
        "interface": f"[{each.host}]" if ":" in each.host else each.host,
        "node": node,
        "port": each.port,
        "protocol": each.protocol,
        "purpose": PURPOSES[each.protocol],
    }


def virtual_hosts_down(_call: Call) -> Plain:
    """None ever is: a vhost has no process that could die by itself."""
    return []


AMONG = {"cluster_alarms": lists_of_all}
VERBS = {
    "ping": ping,
    "state": state,
    "alarms": alarms,
    "cluster_alarms": cluster_alarms,
    "listeners": listeners,
    "virtual_hosts_down": virtual_hosts_down,
}
ALWAYS = frozenset({"ping", "state"})
