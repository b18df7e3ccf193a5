"""What people point at a RabbitMQ's management API, pointed at either broker.

rabbitmqadmin has a module of its own. What is no Python is there with the requests it makes:
rabbitmq_exporter's and KEDA's, read in their sources.
"""

import asyncio
import contextlib
import subprocess
import sys
import time
import urllib.request
import warnings

import amqpstorm
import pika
import pytest
from amqpstorm import management
from bench.processes import free_ports
from flower.utils.broker import Broker

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Its docstrings are of Python 2.
    import pyrabbit2.api
    import pyrabbit2.http

WAIT_S_MAX = 60.0
VHOST = "tools"


@pytest.fixture(scope="module", params=["rabbitmq", "leveret"])
def managed(request):
    return request.getfixturevalue(f"managed_{request.param}")


@pytest.fixture(scope="module")
def vhost(managed):
    """A vhost of these tests' own, with three messages in the queue celery, where they stay.
    RabbitMQ's figures of it are seconds late: once."""
    assert managed.ask("PUT", f"/api/vhosts/{VHOST}").status in {201, 204}
    managed.ask("PUT", f"/api/queues/{VHOST}/celery", {"durable": True})
    message = {"properties": {}, "routing_key": "celery", "payload": "x",
               "payload_encoding": "string"}  # fmt: skip
    for _ in range(3):
        assert managed.ask("POST", f"/api/exchanges/{VHOST}/amq.default/publish", message).json
    try:
        yield VHOST
    finally:
        managed.ask("DELETE", f"/api/vhosts/{VHOST}")


def until(look, what):
    """What it finds, as soon as it finds something: RabbitMQ's statistics are seconds late."""
    end = time.monotonic() + WAIT_S_MAX
    while not (found := look()):
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.2)
    return found


def url_of(managed):
    return f"http://127.0.0.1:{managed.management_port}"


class TestFlower:
    def queues(self, managed, vhost):
        broker = Broker(
            f"amqp://guest:guest@127.0.0.1/{vhost}",
            http_api=f"http://guest:guest@127.0.0.1:{managed.management_port}/api/",
        )
        return asyncio.run(broker.queues(["celery", "other"]))

    def test_its_broker_page_asks_for_the_queues(self, managed, vhost):
        def counted():
            found = self.queues(managed, vhost)
            return found if [each.get("messages") for each in found] == [3] else None

        (queue,) = until(counted, "three messages")
        # What its template shows of each.
        assert queue["name"] == "celery"
        assert (queue["messages_unacknowledged"], queue["messages_ready"]) == (0, 3)
        assert queue["consumers"] == 0

    def test_its_page_shows_them(self, managed_leveret):
        """Flower itself, run as people run it, with its page in our hands. Leveret alone: it
        takes Flower five seconds."""
        managed_leveret.ask("PUT", "/api/vhosts/tools")
        managed_leveret.ask("PUT", "/api/queues/tools/celery", {"durable": True})
        (port,) = free_ports(1)
        amqp = managed_leveret.amqp.rpartition("/")[0] + "/tools"
        api = f"http://guest:guest@127.0.0.1:{managed_leveret.management_port}/api/"
        with self.running(port, amqp, api):
            until(lambda: "<td>celery</td>" in self.page(port), "the queue on Flower's page")
        managed_leveret.ask("DELETE", "/api/vhosts/tools")

    def page(self, port):
        """What it shows; nothing before it is up."""
        url = f"http://127.0.0.1:{port}/broker"
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:
            return "".join(answer.read().decode().split())
        return ""

    @contextlib.contextmanager
    def running(self, port, amqp, api):
        command = [
            sys.executable, "-m", "celery", "--broker", amqp, "flower",
            f"--port={port}", "--address=127.0.0.1", f"--broker-api={api}",
        ]  # fmt: skip
        flower = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield
        finally:
            flower.terminate()
            flower.wait(60)


