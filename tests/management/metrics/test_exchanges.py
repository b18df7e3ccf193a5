"""What is told of exchanges and vhosts."""

import pytest


@pytest.fixture(scope="module")
def page(pages):
    families = ("exchange_metrics", "exchange_bindings", "exchange_names", "vhost_status")
    return pages.get("/metrics/detailed?" + "&".join(f"family={name}" for name in families))


def test_what_was_published_to_each(page):
    told = page("detailed_exchange_messages_published_total", vhost="/", exchange="fan")
    assert told == 2
    assert page("detailed_exchange_messages_published_total", vhost="/", exchange="") == 12


def test_bindings(page):
    fan = {"vhost": "/", "exchange": "fan", "type": "fanout"}
    assert page("cluster_exchange_bindings", **fan) == 1
    assert page("cluster_exchange_bindings", **fan | {"exchange": "amq.fanout"}) == 0
    assert page("cluster_exchange_name", **fan) == 1


def test_the_default_exchange_is_left_out(page):
    assert not [each for each in page.labels_of("cluster_exchange_name") if not each["exchange"]]


def test_every_vhost_runs(page):
    assert page("cluster_vhost_status", vhost="other") == 1
