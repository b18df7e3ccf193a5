"""What is said of clusters, as a file says it."""

from pathlib import Path

from leveret.config.cluster_settings import ClusterSettings
from leveret.config.settings import Settings, settings_of


def test_the_route_port_stands_beside_the_node_port():
    assert Settings().route_place == (None, 25673)
    assert Settings(bind="127.0.1.101", port=6000).route_place == ("127.0.1.101", 26001)


def test_a_route_port_may_be_chosen():
    assert Settings(cluster=ClusterSettings(route_port=7000)).route_place == (None, 7000)


def test_beside_a_free_amqp_port_the_route_port_is_free_too():
    assert Settings(port=0).route_place == (None, 0)
    assert Settings(port=60_000).route_place == (None, 0)


def test_each_is_a_setting_by_its_name():
    settings = settings_of({"cluster_nats_server": Path("/opt/nats-server")})
    assert settings.cluster.nats_server == Path("/opt/nats-server")
