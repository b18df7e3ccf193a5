"""Exchanges through pika: which queues get a copy of what."""

import pika
import pytest
from pika import BasicProperties

from tests.conformance.clients.waiting import until

PREDECLARED = ["amq.direct", "amq.fanout", "amq.topic", "amq.headers", "amq.match"]


@pytest.fixture
def exchange(channel, unique):
    """Declare an exchange of a type; call it again for more."""

    def declare(exchange_type, name="exchange", **options):
        channel.exchange_declare(unique(name), exchange_type, **options)
        return unique(name)

    return declare


@pytest.fixture
def bound(channel, unique):
    """Make a queue that is bound to an exchange with each of the keys."""

    def make(name, exchange, *keys, arguments=None):
        channel.queue_declare(unique(name))
        for key in keys:
            channel.queue_bind(unique(name), exchange, key, arguments)
        return unique(name)

    return make


def contents(channel, queue):
    taken = []
    while (got := channel.basic_get(queue, auto_ack=True))[0] is not None:
        taken.append(got[2].decode())
    return taken


def publish(channel, exchange, *keys, **properties):
    """Each message is its own routing key; confirmed, so that it is there to get."""
    channel.confirm_delivery()
    for key in keys:
        channel.basic_publish(exchange, key, key.encode(), BasicProperties(**properties))


def test_direct_compares_the_whole_key(channel, exchange, bound):
    direct = exchange("direct")
    one, two = bound("one", direct, "a", "b"), bound("two", direct, "b", "")
    publish(channel, direct, "a", "b", "c", "", "a.b")
    assert contents(channel, one) == ["a", "b"]
    assert contents(channel, two) == ["b", ""]


def test_fanout_ignores_the_key(channel, exchange, bound):
    fanout = exchange("fanout")
    queues = [bound("one", fanout, "x"), bound("two", fanout, ""), bound("three", fanout, "", "y")]
    publish(channel, fanout, "a", "b")
    assert [contents(channel, queue) for queue in queues] == [["a", "b"]] * 3


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ("lqz.#", ["lqz", "lqz.handsome", "lqz.handsome.xx", "lqz."]),
        ("lqz.*", ["lqz.handsome", "lqz."]),
        ("#", ["", "lqz", "lqz.handsome", "lqz.handsome.xx", "other", "lqz.", "a.xx"]),
        ("*", ["lqz", "other"]),  # An empty key has no word.
        ("#.xx", ["lqz.handsome.xx", "a.xx"]),
        ("*.*", ["lqz.handsome", "lqz.", "a.xx"]),
        ("lqz.#.xx", ["lqz.handsome.xx"]),
        ("#.#", ["", "lqz", "lqz.handsome", "lqz.handsome.xx", "other", "lqz.", "a.xx"]),
        ("*.#.*", ["lqz.handsome", "lqz.handsome.xx", "lqz.", "a.xx"]),
        ("lqz", ["lqz"]),
        ("", [""]),
        ("lqz.**", []),
    ],
)
def test_topic_patterns(channel, exchange, bound, pattern, matched):
    topic = exchange("topic")
    queue = bound("queue", topic, pattern)
    keys = ["", "lqz", "lqz.handsome", "lqz.handsome.xx", "other", "lqz.", "a.xx"]
    publish(channel, topic, *keys)
    assert sorted(contents(channel, queue)) == sorted(matched)


def test_two_matching_bindings_make_one_copy(channel, exchange, bound):
    topic = exchange("topic")
    queue = bound("queue", topic, "a.*", "*.b", "#")
    publish(channel, topic, "a.b")
    assert contents(channel, queue) == ["a.b"]


@pytest.mark.parametrize(
    ("x_match", "matched"),
    [
        ("all", ["both", "more"]),
        ("any", ["both", "more", "ears only", "other colour"]),
        (None, ["both", "more"]),
    ],
)
def test_headers_match_all_or_any(channel, exchange, bound, x_match, matched):
    headers = exchange("headers")
    arguments = {"ears": 2, "colour": "brown", "x-ignored": "yes"}
    if x_match:
        arguments["x-match"] = x_match
    queue = bound("queue", headers, "", arguments=arguments)
    sent = {
        "both": {"ears": 2, "colour": "brown"},
        "more": {"ears": 2, "colour": "brown", "tail": True},
        "ears only": {"ears": 2},
        "other colour": {"ears": 2, "colour": "white"},
        "none": {},
        "other type": {"ears": "2"},
    }
    for name, values in sent.items():
        publish(channel, headers, name, headers=values)
    assert contents(channel, queue) == matched


@pytest.mark.parametrize(
    ("x_match", "matched"), [("all-with-x", ["x too"]), ("any-with-x", ["plain", "x too"])]
)
def test_headers_match_with_x_counts_the_x_headers(channel, exchange, bound, x_match, matched):
    headers = exchange("headers")
    queue = bound("queue", headers, "", arguments={"x-match": x_match, "a": 1, "x-b": 2})
    publish(channel, headers, "plain", headers={"a": 1})
    publish(channel, headers, "x too", headers={"a": 1, "x-b": 2})
    assert contents(channel, queue) == matched


def test_a_header_bound_without_a_value_need_only_be_there(channel, exchange, bound):
    headers = exchange("headers")
    queue = bound("queue", headers, "", arguments={"ears": None})
    publish(channel, headers, "there", headers={"ears": 17})
    publish(channel, headers, "not there", headers={"tail": 1})
    assert contents(channel, queue) == ["there"]


def test_the_default_exchange_routes_by_queue_name(channel, bound, queue):
    other = bound("other", "amq.direct", queue)
    publish(channel, "", queue)
    assert (contents(channel, queue), contents(channel, other)) == ([queue], [])


