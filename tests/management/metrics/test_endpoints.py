"""The pages: which families stand where, in a form that Prometheus takes."""

import pika
import pytest
from tests.management.metrics.busy import Pages
from tests.management.metrics.lint import lint

import leveret
from leveret import Settings
from leveret.config.http_settings import HttpSettings
from leveret.management.metrics.endpoints import DETAILED, answer
from leveret.version import VERSION

PAGES = (
    "/metrics",
    "/metrics/per-object",
    "/metrics/memory-breakdown",
    "/metrics/detailed",
    "/metrics/detailed?" + "&".join(f"family={name}" for name in DETAILED),
)
# The metrics in the queries of RabbitMQ's own dashboard for Grafana, RabbitMQ-Overview, in its
# versions for 3.8 to 4.x.
OVERVIEW = """
build_info identity_info connections channels queues consumers queue_messages_ready
queue_messages_unacked queue_messages resident_memory_limit_bytes process_resident_memory_bytes
disk_space_available_bytes disk_space_available_limit_bytes process_max_fds process_open_fds
process_max_tcp_sockets process_open_tcp_sockets channel_messages_published_total
channel_messages_confirmed_total queue_messages_published_total channel_messages_unconfirmed
channel_messages_unroutable_dropped_total channel_messages_unroutable_returned_total
channel_consumers channel_messages_delivered_total channel_messages_delivered_ack_total
channel_messages_redelivered_total channel_messages_acked_total channel_get_total
channel_get_ack_total channel_get_empty_total queues_declared_total queues_created_total
queues_deleted_total channels_opened_total channels_closed_total connections_opened_total
connections_closed_total global_publishers global_consumers global_messages_received_total
global_messages_received_confirm_total global_messages_confirmed_total
global_messages_routed_total global_messages_unroutable_dropped_total
global_messages_unroutable_returned_total global_messages_delivered_total
global_messages_redelivered_total global_messages_acknowledged_total
global_messages_delivered_consume_manual_ack_total
global_messages_delivered_consume_auto_ack_total global_messages_delivered_get_manual_ack_total
global_messages_delivered_get_auto_ack_total global_messages_get_empty_total
"""


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_what_promtool_likes(pages, path):
    assert lint(pages.get(path).text) == []


@pytest.mark.parametrize("name", OVERVIEW.split())
def test_every_query_of_the_overview_dashboard_has_its_series(aggregated, name):
    assert f"rabbitmq_{name}" in aggregated.names


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_whose_it_is(pages, path):
    (identity,) = pages.get(path).labels_of("identity_info")
    assert identity["rabbitmq_endpoint"] == path.partition("?")[0][9:] or "aggregated"


@pytest.mark.parametrize("family", DETAILED)
def test_each_family_alone(pages, family):
    page = pages.get(f"/metrics/detailed?family={family}")
    metrics = DETAILED[family].metrics
    prefix = DETAILED[family].own_prefix or "rabbitmq_detailed_"
    told = {line.split(" ")[2] for line in page.text.splitlines() if line.startswith("# TYPE")}
    whose = {"rabbitmq_build_info", "rabbitmq_identity_info"}
    assert told == {prefix + metric.name for metric in metrics} | whose


def test_families_nobody_knows_are_passed_over(pages):
    page = pages.get("/metrics/detailed?family=ra_metrics&family=queue_consumer_count&family=x")
    assert page.names == {
        "rabbitmq_detailed_queue_consumers",
        "rabbitmq_build_info",
        "rabbitmq_identity_info",
    }


@pytest.mark.parametrize(
    ("vhosts", "queues"),
    [
        ("vhost=other", {"far"}),
        ("vhost=nowhere", set()),
        ("vhost=other&vhost=/", {"far", "orders", "letters", "events", 'we"ird\\q'}),
    ],
)
def test_a_vhost_narrows_down_what_is_told_of_queues(pages, vhosts, queues):
    page = pages.get(f"/metrics/detailed?family=queue_coarse_metrics&{vhosts}")
    told = {labels["queue"] for labels in page.labels_of("detailed_queue_messages")}
    assert told == queues


def test_as_in_rabbitmq_it_does_not_narrow_down_what_is_told_of_the_cluster(pages):
    page = pages.get("/metrics/detailed?family=vhost_status&family=exchange_names&vhost=other")
    assert {labels["vhost"] for labels in page.labels_of("cluster_vhost_status")} == {"/", "other"}
    assert {"vhost": "/", "exchange": "fan", "type": "fanout"} in page.labels_of(
        "cluster_exchange_name"
    )


def test_what_stands_on_metrics_alone(aggregated, per_object):
    alone = {"process_start_time_seconds", "rabbitmq_alarms_memory_used_watermark"}
    assert alone <= aggregated.names
    assert not alone & per_object.names


def test_a_path_without_a_page():
    assert answer(None, "nothing", ()) is None


def test_the_version_is_both_rabbitmqs_and_our_own(aggregated):
    (build,) = aggregated.labels_of("build_info")
    assert (build["rabbitmq_version"], build["product_version"]) == ("3.13.7", VERSION)


def test_the_usual_path_may_show_every_object():
    settings = Settings(http=HttpSettings(has_metrics_per_object=True, metrics_path="/m"))
    with leveret.running(settings=settings, prometheus_port=0) as broker:
        pages = Pages(broker.prometheus_url)
        with pika.BlockingConnection(pika.URLParameters(broker.url)) as connection:
            connection.channel().queue_declare("orders")
            page = pages.get("/m")
        assert page("queue_messages", vhost="/", queue="orders") == 0
        assert page("alarms_memory_used_watermark") == 0
        assert page.labels_of("identity_info")[0]["rabbitmq_endpoint"] == "per-object"
        assert pages.ask("/m/detailed")[0] == 200
        assert pages.ask("/metrics")[0] == 404