class TestAmqpstorm:
    @pytest.fixture
    def api(self, managed):
        return management.ManagementApi(url_of(managed), "guest", "guest", timeout=10)

    def test_queues_exchanges_and_bindings(self, api, vhost):
        api.exchange.declare("storm", "topic", virtual_host=vhost, durable=True)
        api.queue.declare("rain", virtual_host=vhost, arguments={"x-max-length": 5})
        api.queue.bind("rain", "storm", "a.#", virtual_host=vhost)
        assert api.exchange.get("storm", vhost)["type"] == "topic"
        assert api.queue.get("rain", vhost)["arguments"] == {"x-max-length": 5}
        bound = [each["source"] for each in api.queue.bindings("rain", vhost)]
        assert sorted(bound) == ["", "storm"]
        assert {"celery", "rain"} <= {each["name"] for each in api.queue.list(vhost)}
        assert "storm" in {each["name"] for each in api.exchange.list(vhost)}
        page = api.queue.list(vhost, name="rai", use_regex=True)
        assert [each["name"] for each in page] == ["rain"]
        api.queue.unbind("rain", "storm", "a.#", virtual_host=vhost, properties_key="a.%23")
        api.queue.delete("rain", vhost)
        api.exchange.delete("storm", vhost)
        with pytest.raises(management.ApiError):
            api.queue.get("rain", vhost)

    def test_messages(self, api, vhost):
        api.queue.declare("rain", virtual_host=vhost)
        sent = api.basic.publish(
            "hello", "rain", virtual_host=vhost, properties={"headers": {"a": 1}}
        )
        assert sent == {"routed": True}
        (got,) = api.basic.get("rain", vhost, requeue=True, count=4)
        assert (got.body, got.properties["headers"]) == ("hello", {"a": 1})
        api.queue.purge("rain", vhost)
        assert api.basic.get("rain", vhost, to_dict=True) == []
        api.queue.delete("rain", vhost)

    def test_users_and_vhosts(self, api, vhost):
        api.user.create("storm", "secret", tags="monitoring,management")
        api.user.set_permission(
            "storm", vhost, configure_regex="a", write_regex="b", read_regex="c"
        )
        assert sorted(api.user.get("storm")["tags"]) == ["management", "monitoring"]
        permission = {"user": "storm", "vhost": vhost, "configure": "a", "write": "b", "read": "c"}
        assert api.user.get_permission("storm", vhost) == permission
        assert api.user.get_permissions("storm") == [permission]
        assert permission in api.virtual_host.get_permissions(vhost)
        api.user.delete_permission("storm", vhost)
        api.user.delete(["storm"])
        assert "storm" not in {each["name"] for each in api.user.list()}
        assert vhost in {each["name"] for each in api.virtual_host.list()}
        assert api.virtual_host.get(vhost)["name"] == vhost

    def test_the_node(self, api):
        assert api.aliveness_test() == {"status": "ok"}
        assert api.overview()["message_stats"] is not None
        (node,) = api.nodes()
        assert api.node(node["name"])["running"]
        assert api.whoami()["name"] == "guest"
        assert api.cluster_name()["name"]
        assert api.healthchecks.get() == {"status": "ok"}

    def test_connections_are_seen_and_closed(self, api, managed, vhost):
        port = int(managed.amqp.rpartition(":")[2].partition("/")[0])
        connection = amqpstorm.Connection(
            "127.0.0.1", "guest", "guest", port=port, virtual_host=vhost
        )
        connection.channel()
        mine = until(lambda: self.mine(api, vhost), "the connection")
        assert api.connection.get(mine)["user"] == "guest"
        channels = until(
            lambda: [each for each in api.channel.list() if each["name"].startswith(mine)],
            "the channel",
        )
        assert api.channel.get(channels[0]["name"])["number"] == 1
        api.connection.close(mine, reason="enough")
        until(lambda: not connection.is_open, "the end of it")
        connection.close()  # Its socket.

    def mine(self, api, vhost):
        found = [each["name"] for each in api.connection.list() if each.get("vhost") == vhost]
        return found[0] if found else None


class TestPyrabbit:
    @pytest.fixture
    def client(self, managed):
        return pyrabbit2.api.Client(
            f"127.0.0.1:{managed.management_port}", "guest", "guest", timeout=10
        )

    def test_its_calls(self, client, vhost):
        assert client.is_alive()
        assert client.get_whoami()["name"] == "guest"
        assert vhost in client.get_vhost_names()
        assert client.create_exchange(vhost, "den", "topic") is not False
        client.create_queue(vhost, "hutch", durable=True)
        client.create_binding(vhost, "den", "hutch", "a.b")
        assert client.publish(vhost, "den", "a.b", "hello")
        (message,) = client.get_messages(vhost, "hutch")
        assert (message["payload"], message["routing_key"]) == ("hello", "a.b")
        assert len(client.get_queue_bindings(vhost, "hutch")) == 2
        client.delete_binding(vhost, "den", "hutch", "a.b")
        client.purge_queue(vhost, "hutch")
        client.delete_queue(vhost, "hutch")
        client.delete_exchange(vhost, "den")
        with pytest.raises(pyrabbit2.http.HTTPError):
            client.get_queue(vhost, "hutch")

    def test_its_rules_and_users(self, client, vhost):
        client.create_policy(vhost, "short", pattern="^x", definition={"max-length": 5})
        assert client.get_policy(vhost, "short")["definition"] == {"max-length": 5}
        assert client.get_all_policies()
        client.delete_policy(vhost, "short")
        client.create_user("rabbit", "secret", tags="monitoring")
        client.set_vhost_permissions(vhost, "rabbit", ".*", ".*", "")
        assert client.get_permission(vhost, "rabbit")["write"] == ""
        assert client.get_user_permissions("rabbit")
        client.delete_permission(vhost, "rabbit")
        client.delete_user("rabbit")

    def test_its_depths(self, client, vhost):
        until(lambda: self.depth(client, vhost) == 3, "three messages")

    def depth(self, client, vhost):
        with contextlib.suppress(KeyError):
            return client.get_queue_depth(vhost, "celery")
        return None


