"""Health checks: silent or a sentence when all is well, another exit code when it is not."""

import socket

from leveret.cli.ctl.asking import Asking
from leveret.cli.ctl.command import ArgumentsRefused, Given
from leveret.cli.ctl.output import as_json
from leveret.cli.ctl.refusals import Failed
from leveret.control import exits
from leveret.control.messages import Plain

CONNECT_S = 5.0
PING_S = 60.0
# rabbitmqctl's names for one protocol.
PROTOCOLS = {
    "amqp1.0": "amqp", "amqp091": "amqp", "amqp-0-9-1": "amqp", "amqp10": "amqp",
    "amqps": "amqp/ssl",
    "amqp/tls": "amqp/ssl", "management": "http", "prometheus": "http/prometheus",
    "cli": "clustering", "distribution": "clustering",
}  # fmt: skip


def say(given: Given, asking: Asking, sentence: str, told: dict[str, Plain]) -> None:
    """The sentence for people, or what JSON has of it."""
    asking.announce()
    print(as_json(told) if given.formatter == "json" else sentence, file=asking.out)


def fail(given: Given, sentence: str, told: dict[str, Plain]) -> Failed:
    return Failed(exits.UNAVAILABLE, as_json(told) if given.formatter == "json" else sentence)


def ping(given: Given, asking: Asking) -> None:
    asking.announce()
    asking.value("ping")
    say(given, asking, "Ping succeeded", {"message": "Ping succeeded"})


def _is_up(given: Given) -> str:
    return f"Leveret on node {given.node} is fully booted and running"


def _is_down(given: Given) -> str:
    return (
        f"Leveret on node {given.node} is not running or has not fully booted yet "
        "(check with is_booting)"
    )


def check_running(given: Given, asking: Asking) -> None:
    if asking.value("state") != "running":
        raise Failed(exits.UNAVAILABLE, f"Error:\n{_is_down(given)}")
    say(given, asking, _is_up(given), {"message": _is_up(given)})


def is_running(given: Given, asking: Asking) -> None:
    result = asking.value("state") == "running"
    sentence = _is_up(given) if result else _is_down(given)
    say(given, asking, sentence, {"message": sentence, "result": result})


def is_booting(given: Given, asking: Asking) -> None:
    """A node answers once it has booted, so none that answers is booting."""
    asking.value("state")
    sentence = (
        f"Leveret on node {given.node} is fully booted (check with is_running), "
        "stopped or has not started booting yet"
    )
    say(given, asking, sentence, {"message": sentence, "result": False})


def _alarms(asking: Asking, verb: str = "alarms") -> list[Plain]:
    alarms = asking.value(verb)
    assert isinstance(alarms, list)
    return alarms


def _all_alarms(asking: Asking) -> tuple[list[Plain], dict[str, Plain]]:
    """Those of the whole cluster; and the same by where they are."""
    known, local = _alarms(asking, "cluster_alarms"), _alarms(asking)
    return known, {"global": [each for each in known if each not in local], "local": local}


def alarms(given: Given, asking: Asking) -> None:
    known, by_place = _all_alarms(asking)
    node = given.node
    if not known:
        told: dict[str, Plain] = {"alarms": [], "node": node, "result": "ok"}
        say(given, asking, f"Node {node} reported no alarms, local or clusterwide", told)
        return
    message = f"Node {node} reported alarms"
    told = {**by_place, "message": message, "result": "ok"}
    say(given, asking, "\n".join(map(str, known)), told)


def check_alarms(given: Given, asking: Asking) -> None:
    known, by_place = _all_alarms(asking)
    if known:
        message = f"Node {given.node} reported alarms"
        told: dict[str, Plain] = {**by_place, "message": message, "result": "error"}
        raise fail(given, "" if given.is_silent else "\n".join(map(str, known)), told)
    if not given.is_silent:
        sentence = f"Node {given.node} reported no alarms, local or clusterwide"
        say(given, asking, sentence, {"result": "ok"})


def check_local_alarms(given: Given, asking: Asking) -> None:
    known = _alarms(asking)
    if known:
        message = f"Node {given.node} reported local alarms"
        told: dict[str, Plain] = {"local": known, "message": message, "result": "error"}
        lines = "\n".join(map(str, known))
        raise fail(given, "" if given.is_silent else f"Error:\n{lines}", told)
    if not given.is_silent:
        say(given, asking, f"Node {given.node} reported no local alarms", {"result": "ok"})


