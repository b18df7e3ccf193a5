"""What is told of attempts to log in."""

import pika
import pytest
from tests.management.metrics.busy import Pages

import leveret

LABELS = {"remote_address": "127.0.0.1", "username": "nobody", "protocol": "amqp091"}


@pytest.fixture(scope="module")
def tried():
    """A node where one has come in and another has not, and where it is written down who."""
    with leveret.running(prometheus_port=0) as broker:
        broker._node.broker.logins.attempts.tracks_sources = True
        pika.BlockingConnection(pika.URLParameters(broker.url)).close()
        with pytest.raises(pika.exceptions.ProbableAuthenticationError):
            pika.BlockingConnection(pika.URLParameters(broker.url_as("nobody", "wrong")))
        yield Pages(broker.prometheus_url)


@pytest.mark.parametrize("path", ["/metrics", "/metrics/per-object"])
def test_by_protocol_on_every_page(tried, path):
    page = tried.get(path)
    assert page("auth_attempts_total", protocol="amqp091") == 2
    assert page("auth_attempts_succeeded_total", protocol="amqp091") == 1
    assert page("auth_attempts_failed_total", protocol="amqp091") == 1


def test_by_source_where_each_is_told_apart(tried):
    page = tried.get("/metrics/detailed?family=auth_attempt_detailed_metrics")
    assert page("detailed_auth_attempts_detailed_failed_total", **LABELS) == 1
    assert page("detailed_auth_attempts_detailed_succeeded_total", **LABELS) == 0
    assert page("detailed_auth_attempts_detailed_total", **LABELS | {"username": "guest"}) == 1
    assert "rabbitmq_auth_attempts_detailed_total" not in tried.get("/metrics").names
