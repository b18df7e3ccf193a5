"""What is shown of a binding."""

from leveret.broker.bindings import Binding
from leveret.broker.exchanges.exchange import Exchange, ExchangeOptions
from leveret.broker.exchanges.fanout import Fanout
from leveret.management.views.bindings import BINDING


def test_a_binding_shows_its_ends_and_its_key():
    source = Exchange("v", "x", Fanout(), ExchangeOptions())
    destination = Exchange("v", "y", Fanout(), ExchangeOptions())
    binding = Binding(source, destination, "a.#", {"n": 1})
    assert BINDING.render(binding, None) == {
        "source": "x",
        "vhost": "v",
        "destination": "y",
        "destination_type": "exchange",
        "routing_key": "a.#",
        "arguments": {"n": 1},
        "properties_key": "a.%23~dTfaWg",
    }


def test_octets_that_are_no_text_are_spelled():
    exchange = Exchange("v", "x", Fanout(), ExchangeOptions())
    told = BINDING.render(Binding(exchange, exchange, "\udcff", {"\udcff": 1}), None)
    assert told["routing_key"] == "Not UTF-8, base64 is: /w=="
    assert told["arguments"] == {"Not UTF-8, base64 is: /w==": 1}