def _listeners(asking: Asking) -> list[dict[str, Plain]]:
    listeners = asking.value("listeners")
    assert isinstance(listeners, list)
    return [each for each in listeners if isinstance(each, dict)]


def line_of(listener: dict[str, Plain]) -> str:
    return (
        f"Interface: {listener['interface']}, port: {listener['port']}, "
        f"protocol: {listener['protocol']}, purpose: {listener['purpose']}"
    )


def listeners(given: Given, asking: Asking) -> None:
    known = _listeners(asking)
    told: dict[str, Plain] = {"listeners": [*known], "node": given.node, "result": "ok"}
    say(given, asking, "\n".join(map(line_of, known)), told)


def check_port_connectivity(given: Given, asking: Asking) -> None:
    """From here, as a client would come."""
    known = _listeners(asking)
    shut = [each for each in known if not _can_connect(asking, each)]
    node = given.node
    if shut:
        lines = "\n".join(map(line_of, shut))
        told: dict[str, Plain] = {
            "failures": [*shut],
            "message": f"Connection to some ports of node {node} failed",
            "result": "error",
        }
        sentence = (
            f"Connection to ports of the following listeners on node {node} failed: \n{lines}"
        )
        raise fail(given, sentence, told)
    told = {"listeners": [*known], "node": node, "result": "ok"}
    sentence = f"Successfully connected to ports {_ports(known)} on node {node}."
    say(given, asking, sentence, told)


def _ports(known: list[dict[str, Plain]]) -> str:
    return ", ".join(map(str, sorted({int(str(each["port"])) for each in known})))


def _can_connect(asking: Asking, listener: dict[str, Plain]) -> bool:
    host = str(listener["interface"]).strip("[]")
    if host in {"0.0.0.0", "::"}:  # noqa: S104  # every interface, also the one we came by
        host = asking.place.host
    try:
        socket.create_connection((host, int(str(listener["port"]))), CONNECT_S).close()
    except OSError:
        return False
    return True


def check_port(given: Given) -> None:
    if not given.words[0].isdecimal() or int(given.words[0]) < 1:
        raise ArgumentsRefused("Bad argument: Argument must be a positive integer", exits.DATA)


def check_port_listener(given: Given, asking: Asking) -> None:
    known, port, node = _listeners(asking), given.words[0], given.node
    if any(str(each["port"]) == port for each in known):
        told: dict[str, Plain] = {"node": node, "port": port, "result": "ok"}
        say(given, asking, f"A listener for port {port} is running on node {node}.", told)
        return
    told = {
        "listeners": [*known],
        "missing": port,
        "ports": [each["port"] for each in known],
        "result": "error",
    }
    sentence = (
        f"No listener for port {port} is active on node {node}. "
        f"Found listeners that use the following ports: {_ports(known)}"
    )
    raise fail(given, sentence, told)


def check_protocol_listener(given: Given, asking: Asking) -> None:
    known, node = _listeners(asking), given.node
    asked = given.words[0]
    protocol = PROTOCOLS.get(asked.lower(), asked.lower())
    protocols = [each["protocol"] for each in known]
    if protocol in protocols:
        told: dict[str, Plain] = {"node": node, "protocol": protocol, "result": "ok"}
        say(given, asking, f"A listener for protocol {protocol} is running on node {node}.", told)
        return
    told = {"listeners": [*known], "missing": asked, "protocols": protocols, "result": "error"}
    found = ", ".join(sorted({str(each) for each in protocols}))
    sentence = (
        f"Error:\nNo listener for protocol {protocol} is active on node {node}. "
        f"Found listeners for the following protocols: {found}"
    )
    raise fail(given, sentence, told)


def check_virtual_hosts(given: Given, asking: Asking) -> None:
    down = asking.value("virtual_hosts_down")
    assert isinstance(down, list)
    if down:
        told: dict[str, Plain] = {"result": "error", "virtual_hosts": down}
        sentence = f"Some virtual hosts on node {given.node} are down:\n" + "\n".join(
            map(str, down)
        )
        raise fail(given, sentence, told)
    if not given.is_silent:
        say(given, asking, f"Node {given.node} reported all vhosts as running", {"result": "ok"})
