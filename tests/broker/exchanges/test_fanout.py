"""fanout: everything to everybody."""

from tests.broker.domain import binding, exchange, queue, routed


def test_a_message_goes_to_every_binding_whatever_its_key():
    fanout = exchange(kind="fanout")
    for name, key in [("a", ""), ("b", "red")]:
        fanout.bind(binding(fanout, queue(name), key))
    assert routed(fanout, "blue", "red") == ["a", "b"]


def test_an_unbound_queue_gets_nothing_more():
    fanout = exchange(kind="fanout")
    gone = binding(fanout, queue("a"))
    fanout.bind(gone)
    fanout.bind(binding(fanout, queue("b")))
    fanout.unbind(gone.key)
    assert routed(fanout) == ["b"]