@pytest.mark.parametrize("name", PREDECLARED)
def test_the_predeclared_exchanges_are_there(channel, name):
    channel.exchange_declare(name, passive=True)


def test_exchanges_bind_to_exchanges_and_loops_end(channel, exchange, bound):
    entry, middle = exchange("topic", "entry"), exchange("direct", "middle")
    channel.exchange_bind(middle, entry, "a.#")
    channel.exchange_bind(entry, middle, "a.b")
    queue = bound("queue", middle, "a.b", "a")
    publish(channel, entry, "a", "a.b", "b")
    assert contents(channel, queue) == ["a", "a.b"]
    channel.exchange_unbind(middle, entry, "a.#")
    publish(channel, entry, "a")
    assert contents(channel, queue) == []


def test_a_queue_reached_on_two_ways_gets_one_copy(channel, exchange, bound):
    entry, side = exchange("fanout", "entry"), exchange("fanout", "side")
    channel.exchange_bind(side, entry)
    queue = bound("queue", entry, "")
    channel.queue_bind(queue, side)
    publish(channel, entry, "x")
    assert contents(channel, queue) == ["x"]


def test_the_alternate_exchange_takes_what_has_no_route(channel, exchange, bound):
    last = exchange("fanout", "last")
    first = exchange("direct", "first", arguments={"alternate-exchange": last})
    queue, lost = bound("queue", first, "known"), bound("lost", last, "")
    publish(channel, first, "known", "unknown")
    assert (contents(channel, queue), contents(channel, lost)) == (["known"], ["unknown"])


def test_a_message_the_alternate_exchange_takes_is_not_returned(channel, exchange, bound):
    last = exchange("fanout", "last")
    first = exchange("direct", "first", arguments={"alternate-exchange": last})
    lost = bound("lost", last, "")
    channel.confirm_delivery()
    channel.basic_publish(first, "unknown", b"x", mandatory=True)
    assert contents(channel, lost) == ["x"]


def test_cc_and_bcc_route_to_more_keys_and_bcc_is_not_shown(channel, exchange, bound):
    direct = exchange("direct")
    queues = [bound(key, direct, key) for key in ("to", "cc", "bcc")]
    publish(channel, direct, "to", headers={"CC": ["cc", "to"], "BCC": ["bcc"], "ears": 2})
    seen = [channel.basic_get(queue, auto_ack=True) for queue in queues]
    assert [method.routing_key for method, _, _ in seen] == ["to"] * 3
    for _, properties, _ in seen:
        assert properties.headers == {"CC": ["cc", "to"], "ears": 2}
    assert [contents(channel, queue) for queue in queues] == [[], [], []]


def test_copies_keep_all_keys_on_their_way_through_exchanges(channel, exchange, bound):
    entry, inner = exchange("direct", "entry"), exchange("direct", "inner")
    channel.exchange_bind(inner, entry, "to")
    queue = bound("queue", inner, "cc")
    publish(channel, entry, "to", headers={"CC": ["cc"]})
    assert contents(channel, queue) == ["to"]


def test_the_alternate_exchange_gets_nothing_if_a_copy_has_a_route(channel, exchange, bound):
    last = exchange("fanout", "last")
    first = exchange("direct", "first", arguments={"alternate-exchange": last})
    queue, lost = bound("queue", first, "known"), bound("lost", last, "")
    publish(channel, first, "unknown", headers={"BCC": ["known"]})
    assert (contents(channel, queue), contents(channel, lost)) == (["unknown"], [])


def test_unbinding_stops_the_copies(channel, exchange, bound):
    direct = exchange("direct")
    queue = bound("queue", direct, "a", "b")
    channel.queue_unbind(queue, direct, "a")
    publish(channel, direct, "a", "b")
    assert contents(channel, queue) == ["b"]


def test_bindings_go_with_their_queue(channel, exchange, bound):
    direct = exchange("direct")
    queue = bound("queue", direct, "a")
    channel.queue_delete(queue)
    channel.queue_declare(queue)
    publish(channel, direct, "a")
    assert contents(channel, queue) == []


def test_an_auto_delete_exchange_goes_with_its_last_binding(connection, channel, exchange, bound):
    fleeting = exchange("direct", auto_delete=True)
    queue = bound("queue", fleeting, "a", "b")
    channel.queue_unbind(queue, fleeting, "a")
    channel.exchange_declare(fleeting, passive=True)
    channel.queue_unbind(queue, fleeting, "b")
    with pytest.raises(pika.exceptions.ChannelClosedByBroker) as gone:
        channel.exchange_declare(fleeting, passive=True)
    assert gone.value.args == (404, f"NOT_FOUND - no exchange '{fleeting}' in vhost '/'")
    assert connection.is_open


def test_an_internal_exchange_takes_only_from_exchanges(channel, exchange, bound):
    inner, outer = exchange("fanout", "inner", internal=True), exchange("fanout", "outer")
    channel.exchange_bind(inner, outer)
    queue = bound("queue", inner, "")
    publish(channel, outer, "x")
    assert contents(channel, queue) == ["x"]


def test_a_mandatory_message_to_a_bound_exchange_is_not_returned(
    connection, channel, exchange, bound
):
    returned = []
    channel.add_on_return_callback(lambda *each: returned.append(each[3]))
    direct = exchange("direct")
    queue = bound("queue", direct, "a")
    for key in ("a", "b"):
        channel.basic_publish(direct, key, key.encode(), mandatory=True)
    until(connection, lambda: returned)
    assert returned == [b"b"]
    assert contents(channel, queue) == ["a"]
