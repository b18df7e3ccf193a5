"""Exchanges and bindings are listed, those of the default exchange too."""

from leveret.broker.bindings import Binding
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.queues.queue import QueueOptions

BINDING = ["source_name", "source_kind", "destination_name", "destination_kind", "routing_key"]


def test_exchanges(node):
    vhost = node.broker.vhosts["/"]
    options = ExchangeOptions(auto_delete=True, arguments={"alternate-exchange": "lost"})
    vhost.declare_exchange("logs", "fanout", options)
    columns = ["name", "type", "durable", "auto_delete", "internal", "arguments", "policy"]
    rows = node.ask("list_exchanges", vhost="/", columns=columns)
    arguments = [["alternate-exchange", "longstr", "lost"]]
    assert rows[-1] == ["logs", "fanout", False, True, False, arguments, ""]
    assert ["", "direct", True, False, False, [], ""] in rows


def test_bindings(node):
    vhost = node.broker.vhosts["/"]
    queue = vhost.create_queue("jobs", QueueOptions(), None)
    vhost.bind(Binding(vhost.exchanges["amq.topic"], queue, "a.#", {"x": 1}))
    vhost.bind(Binding(vhost.exchanges["amq.topic"], vhost.exchanges["amq.fanout"], "b"))
    assert node.ask("list_bindings", vhost="/", columns=[*BINDING, "arguments"]) == [
        ["", "exchange", "jobs", "queue", "jobs", []],
        ["amq.topic", "exchange", "jobs", "queue", "a.#", [["x", "signedint", 1]]],
        ["amq.topic", "exchange", "amq.fanout", "exchange", "b", []],
    ]


def test_nowhere_is_nothing(node):
    assert node.ask("list_exchanges", vhost="nowhere", columns=["name"]) == []
    assert node.ask("list_bindings", vhost="nowhere", columns=BINDING) == []
