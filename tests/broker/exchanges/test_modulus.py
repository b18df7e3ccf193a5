"""x-modulus-hash: one key, one binding."""

from collections import Counter

from tests.broker.domain import binding, exchange, queue, routed

KEYS = [f"order-{number}" for number in range(3000)]


def bound_to(*names):
    source = exchange(kind="x-modulus-hash")
    for name in names:
        source.bind(binding(source, queue(name)))
    return source


def test_a_key_leads_to_one_queue_whatever_the_order_of_binding():
    one, other = bound_to(*"abc"), bound_to(*"cba")
    assert all(routed(one, key) == routed(other, key) for key in KEYS[:100])


def test_keys_are_spread_evenly():
    source = bound_to(*"abc")
    shares = Counter(name for key in KEYS for name in routed(source, key))
    assert sum(shares.values()) == len(KEYS)
    assert all(900 < share < 1100 for share in shares.values())


def test_a_message_with_copies_goes_to_one_queue():
    source = bound_to(*"abc")
    assert all(len(routed(source, key, "cc", "bcc")) == 1 for key in KEYS[:20])


def test_an_unbound_queue_gets_nothing_more():
    source = bound_to("a")
    gone = binding(source, queue("b"))
    source.bind(gone)
    source.unbind(gone.key)
    assert {name for key in KEYS[:20] for name in routed(source, key)} == {"a"}
