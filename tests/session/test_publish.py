"""Publishing what is not plain: mandatory, copies, headers, refusals in their order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.broker.message import Traits, pack_address
from leveret.session import publish as module
from leveret.session.publish import split_address
from leveret.wire import frames, methods
from leveret.wire.codes import MalformedFrame
from leveret.wire.properties import Properties, encode_header
from tests.session.harness import World


def frame(number, kind, payload):
    return frames.encode_frame(kind, number, payload)


def refused(channel, **how):
    """The channel.close that a publish leads to."""
    channel.publish(b"x", **how)
    return channel.take()[-1]


# Addresses -------------------------------------------------------------------------------------


@given(st.text(max_size=60), st.text(max_size=60))
def test_an_address_is_read_as_it_was_packed(exchange, key):
    assert split_address(pack_address(exchange.encode(), key.encode())) == (exchange, key)


@pytest.mark.parametrize(
    "address",
    [b"", b"\x00", b"\x05x\x00", b"\x01x", b"\x01x\x02k", b"\x00\x00\x00"],
)
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(MalformedFrame, match="exchange and routing key"):
        split_address(address)


def test_an_address_may_be_of_any_octets():
    assert split_address(b"\x01\xff\x02\xfea") == ("\udcff", "\udcfea")


def test_a_publish_whose_address_is_none_costs_the_connection(channel):
    said = bytes.fromhex("003c 0028 0000 05 78 00 00")
    channel.client.send(
        frame(1, frames.METHOD, said)
        + frame(1, frames.HEADER, encode_header(Properties(), 1))
        + frame(1, frames.BODY, b"x")
    )
    closed = channel.client.closed_with()
    assert closed.reply_code == 501
    assert closed.reply_text == "FRAME_ERROR - cannot decode <<0,0,5,120,0,0>>"


# Mandatory -------------------------------------------------------------------------------------


def test_a_mandatory_message_without_a_way_comes_back(channel):
    properties = Properties(content_type="text/plain", headers={"a": 1})
    channel.publish(b"hello", key="nobody", properties=properties, mandatory=True)
    (returned,) = channel.take()
    assert returned.method == methods.BasicReturn(312, "NO_ROUTE", "", "nobody")
    assert (returned.body, returned.properties) == (b"hello", properties)


def test_a_mandatory_message_with_a_way_does_not_come_back(channel):
    channel.declare()
    channel.publish(b"hello", key="q", mandatory=True)
    assert channel.take() == []
    assert channel.count() == 1


def test_any_other_message_without_a_way_is_dropped(channel):
    channel.publish(b"hello", key="nobody")
    assert channel.take() == []


def test_immediate_is_refused(channel):
    channel.publish(b"x", immediate=True)
    close = channel.client.closed_with()
    assert close.reply_text == "NOT_IMPLEMENTED - immediate=true"


# Refusals --------------------------------------------------------------------------------------


def test_a_missing_exchange_costs_the_channel(channel):
    close = refused(channel, exchange="nowhere")
    assert close.reply_text == "NOT_FOUND - no exchange 'nowhere' in vhost '/'"
    assert (close.class_id, close.method_id) == (60, 40)


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        (Properties(expiration="soon"), "invalid expiration 'soon': no_integer"),
        (
            Properties(user_id="ada"),
            "user_id property set to 'ada' but authenticated user was 'guest'",
        ),
        (Properties(delivery_mode=3), "invalid message: {delivery_mode_unknown,3}"),
        (
            Properties(headers={"CC": "a"}),
            'invalid message: {unacceptable_type_in_header,"CC",longstr}',
        ),
    ],
)
def test_properties_that_ask_the_impossible_cost_the_channel(channel, properties, text):
    channel.declare()
    assert refused(channel, key="q", properties=properties).reply_text == (
        f"PRECONDITION_FAILED - {text}"
    )


def test_the_exchange_is_missed_before_the_properties_are_read(channel):
    close = refused(channel, exchange="nowhere", properties=Properties(expiration="soon"))
    assert close.reply_code == 404


@pytest.mark.parametrize(
    "header", [encode_header(Properties(), 1) + b"x", b"\0\x3c" + bytes(9) + b"\1\x80\0"]
)
def test_properties_that_cannot_be_read_cost_the_connection(channel, header):
    channel.declare()
    channel.client.send(
        channel.published(b"x", key="q")[: -len(frame(1, frames.HEADER, bytes(14))) - 9]
        + frame(1, frames.HEADER, header)
        + frame(1, frames.BODY, b"x")
    )
    assert channel.client.closed_with().reply_code in (502, 541)


# Properties that matter ------------------------------------------------------------------------


def test_the_priority_and_the_expiration_count(world, channel):
    channel.declare(arguments={"x-max-priority": 9})
    channel.publish(b"low", key="q", properties=Properties(priority=1))
    channel.publish(b"high", key="q", properties=Properties(priority=9))
    channel.publish(b"brief", key="q", properties=Properties(priority=5, expiration="100"))
    world.pass_time(0.1)
    assert [channel.get().body, channel.get().body, channel.get()] == [b"high", b"low", None]


def test_the_same_properties_are_read_once(channel):
    channel.declare()
    session = channel.client.session
    for number in range(5):
        channel.publish(b"x" * number, key="q", properties=Properties(priority=5, app_id="a"))
    assert len(session.known_traits) == 1
    # What is remembered is what counts: the octets are not read again.
    (octets,) = session.known_traits
    session.known_traits[octets] = Traits(ttl_ms=0)
    channel.publish(b"x", key="q", properties=Properties(priority=5, app_id="a"))
    assert channel.count() == 5


def test_what_properties_ask_is_remembered_within_a_bound(channel, monkeypatch):
    monkeypatch.setattr(module, "KNOWN_TRAITS_MAX", 3)
    channel.declare()
    for number in range(10):
        channel.publish(b"x", key="q", properties=Properties(message_id=str(number)))
        assert len(channel.client.session.known_traits) <= 3
    assert channel.count() == 10


def test_properties_come_through_as_they_were(channel):
    channel.declare()
    properties = Properties(
        content_type="a/b",
        headers={"a": [1, {"b": None}]},
        delivery_mode=2,
        priority=7,
        reply_to="q",
        expiration="60000",
        timestamp=2**63,
        user_id="guest",
        cluster_id="",
    )
    channel.publish(b"x", key="q", properties=properties)
    assert channel.get().properties == properties


# Copies ----------------------------------------------------------------------------------------


@pytest.fixture
def copying(channel):
    for queue in ("to", "copy", "blind"):
        channel.declare(queue)
    return channel


def test_copies_go_along(copying):
    headers = {"CC": ["copy"], "BCC": ["blind"], "more": 1}
    copying.publish(b"x", key="to", properties=Properties(headers=headers))
    for queue in ("to", "copy", "blind"):
        found = copying.get(queue)
        assert found.body == b"x"
        assert found.properties.headers == {"CC": ["copy"], "more": 1}
        assert found.method.routing_key == "to"


def test_a_queue_that_is_named_twice_gets_one(copying):
    headers = {"CC": ["to", "copy", "copy"]}
    copying.publish(b"x", key="to", properties=Properties(headers=headers))
    assert [copying.count("to"), copying.count("copy")] == [1, 1]


def test_one_way_is_enough_for_a_mandatory_message(copying):
    headers = {"CC": ["copy"]}
    copying.publish(b"x", key="nobody", properties=Properties(headers=headers), mandatory=True)
    assert copying.take() == []
    assert copying.count("copy") == 1


def test_copies_pass_through_any_exchange(copying):
    for queue, key in [("to", "a.*"), ("copy", "b.#")]:
        copying.call(methods.QueueBind(queue=queue, exchange="amq.topic", routing_key=key))
    headers = {"CC": ["b.c"]}
    copying.publish(b"x", exchange="amq.topic", key="a.c", properties=Properties(headers=headers))
    assert [copying.count("to"), copying.count("copy")] == [1, 1]


# Headers exchanges -----------------------------------------------------------------------------


@pytest.fixture
def by_headers(channel):
    channel.declare("red")
    channel.declare("all")
    for queue, arguments in [("red", {"colour": "red"}), ("all", {})]:
        channel.call(methods.QueueBind(queue=queue, exchange="amq.headers", arguments=arguments))
    return channel


def test_each_message_finds_its_way_by_its_headers(by_headers):
    for colour in ("red", "blue", "red"):
        headers = Properties(headers={"colour": colour})
        by_headers.publish(b"x", exchange="amq.headers", properties=headers)
    assert [by_headers.count("red"), by_headers.count("all")] == [2, 3]


def test_a_message_without_headers_matches_who_asks_for_none(by_headers):
    by_headers.publish(b"x", exchange="amq.headers")
    by_headers.publish(b"x", exchange="amq.headers", properties=Properties(app_id="a"))
    assert [by_headers.count("red"), by_headers.count("all")] == [0, 2]


# Ways that change ------------------------------------------------------------------------------


def test_a_remembered_way_ends_with_its_queue(channel):
    channel.declare()
    channel.fill("q", b"a", b"b")
    channel.call(methods.QueueDelete(queue="q"))
    channel.publish(b"c", key="q", mandatory=True)
    assert channel.take()[0].body == b"c"
    channel.declare()
    channel.fill("q", b"d")
    assert channel.get().body == b"d"


def test_a_remembered_way_ends_with_its_binding(channel):
    channel.declare()
    ends = {"queue": "q", "exchange": "amq.fanout"}
    channel.call(methods.QueueBind(**ends))
    channel.publish(b"a", exchange="amq.fanout")
    channel.call(methods.QueueUnbind(**ends))
    channel.publish(b"b", exchange="amq.fanout")
    assert channel.count() == 1


def test_a_remembered_way_ends_with_the_permission(world, channel):
    channel.declare()
    channel.fill("q", b"a")
    world.broker.clear_permission("guest", "/")
    assert refused(channel, key="q").reply_code == 403


def test_a_message_may_be_large_up_to_the_limit():
    channel = World().channel()
    channel.declare()
    body = bytes(range(256)) * 2000
    channel.publish(body, key="q")
    assert channel.get().body == body


# Not at once -----------------------------------------------------------------------------------


def test_in_a_transaction_a_message_waits_for_the_commit(channel):
    channel.declare()
    channel.call(methods.TxSelect())
    channel.fill("q", b"a")
    assert channel.count() == 0
    channel.call(methods.TxCommit())
    assert channel.count() == 1


def test_a_request_for_direct_replies_names_who_asks(world, channel):
    channel.declare()
    asks = Properties(reply_to="amq.rabbitmq.reply-to", headers={"BCC": [], "a": 1})
    close = refused(channel, key="q", properties=asks)
    assert close.reply_text == "PRECONDITION_FAILED - fast reply consumer does not exist"
    asking = world.channel()
    asking.consume("amq.rabbitmq.reply-to", "r", no_ack=True)
    asking.publish(b"x", key="q", properties=asks)
    found = world.channel().get()
    assert found.properties.reply_to.startswith("amq.rabbitmq.reply-to.")
    assert found.properties.headers == {"a": 1}


def test_a_persistent_message_is_stored_by_the_queues_that_keep_it(durable):
    channel = durable.channel()
    kept, other = channel.declare_durable(), channel.declare_durable("other")
    channel.declare("transient")
    stored = durable.engine.messages
    headers = {"CC": ["other", "transient"]}
    channel.publish(b"a", key="q", properties=Properties(delivery_mode=2, headers=headers))
    (position,) = stored.kept
    assert stored.positions(kept.number) == stored.positions(other.number) == [position]
    assert channel.get("transient").body == b"a"
    for key in ("transient", "nobody"):
        channel.fill_stored(key, b"b")
    channel.publish(b"c", key="q", properties=Properties(delivery_mode=1, priority=1))
    assert list(stored.kept) == [position]