class TestKeda:
    """pkg/scalers/rabbitmq_scaler.go: one queue, or a page of those that a pattern finds."""

    FIELDS = ("messages", "messages_ready", "messages_unacknowledged")

    def test_the_length_and_the_rate_of_a_queue(self, managed, vhost):
        def counted():
            queue = managed.get(f"/api/queues/{vhost}/celery")
            stats = queue.get("message_stats", {})
            return queue if "publish_details" in stats and queue.get("messages") == 3 else None

        queue = until(counted, "three messages")
        assert all(isinstance(queue[field], int) for field in self.FIELDS)
        assert isinstance(queue["message_stats"]["publish_details"]["rate"], float)

    def test_all_queues_of_a_pattern(self, managed, vhost):
        asked = "page=1&use_regex=true&pagination=false&name=%5Ecel.%2A&page_size=100"
        page = managed.get(f"/api/queues/{vhost}?{asked}")
        assert [each["name"] for each in page["items"]] == ["celery"]
        assert (page["page_count"], page["filtered_count"]) == (1, 1)


class TestRabbitmqExporter:
    """kbudde/rabbitmq_exporter: what it asks every 15 s, and the fields it makes metrics of."""

    OVERVIEW = ("object_totals", "queue_totals", "churn_rates", "message_stats")
    NODE = (
        "running", "uptime", "mem_used", "mem_limit", "mem_alarm", "disk_free", "disk_free_alarm",
        "disk_free_limit", "fd_used", "fd_total", "sockets_used", "sockets_total", "partitions",
    )  # fmt: skip
    QUEUE = ("name", "vhost", "durable", "policy", "messages_ready", "messages_unacknowledged",
             "messages", "consumers", "state", "memory")  # fmt: skip

    def test_overview_and_nodes(self, managed, vhost):
        del vhost
        overview = managed.get("/api/overview")
        assert overview.keys() >= {*self.OVERVIEW, "cluster_name", "node", "rabbitmq_version"}
        assert overview["object_totals"].keys() == {
            "channels", "connections", "consumers", "exchanges", "queues",
        }  # fmt: skip
        (node,) = until(lambda: self.counted(managed, "nodes", self.NODE), "the node's counts")
        assert node["partitions"] == []

    def test_queues_exchanges_and_what_is_not_there(self, managed, vhost):
        queues = until(lambda: self.counted(managed, "queues", self.QUEUE), "the queues' counts")
        assert [each["name"] for each in queues if each["vhost"] == vhost] == ["celery"]
        assert {each["type"] for each in managed.get("/api/exchanges")} >= {"direct", "topic"}
        assert isinstance(managed.get("/api/connections"), list)
        assert managed.get(f"/api/aliveness-test/{vhost}") == {"status": "ok"}
        for plugin in ("shovels", "federation-links"):
            assert managed.ask("GET", f"/api/{plugin}").status == 404

    def counted(self, managed, kind, fields):
        found = managed.get(f"/api/{kind}")
        return found if all(each.keys() >= {*fields} for each in found) else None


def test_a_consumer_is_seen_by_all_of_them(managed, vhost):
    connection = pika.BlockingConnection(
        pika.URLParameters(managed.amqp.rpartition("/")[0] + f"/{vhost}")
    )
    channel = connection.channel()
    channel.basic_qos(prefetch_count=2)
    channel.queue_declare("burrow")
    tag = channel.basic_consume("burrow", lambda *_: None)

    def seen():
        connection.process_data_events(0)
        found = managed.get(f"/api/consumers/{vhost}")
        return found if found and found[0].get("channel_details") else None

    (consumer,) = until(seen, "the consumer")
    assert (consumer["consumer_tag"], consumer["prefetch_count"]) == (tag, 2)
    assert consumer["queue"] == {"name": "burrow", "vhost": vhost}
    channel.queue_delete("burrow")
    connection.close()
