"""topic: patterns of words; `*` one word, `#` any words."""

from tests.broker.domain import binding, exchange, queue, routed


def test_a_message_goes_to_every_binding_whose_pattern_matches():
    topic = exchange(kind="topic")
    for name, pattern in [("a", "logs.*"), ("b", "logs.#"), ("c", "mails.#")]:
        topic.bind(binding(topic, queue(name), pattern))
    assert set(routed(topic, "logs.error")) == {"a", "b"}
    assert routed(topic, "logs") == ["b"]


def test_an_unbound_queue_gets_nothing_more():
    topic = exchange(kind="topic")
    gone = binding(topic, queue("a"), "logs.#")
    topic.bind(gone)
    topic.bind(binding(topic, queue("b"), "logs.#"))
    topic.unbind(gone.key)
    assert routed(topic, "logs.error") == ["b"]
