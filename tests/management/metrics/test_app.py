"""What the Prometheus port serves."""

import urllib.request

import leveret


def test_the_build_is_told():
    with (
        leveret.running(prometheus_port=0) as broker,
        urllib.request.urlopen(broker.prometheus_url + "/metrics") as reply,
    ):
        text = reply.read().decode()
    assert 'product_name="Leveret"' in text
