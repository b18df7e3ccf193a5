"""Live things over HTTP, with the same clients at work: the same fields, kinds and values on both
brokers; every refusal whole; what is closed hears the same words."""

import time
from urllib.parse import quote

import pika
import pytest

from tests.conformance.management.differences import LIVE_DIFFERENCES
from tests.conformance.management.live_replies import alike, differences, get, node_of
from tests.conformance.management.live_scene import (
    VHOST,
    clients_at_work,
    connection,
    prepare,
    tidy,
)

# RabbitMQ gathers statistics every 5 s.
STATISTICS_S_MAX = 20.0
CONNECTIONS = f"/vhosts/{VHOST}/connections"
CHANNELS = f"/vhosts/{VHOST}/channels"
SAMPLES = "data_rates_age=10&data_rates_incr=5&msg_rates_age=10&msg_rates_incr=5"
NODE_SAMPLES = "node_stats_age=10&node_stats_incr=5"
# What is compared with its values, and what by its fields alone.
EXACT = [
    f"{CONNECTIONS}?sort=user_provided_name",
    f"{CHANNELS}?sort=name",
    "/connections/username/lv-worker",
    "/whoami",
    "/auth",
    "/extensions",
    "/health/checks/alarms",
    "/health/checks/local-alarms",
    "/health/checks/virtual-hosts",
    "/health/checks/node-is-mirror-sync-critical",
    "/health/checks/node-is-quorum-critical",
    "/health/checks/certificate-expiration/1/years",
    "/health/checks/protocol-listener/amqp",
    "/health/checks/protocol-listener/AMQP091",
    "/health/checks/protocol-listener/http",
    f"/aliveness-test/{VHOST}",
    "/healthchecks/node",
    "/healthchecks/node/NODE",
]
FIELDS = [
    "/connections?disable_stats=true",
    "/overview",
    "/overview?disable_stats=true",
    f"/overview?lengths_age=10&lengths_incr=5&{SAMPLES}",
    "/nodes",
    f"/nodes/NODE?memory=true&binary=true&{NODE_SAMPLES}",
    "/nodes/NODE?disable_stats=true",
    "/nodes/NODE/memory",
    "/nodes/NODE/memory/relative",
    f"{CONNECTIONS}?{SAMPLES}",
    f"{CHANNELS}?{SAMPLES}",
    "/feature-flags",
    "/cluster-name",
]


@pytest.fixture(scope="module")
def at_work(managed_rabbitmq, managed_leveret):
    """Both brokers, RabbitMQ first, until the test module is done."""
    brokers = managed_rabbitmq, managed_leveret
    for broker in brokers:
        prepare(broker)
    with clients_at_work(managed_rabbitmq), clients_at_work(managed_leveret):
        found_in_time(EXACT[0], brokers, is_exact=True)
        yield brokers
    for broker in brokers:
        tidy(broker)


def filled(path, broker):
    return path.replace("NODE", node_of(broker))


def compared(path, brokers, *, is_exact):
    """Differences that nobody allows."""
    theirs, ours = (get(broker, filled(path, broker)) for broker in brokers)
    page = path.partition("?")[0].replace("/NODE", "")
    found = differences(theirs, ours, is_exact=is_exact)
    return [each for each in found if (page, each.partition(":")[0]) not in LIVE_DIFFERENCES]


def found_in_time(path, brokers, *, is_exact):
    """The same, once both have gathered their statistics."""
    until = time.monotonic() + STATISTICS_S_MAX
    while (found := compared(path, brokers, is_exact=is_exact)) and time.monotonic() < until:
        time.sleep(0.2)
    return found


@pytest.mark.parametrize("path", EXACT)
def test_the_same_is_shown(path, at_work):
    found = found_in_time(path, at_work, is_exact=True)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", FIELDS)
def test_the_same_fields_are_shown(path, at_work):
    found = found_in_time(path, at_work, is_exact=False)
    assert not found, "\n".join(found)


def test_every_difference_is_shown(at_work):
    """Else it has gone, and its row with it."""
    shown = set()
    for page in dict.fromkeys(page for page, _field in LIVE_DIFFERENCES):
        theirs, ours = (get(broker, page) for broker in at_work)
        shown |= {(page, each.partition(":")[0]) for each in differences(theirs, ours)}
    assert shown >= LIVE_DIFFERENCES.keys()


def named(broker, path, name):
    (found,) = [
        each for each in broker.get(f"/api{path}") if each.get("user_provided_name") == name
    ]
    return f"/connections/{quote(found['name'], safe='')}"


def path_of_guest(broker):
    listed = broker.get(f"/api{CONNECTIONS}")
    (found,) = [each for each in listed if each["user"] == "guest"]
    return f"/connections/{quote(found['name'], safe='')}"


@pytest.mark.parametrize("name", ["publisher", "consumer"])
def test_one_connection_and_its_channels_are_shown_alike(name, at_work):
    until = time.monotonic() + STATISTICS_S_MAX
    while True:
        theirs, ours = (everything_of(broker, name) for broker in at_work)
        found = list(differences(theirs, ours, is_exact=True))
        if not found or time.monotonic() > until:
            break
        time.sleep(0.2)
    assert not found, "\n".join(found)


def everything_of(broker, name):
    path = named(broker, CONNECTIONS, name)
    listed = broker.get(f"/api{path}/channels?sort=name")
    channels = [f"/channels/{quote(each['name'], safe='')}" for each in listed]
    return [get(broker, each) for each in (path, f"{path}/channels", *channels)]


