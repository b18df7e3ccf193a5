"""Health checks end with another code when something is wrong, and say what."""

import json

import pytest

from leveret.cli.ctl import names
from leveret.control import exits

NODE = "leveret@localhost"


@pytest.mark.usefixtures("node")
@pytest.mark.parametrize(
    "check",
    [
        "check_running", "check_alarms", "check_local_alarms", "check_virtual_hosts",
        "check_port_connectivity", "check_if_node_is_quorum_critical",
        "check_if_node_is_mirror_sync_critical", "check_certificate_expiration", "ping",
    ],
)  # fmt: skip
def test_all_is_well(ctl, check):
    outcome = ctl(check)
    assert (outcome.code, outcome.err) == (exits.OK, "")
    told = json.loads(ctl(check, "--formatter", "json").out)
    assert told.get("result", "ok") == "ok"


def test_a_port_and_a_protocol(node, ctl):
    port = str(node.node.address.port)
    assert ctl("check_port_listener", port, "-q").out == (
        f"A listener for port {port} is running on node {NODE}.\n"
    )
    missing = ctl("check_port_listener", "1")
    assert missing.code == exits.UNAVAILABLE
    assert missing.err.startswith(f"No listener for port 1 is active on node {NODE}. Found")
    assert ctl("check_protocol_listener", "amqp10").code == exits.OK
    told = json.loads(ctl("check_protocol_listener", "mqtt", "--formatter", "json").err)
    assert (told["missing"], told["protocols"]) == ("mqtt", ["clustering", "amqp"])


def test_an_alarm(node, ctl):
    async def short():
        node.broker.alarms.set("memory")

    node.do(short())
    line = f"Memory alarm on node {NODE}\n"
    assert ctl("alarms", "-q").out == line
    assert (ctl("check_alarms").code, ctl("check_alarms").err) == (exits.UNAVAILABLE, line)
    assert ctl("check_local_alarms").err == f"Error:\n{line}"
    assert ctl("check_alarms", "-s").err.strip() == ""
    told = json.loads(ctl("check_local_alarms", "--formatter", "json").err)
    assert told == {
        "local": [line.strip()],
        "message": f"Node {NODE} reported local alarms",
        "result": "error",
    }
    assert json.loads(ctl("alarms", "--formatter", "json").out)["local"] == [line.strip()]


@pytest.mark.usefixtures("node")
def test_a_stopped_application(ctl):
    ctl("stop_app")
    assert ctl("check_running").code == exits.UNAVAILABLE
    told = json.loads(ctl("is_running", "--formatter", "json").out)
    assert told["result"] is False
    assert ctl("is_running").code == ctl("is_booting").code == ctl("ping").code == exits.OK
    assert ctl("check_alarms").code == exits.USAGE


def test_a_port_where_nobody_answers(node, ctl):
    node.do(node.application.suspend())
    outcome = ctl("check_port_connectivity")
    assert outcome.code == exits.UNAVAILABLE
    assert "protocol: amqp" in outcome.err
    assert "protocol: clustering" not in outcome.err
    told = json.loads(ctl("check_port_connectivity", "--formatter", "json").err)
    assert [each["protocol"] for each in told["failures"]] == ["amqp"]


@pytest.mark.usefixtures("node")
def test_a_vhost_that_is_down(ctl, monkeypatch):
    from leveret.control import verbs

    known = verbs.Known(lambda _call: ["broken"], needs_app=True)
    monkeypatch.setitem(verbs._all(), "virtual_hosts_down", known)
    outcome = ctl("check_virtual_hosts")
    assert outcome.code == exits.UNAVAILABLE
    assert outcome.err.endswith("are down:\nbroken\n")


def test_nobody_to_ask(ctl, monkeypatch):
    monkeypatch.setenv("LEVERET_NODE_PORT", "1")
    for command in names.commands_of("health_commands"):
        words = [command.name, *("1" for _ in command.parameters), "-n", NODE]
        assert ctl(*words).code == exits.UNAVAILABLE, command.name
