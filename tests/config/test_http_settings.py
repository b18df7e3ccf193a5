"""Where HTTP is served."""

import pytest

from leveret.config.http_settings import HttpSettings


def ports(amqp_port, **told):
    return [place.port for place in HttpSettings(**told).places(None, amqp_port)]


@pytest.mark.parametrize(
    ("amqp_port", "http"),
    [(5672, [15672, 15692]), (5673, [15673, 15693]), (0, [0, 0]), (60000, [0, 0])],
)
def test_ports_lie_as_far_from_amqps_as_rabbitmqs_do(amqp_port, http):
    assert ports(amqp_port) == http


def test_a_port_that_is_named_counts():
    assert ports(5672, management_port=8080, metrics_port=0) == [8080, 0]


def test_what_is_not_wanted_is_not_served():
    assert ports(5672, has_management=False) == [15692]
    assert ports(5672, has_metrics=False, management_tls_port=15671) == [15672, 15671]
    assert ports(5672, has_management=False, has_metrics=False, management_tls_port=1) == []


def test_the_address_is_its_own_or_that_of_amqp():
    settings = HttpSettings(management_host="::1", has_metrics=False)
    (place,) = settings.places("127.0.0.1", 5672)
    assert (place.protocol, place.host, place.flag) == ("http", "::1", "--management-port")
    (place,) = HttpSettings(has_management=False).places("127.0.0.1", 5672)
    assert place.host == "127.0.0.1"