REFUSED = [
    "GET /connections/nosuch",
    "DELETE /connections/nosuch",
    "GET /channels/nosuch",
    "GET /channels?disable_stats=true",
    "GET /nodes/nosuch/memory",
    "GET /nodes/nosuch/memory/relative",
    "GET /vhosts/nosuch/connections",
    "GET /vhosts/nosuch/channels",
    "GET /aliveness-test/nosuch",
    "GET /healthchecks/node/nosuch",
    "GET /health/checks",
    "GET /health/checks/nosuch",
    "GET /health/checks/certificate-expiration/x/days",
    "GET /health/checks/certificate-expiration/1/day",
    "GET /health/checks/port-listener/x",
    "GET /rebalance/queues",
    "GET /reset",
    "DELETE /reset/nosuch",
    "PUT /cluster-name",
    "PUT /cluster-name {}",
    "PUT /cluster-name []",
    "PUT /feature-flags/nosuch/enable {}",
    "GET /feature-flags/quorum_queue",
    "GET /feature-flags/quorum_queue/enable",
    "PUT /overview {}",
    "DELETE /whoami",
    "POST /nodes {}",
    "OPTIONS /rebalance/queues",
    "OPTIONS /cluster-name",
    "OPTIONS /connections/x",
]
BY_TAG = [
    "GET /overview",
    "GET /nodes",
    "GET /nodes/nosuch",
    "GET /nodes/nosuch/memory",
    "GET /whoami",
    "GET /extensions",
    "GET /feature-flags",
    "GET /cluster-name",
    "GET /aliveness-test/lv",
    "GET /healthchecks/node",
    "GET /health/checks/alarms",
    "GET /vhosts/lv/connections",
    "GET /vhosts/lv/channels",
    "GET GUEST",
    "DELETE GUEST",
    "POST /rebalance/queues",
    "PUT /cluster-name {}",
    "DELETE /reset/nosuch",
]
USERS = ["lv-worker", "lv-policymaker", "lv-monitoring", "lv-none", "lv-impersonator",
         "lv-outside"]  # fmt: skip


def answered(broker, line, user="guest"):
    """Status and, of what is refused, the body."""
    method, path, *body = line.split(" ", 2)
    if path == "GUEST":
        path = path_of_guest(broker)
    octets = body[0].encode() if body else None
    kind = {"content-type": "application/json"}
    reply = broker.ask(method, f"/api{path}", octets, user=f"{user}:{user}", headers=kind)
    content = reply.content.decode() if reply.status >= 300 else ""
    return reply.status, content and alike(broker, reply.json), reply.headers.get("allow", "")


@pytest.mark.parametrize("line", REFUSED)
def test_what_is_refused_is_refused_alike(line, at_work):
    theirs, ours = (answered(broker, line) for broker in at_work)
    assert theirs == ours


@pytest.mark.parametrize("user", USERS)
def test_whoever_asks_is_answered_alike(user, at_work):
    wrong = []
    for line in BY_TAG:
        theirs, ours = (answered(broker, line, user) for broker in at_work)
        if theirs != ours and not (user == "lv-monitoring" and line == "GET /nodes/nosuch"):
            wrong.append(f"{line}\n  RabbitMQ {theirs}\n  Leveret  {ours}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("check", ["port-listener/1", "protocol-listener/mqtt",
                                   "protocol-listener/AMQPS"])  # fmt: skip
def test_a_listener_that_is_missing_is_told_alike(check, at_work):
    """But for what else is listened on."""
    told = [broker.ask("GET", f"/api/health/checks/{check}") for broker in at_work]
    theirs, ours = ({**each.json, "ports": [], "protocols": []} for each in told)
    assert theirs == ours
    assert [each.status for each in told] == [503, 503]
    assert told[0].json.keys() == told[1].json.keys()


@pytest.mark.parametrize(
    "headers", [{}, {"X-Reason": "plain words"}, {"X-Reason": ""}, {"X-Reason": "sch\xc3\xb6n"}]
)
def test_whose_connections_are_closed_hears_the_same(headers, at_work):
    told = []
    for broker in at_work:
        with connection(broker, "lv-policymaker", "closing") as opened:
            path = "/api/connections/username/lv-policymaker"
            told.append(why_it_ended_at_last(broker, opened, path, headers))
    assert told[0] == told[1]


def test_who_is_closed_hears_the_same(at_work):
    told = []
    for broker in at_work:
        with connection(broker, "lv-policymaker", "closing") as opened:
            path = wait_for_connection(broker, opened)
            assert broker.ask("DELETE", f"/api{path}").status == 204
            told.append(why_it_ended(opened))
    assert told[0] == told[1]


def wait_for_connection(broker, opened):
    """Until it can be found; RabbitMQ takes a moment."""
    until = time.monotonic() + STATISTICS_S_MAX
    while time.monotonic() < until:
        for each in broker.get("/api/connections/username/lv-policymaker"):
            path = f"/connections/{quote(each['name'], safe='')}"
            if broker.ask("GET", f"/api{path}").status == 200:
                return path
        opened.process_data_events(0.1)
    raise AssertionError(f"{broker.name} shows no connection")


def why_it_ended_at_last(broker, opened, path, headers):
    """Asked to end it until it ends: RabbitMQ hears of a connection later than its client."""
    until = time.monotonic() + STATISTICS_S_MAX
    while time.monotonic() < until:
        assert broker.ask("DELETE", path, headers=headers).status == 204
        try:
            opened.process_data_events(0.5)
        except pika.exceptions.ConnectionClosedByBroker as ended:
            return ended.reply_code, ended.reply_text
    raise AssertionError(f"{broker.name} ends no connection")


def why_it_ended(opened):
    with pytest.raises(pika.exceptions.ConnectionClosedByBroker) as ended:
        opened.process_data_events(10)
    return ended.value.reply_code, ended.value.reply_text
