"""cluster_status: who is in the cluster, who runs, and whether it can decide anything.

Rule: the sections and their lines are those of RabbitMQ's, in its order, nodes by name; a section
that RabbitMQ does not have stands behind them.
"""

from collections.abc import Callable, Iterator

from leveret.cli.ctl.command import Given
from leveret.cli.ctl.output import BOLD, PLAIN
from leveret.control.messages import Plain

NORMAL = "not under maintenance"
MAGENTA = "\x1b[35m"
NONE = ["(none)"]
# Where Erlang's version would be, Leveret says what it runs on.
NOT_ERLANG = "none: "


def show_cluster_status(value: Plain, _given: Given) -> Iterator[str]:
    told = _map(value)
    yield from (f"{BOLD}Basics{PLAIN}", "", f"Cluster name: {told['cluster_name']}")
    for title, lines in _sections(told):
        yield from ("", f"{BOLD}{title}{PLAIN}", "", *lines)


def _sections(told: dict[str, Plain]) -> Iterator[tuple[str, list[str]]]:
    yield "Disk Nodes", _names(told["disk_nodes"])
    if told["ram_nodes"]:
        yield "RAM Nodes", _names(told["ram_nodes"])
    yield "Running Nodes", _names(told["running_nodes"])
    yield "Versions", _each(told["versions"], _version)
    yield "Maintenance status", _each(told["maintenance_status"], _maintenance)
    yield "Alarms", list(map(str, _list(told["alarms"]))) or NONE
    yield "Network Partitions", _each(told["partitions"], _partition) or NONE
    yield "Listeners", _listeners(_map(told["listeners"])) or NONE
    yield "Feature flags", _flags(_list(told["feature_flags"]))
    if "engine" in told:
        yield "Engine", _engine(_map(told["engine"]))


def _names(nodes: Plain) -> list[str]:
    return sorted(map(str, _list(nodes)))


def _each(by_node: Plain, line: Callable[[str, Plain], str]) -> list[str]:
    return [line(node, value) for node, value in sorted(_map(by_node).items())]


def _version(node: str, value: Plain) -> str:
    told = _map(value)
    erlang = str(told["erlang_version"])
    is_erlang = not erlang.startswith(NOT_ERLANG)
    runtime = f"Erlang {erlang}" if is_erlang else erlang.removeprefix(NOT_ERLANG)
    return f"{node}: {told['rabbitmq_name']} {told['rabbitmq_version']} on {runtime}"


def _maintenance(node: str, status: Plain) -> str:
    shown = status if status == NORMAL else f"{MAGENTA}{status}{PLAIN}"
    return f"Node: {node}, status: {shown}"


def _partition(node: str, unreachable: Plain) -> str:
    return f"Node {node} cannot communicate with {', '.join(map(str, _list(unreachable)))}"


def _listeners(by_node: dict[str, Plain]) -> list[str]:
    return [
        f"Node: {node}, interface: {each['interface']}, port: {each['port']}, "
        f"protocol: {each['protocol']}, purpose: {each['purpose']}"
        for node, listeners in sorted(by_node.items())
        for each in map(_map, _list(listeners))
    ]


def _flags(flags: list[Plain]) -> list[str]:
    named = sorted(map(_map, flags), key=lambda flag: str(flag["name"]))
    return [f"Flag: {flag['name']}, state: {flag['state']}" for flag in named]


def _engine(engine: dict[str, Plain]) -> list[str]:
    """Whether anything can be decided: of mirrored queues, and of what all nodes share."""
    majority = "reachable" if engine["has_majority"] else "not reachable"
    unseen = ", ".join(_names(engine["unreachable"])) or "none"
    return [
        f"Majority: {majority}",
        f"Leader: {engine['leader'] or 'none'}",
        f"Unreachable: {unseen}",
    ]


def _map(value: Plain) -> dict[str, Plain]:
    assert isinstance(value, dict)
    return value


def _list(value: Plain) -> list[Plain]:
    assert isinstance(value, list)
    return value
