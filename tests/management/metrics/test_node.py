"""What is told of the node itself."""

import time

import pika
import pytest
from tests.management.metrics.busy import PERSISTENT, Pages

import leveret
from leveret import Settings
from leveret.management.metrics.node import ALARMS


def test_who_it_is(aggregated, broker):
    (identity,) = aggregated.labels_of("identity_info")
    node = broker.settings.node
    assert (identity["rabbitmq_node"], identity["rabbitmq_cluster"]) == (node, node)


def test_a_cluster_that_was_given_a_name(pages, broker):
    broker.admin.set_global_parameter("cluster_name", "warren")
    broker.admin.set_global_parameter("internal_cluster_id", "leveret-cluster-id-1")
    (identity,) = pages.get("/metrics/memory-breakdown").labels_of("identity_info")
    assert identity["rabbitmq_cluster"] == "warren"
    assert identity["rabbitmq_cluster_permanent_id"] == "leveret-cluster-id-1"


@pytest.mark.parametrize(
    ("name", "value"),
    [("connections", 2), ("channels", 3), ("consumers", 1), ("queues", 5)],
)
def test_how_many_there_are(aggregated, name, value):
    assert aggregated(name) == value


def test_what_it_uses_lies_below_what_it_may_use(aggregated):
    for used, limit in (
        ("process_open_fds", "process_max_fds"),
        ("process_open_tcp_sockets", "process_max_tcp_sockets"),
        ("process_resident_memory_bytes", "resident_memory_limit_bytes"),
        ("erlang_processes_used", "erlang_processes_limit"),
    ):
        assert 0 < aggregated(used) < aggregated(limit)


def test_since_when_it_runs():
    before = int(time.time())
    with leveret.running(prometheus_port=0) as broker:
        page = Pages(broker.prometheus_url).get("/metrics")
    after = time.time()
    assert before <= page.values["process_start_time_seconds", frozenset()] <= after
    assert 0 <= page("erlang_uptime_seconds") <= after - before


def test_alarms(aggregated):
    assert aggregated("alarms_memory_used_watermark") == 0
    values = {metric.name: metric.value(["disk"]) for metric in ALARMS.metrics}
    assert values["alarms_free_disk_space_watermark"] is True
    assert values["alarms_memory_used_watermark"] is False


def test_what_the_engine_asks_of_its_disk(tmp_path):
    with leveret.running(prometheus_port=0, settings=Settings(data_dir=tmp_path)) as broker:
        pages = Pages(broker.prometheus_url)
        before = pages.get("/metrics")
        with pika.BlockingConnection(pika.URLParameters(broker.url)) as connection:
            channel = connection.channel()
            channel.confirm_delivery()
            channel.queue_declare("orders", durable=True)
            channel.basic_publish("", "orders", b"x" * 10_000, PERSISTENT)
        after = pages.get("/metrics")
    assert after("io_write_bytes_total") - before("io_write_bytes_total") > 10_000
    assert after("io_sync_ops_total") > before("io_sync_ops_total")
    assert 0 < after("io_sync_time_seconds_total") < 60


def test_a_node_that_keeps_nothing_asks_nothing(aggregated):
    assert aggregated("io_write_ops_total") == 0
