"""GET /health/checks/..."""

import pytest

from leveret.config.limit_settings import LimitSettings
from tests.management.routes.living import living

CHECKS = "/health/checks"
OK = {"status": "ok"}
LEADERS = "quorum-queues-without-elected-leaders"


@pytest.mark.parametrize(
    "check",
    [
        "alarms",
        "local-alarms",
        "virtual-hosts",
        "is-in-service",
        "ready-to-serve-clients",
        "metadata-store/initialized",
        "metadata-store/initialized/with-data",
        f"{LEADERS}/all-vhosts",
        f"{LEADERS}/all-vhosts/pattern/jobs",
        f"{LEADERS}/vhost/%2F",
        f"{LEADERS}/vhost/%2F/pattern/jobs",
    ],
)
def test_a_node_that_is_well_passes(live, check):
    assert live.get(f"{CHECKS}/{check}") == OK


@pytest.mark.parametrize("check", ["node-is-mirror-sync-critical", "node-is-quorum-critical"])
def test_one_node_has_no_redundancy_to_lose(live, check):
    assert live.get(f"{CHECKS}/{check}") == {**OK, "reason": "single node cluster"}


@pytest.fixture
def alarms(live):
    for resource in ("memory", "disk"):
        live.do(lambda broker, resource=resource: broker.alarms.set(resource, "test"))
    yield
    for resource in ("memory", "disk"):
        live.do(lambda broker, resource=resource: broker.alarms.clear(resource, "test"))


@pytest.mark.usefixtures("alarms")
@pytest.mark.parametrize(
    ("check", "where"), [("alarms", "in the cluster"), ("local-alarms", "on the node")]
)
def test_alarms_fail_a_check(live, check, where):
    reply = live.ask("GET", f"{CHECKS}/{check}")
    assert reply.status == 503
    assert reply.body == {
        "status": "failed",
        "reason": f"There are alarms in effect {where}",
        "alarms": [
            {"node": live.node, "resource": "disk space"},
            {"node": live.node, "resource": "memory"},
        ],
    }


def test_a_port_is_listened_on_or_not(live):
    port = live.broker.port
    assert live.get(f"{CHECKS}/port-listener/{port}") == {**OK, "port": port}
    reply = live.ask("GET", f"{CHECKS}/port-listener/1")
    assert (reply.status, reply.body["reason"], reply.body["missing"]) == (
        503,
        "No active listener",
        1,
    )
    assert port in reply.body["ports"]
    assert live.ask("GET", f"{CHECKS}/port-listener/x").body["reason"] == "Invalid port"


@pytest.mark.parametrize(
    ("written", "protocol"),
    [("amqp", "amqp"), ("AMQP", "amqp"), ("amqp091", "amqp"), ("http", "http")],
)
def test_a_protocol_is_spoken(live, written, protocol):
    told = live.get(f"{CHECKS}/protocol-listener/{written}")
    assert told == {**OK, "protocol": protocol}


@pytest.mark.parametrize(
    ("written", "missing"), [("mqtt", "mqtt"), ("amqps", "amqp/ssl"), ("amqp,mqtt", "amqp,mqtt")]
)
def test_a_protocol_is_not_spoken(live, written, missing):
    reply = live.ask("GET", f"{CHECKS}/protocol-listener/{written}")
    assert (reply.status, reply.body["missing"]) == (503, missing)
    assert "amqp" in reply.body["protocols"]


def test_load_balancers_need_no_login(live):
    for check in ("is-in-service", "below-node-connection-limit", "ready-to-serve-clients"):
        assert live.get(f"{CHECKS}/{check}", user=None)["status"] == "ok"
    assert live.ask("GET", f"{CHECKS}/alarms", user=None).status == 401


def test_a_node_without_a_limit_says_so(live):
    told = live.get(f"{CHECKS}/below-node-connection-limit")
    assert told == {**OK, "limit": "infinity", "connections": 0}


def test_a_node_that_has_all_its_connections_fails():
    with living(limits=LimitSettings(connection_max=1)) as live, live.connection():
        reply = live.ask("GET", f"{CHECKS}/below-node-connection-limit")
        told = {"status": "failed", "reason": "node connection limit is reached"}
        assert (reply.status, reply.body) == (503, {**told, "limit": 1, "connections": 1})
        reply = live.ask("GET", f"{CHECKS}/ready-to-serve-clients")
        assert (reply.status, reply.body) == (503, {**told, "connections": 1})


def test_a_broker_without_a_vhost_has_no_data(live):
    live.do(lambda broker: broker.remove_vhost("/"))
    try:
        reply = live.ask("GET", f"{CHECKS}/metadata-store/initialized/with-data")
        assert reply.status == 503
    finally:
        live.do(lambda broker: broker.add_vhost("/"))
        live.do(lambda broker: broker.set_permission("guest", "/"))
