"""What RabbitMQ refuses, seen through pika: the reply code and the text, letter for letter.

Every row was read off RabbitMQ 3.10.8; `{q}` and `{x}` stand for this test's queue and exchange.
A refusal costs the channel and leaves the connection open, except where the row says otherwise.
"""

import functools
from dataclasses import dataclass

import pika
import pytest
from pika import BasicProperties
from pika.exceptions import ChannelClosedByBroker, ConnectionClosedByBroker

from tests.conformance.clients.waiting import until

LOCKED = (
    "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue '{q}' in vhost '/'. It could "
    "be originally declared on another connection or the exclusive property value does not match "
    "that of the original declaration."
)


def call(method, *arguments, **options):
    """One channel method, with {q} and {x} in its strings filled in when it is called."""

    def fill(value, names):
        if isinstance(value, str):
            return value.format_map(names)
        return value

    def make(channel, names):
        filled = [fill(each, names) for each in arguments]
        return getattr(channel, method)(
            *filled, **{key: fill(each, names) for key, each in options.items()}
        )

    return make


def as_sent(text):
    """A reply text is a short string: RabbitMQ cuts a longer one and ends it with dots."""
    return text if len(text) <= 255 else text[:252] + "..."


declare_queue = functools.partial(call, "queue_declare", "{q}")
declare_exchange = functools.partial(call, "exchange_declare", "{x}")
publish = functools.partial(call, "basic_publish")


def publish_with(**properties):
    return publish("", "{q}", b"x", BasicProperties(**properties))


@dataclass(frozen=True)
class Refusal:
    name: str
    steps: list
    code: int
    text: str
    closes: type = ChannelClosedByBroker


IN_Q = "for queue '{q}' in vhost '/': "
IN_X = "for exchange '{x}' in vhost '/': "
INEQUIVALENT = "PRECONDITION_FAILED - inequivalent arg "
INVALID = "PRECONDITION_FAILED - invalid arg "
DEFAULT_EXCHANGE = "ACCESS_REFUSED - operation not permitted on the default exchange"
NO_QUEUE = "NOT_FOUND - no queue '{q}' in vhost '/'"
NO_EXCHANGE = "NOT_FOUND - no exchange '{x}' in vhost '/'"


def arguments(**values):
    return {"x-" + name.replace("_", "-"): value for name, value in values.items()}


REFUSALS = [
    # Names that are not there.
    Refusal("passive queue", [declare_queue(passive=True)], 404, NO_QUEUE),
    Refusal("passive exchange", [declare_exchange(passive=True)], 404, NO_EXCHANGE),
    Refusal("consume", [call("basic_consume", "{q}", print)], 404, NO_QUEUE),
    Refusal("get", [call("basic_get", "{q}")], 404, NO_QUEUE),
    Refusal("purge", [call("queue_purge", "{q}")], 404, NO_QUEUE),
    Refusal("bind no queue", [call("queue_bind", "{q}", "amq.direct", "k")], 404, NO_QUEUE),
    Refusal(
        "bind no exchange",
        [declare_queue(), call("queue_bind", "{q}", "{x}", "k")],
        404,
        NO_EXCHANGE,
    ),
    Refusal("exchange bind", [call("exchange_bind", "amq.fanout", "{x}")], 404, NO_EXCHANGE),
    Refusal("publish", [publish("{x}", "k", b""), declare_queue()], 404, NO_EXCHANGE),
    # Names that are the broker's.
    Refusal(
        "reserved queue",
        [call("queue_declare", "amq.{q}")],
        403,
        "ACCESS_REFUSED - queue name 'amq.{q}' contains reserved prefix 'amq.*'",
    ),
    Refusal(
        "reserved exchange",
        [call("exchange_declare", "amq.{x}")],
        403,
        "ACCESS_REFUSED - exchange name 'amq.{x}' contains reserved prefix 'amq.*'",
    ),
    Refusal(
        "bind to the default exchange",
        [declare_queue(), call("queue_bind", "{q}", "", "k")],
        403,
        DEFAULT_EXCHANGE,
    ),
    Refusal("delete the default exchange", [call("exchange_delete", "")], 403, DEFAULT_EXCHANGE),
    Refusal(
        "delete a predeclared exchange",
        [call("exchange_delete", "amq.direct")],
        403,
        "ACCESS_REFUSED - deletion of system exchange 'amq.direct' in vhost '/' not allowed",
    ),
    # Declared before, and not like this.
    Refusal(
        "other durable",
        [declare_queue(), declare_queue(durable=True)],
        406,
        INEQUIVALENT + "'durable' " + IN_Q + "received 'true' but current is 'false'",
    ),
    Refusal(
        "other auto_delete",
        [declare_queue(), declare_queue(auto_delete=True)],
        406,
        INEQUIVALENT + "'auto_delete' " + IN_Q + "received 'true' but current is 'false'",
    ),
    Refusal("now exclusive", [declare_queue(), declare_queue(exclusive=True)], 405, LOCKED),
    Refusal("was exclusive", [declare_queue(exclusive=True), declare_queue()], 405, LOCKED),
    Refusal(
        "other ttl",
        [
            declare_queue(arguments=arguments(message_ttl=5000)),
            declare_queue(arguments=arguments(message_ttl=6000)),
        ],
        406,
        INEQUIVALENT + "'x-message-ttl' " + IN_Q + "received '6000' but current is '5000'",
    ),
    Refusal(
        "ttl left out",
        [declare_queue(arguments=arguments(message_ttl=5000)), declare_queue()],
        406,
        INEQUIVALENT
        + "'x-message-ttl' "
        + IN_Q
        + "received none but current is the value '5000' of type 'signedint'",
    ),
    Refusal(
        "ttl added",
        [declare_queue(), declare_queue(arguments=arguments(message_ttl=5000))],
        406,
        INEQUIVALENT
        + "'x-message-ttl' "
        + IN_Q
        + "received the value '5000' of type 'signedint' but current is none",
    ),
    Refusal(
        "other max priority",
        [
            declare_queue(arguments=arguments(max_priority=5)),
            declare_queue(arguments=arguments(max_priority=9)),
        ],
        406,
        INEQUIVALENT + "'x-max-priority' " + IN_Q + "received '9' but current is '5'",
    ),
    Refusal(
        "other expires",
        [
            declare_queue(arguments=arguments(expires=50000)),
            declare_queue(arguments=arguments(expires=60000)),
        ],
        406,
        INEQUIVALENT + "'x-expires' " + IN_Q + "received '60000' but current is '50000'",
    ),
    Refusal(
        "other type",
        [declare_exchange(exchange_type="direct"), declare_exchange(exchange_type="fanout")],
        406,
        INEQUIVALENT + "'type' " + IN_X + "received 'fanout' but current is 'direct'",
    ),
    Refusal(
        "other exchange durable",
        [declare_exchange(), declare_exchange(durable=True)],
        406,
        INEQUIVALENT + "'durable' " + IN_X + "received 'true' but current is 'false'",
    ),
    Refusal(
        "other exchange auto_delete",
        [declare_exchange(auto_delete=True), declare_exchange()],
        406,
        INEQUIVALENT + "'auto_delete' " + IN_X + "received 'false' but current is 'true'",
    ),
    Refusal(
        "other internal",
        [declare_exchange(), declare_exchange(internal=True)],
        406,
        INEQUIVALENT + "'internal' " + IN_X + "received 'true' but current is 'false'",
    ),
    Refusal(
        "other alternate exchange",
        [
            declare_exchange(arguments={"alternate-exchange": "amq.fanout"}),
            declare_exchange(),
        ],
        406,
        INEQUIVALENT
        + "'alternate-exchange' "
        + IN_X
        + "received none but current is the value 'amq.fanout' of type 'longstr'",
    ),
    # Arguments that make no sense.
    Refusal(
        "ttl of the wrong type",
        [declare_queue(arguments=arguments(message_ttl="soon"))],
        406,
        INVALID + "'x-message-ttl' " + IN_Q + '"expected integer, got longstr"',
    ),
    Refusal(
        "negative ttl",
        [declare_queue(arguments=arguments(message_ttl=-1))],
        406,
        INVALID + "'x-message-ttl' " + IN_Q + "{{value_negative,-1}}",
    ),
    Refusal(
        "expires zero",
        [declare_queue(arguments=arguments(expires=0))],
        406,
        INVALID + "'x-expires' " + IN_Q + "{{value_zero,0}}",
    ),
    Refusal(
        "too many priorities",
        [declare_queue(arguments=arguments(max_priority=300))],
        406,
        INVALID + "'x-max-priority' " + IN_Q + "{{max_value_exceeded,300}}",
    ),
    Refusal(
        "priority of the wrong type",
        [declare_queue(arguments=arguments(max_priority=True))],
        406,
        INVALID + "'x-max-priority' " + IN_Q + '"expected integer, got bool"',
    ),
    Refusal(
        "x-match",
        [declare_queue(), call("queue_bind", "{q}", "amq.headers", "", {"x-match": "bad"})],
        406,
        'PRECONDITION_FAILED - Invalid x-match field value <<"bad">>; '
        "expected all, any, all-with-x, or any-with-x",
    ),
    Refusal(
        "exchange type",
        [declare_exchange(exchange_type="unheard-of")],
        503,
        "COMMAND_INVALID - unknown exchange type 'unheard-of'",
        ConnectionClosedByBroker,
    ),
    # Messages.
    Refusal(
        "publish to internal",
        [declare_exchange(internal=True), publish("{x}", "k", b""), declare_queue()],
        403,
        "ACCESS_REFUSED - cannot publish to internal exchange '{x}' in vhost '/'",
    ),
    Refusal(
        "expiration",
        [publish_with(expiration="soon"), declare_queue()],
        406,
        "PRECONDITION_FAILED - invalid expiration 'soon': no_integer",
    ),
    Refusal(
        "user id",
        [publish_with(user_id="bob"), declare_queue()],
        406,
        "PRECONDITION_FAILED - user_id property set to 'bob' but authenticated user was 'guest'",
    ),
    Refusal(
        "CC that is no list",
        [publish_with(headers={"CC": "one"}), declare_queue()],
        406,
        'PRECONDITION_FAILED - invalid message: {{unacceptable_type_in_header,"CC",longstr}}',
    ),
    Refusal(
        "reply-to without its consumer",
        [publish_with(reply_to="amq.rabbitmq.reply-to"), declare_queue()],
        406,
        "PRECONDITION_FAILED - fast reply consumer does not exist",
    ),
    Refusal(
        "reply-to with acks",
        [call("basic_consume", "amq.rabbitmq.reply-to", print)],
        406,
        "PRECONDITION_FAILED - reply consumer cannot acknowledge",
    ),
    # Delivery tags, prefetch, transactions.
    *(
        Refusal(
            f"unknown tag in {verb}",
            [call(f"basic_{verb}", 99), declare_queue()],
            406,
            "PRECONDITION_FAILED - unknown delivery tag 99",
        )
        for verb in ("ack", "nack", "reject")
    ),
    Refusal(
        "prefetch size",
        [call("basic_qos", prefetch_size=10)],
        540,
        "NOT_IMPLEMENTED - prefetch_size!=0 (10)",
        ConnectionClosedByBroker,
    ),
    Refusal(
        "flow off",
        [call("flow", active=False)],
        540,
        "NOT_IMPLEMENTED - active=false",
        ConnectionClosedByBroker,
    ),
    *(
        Refusal(
            f"{verb} without select",
            [call(f"tx_{verb}")],
            406,
            "PRECONDITION_FAILED - channel is not transactional",
        )
        for verb in ("commit", "rollback")
    ),
    Refusal(
        "tx after confirm",
        [call("confirm_delivery"), call("tx_select")],
        406,
        "PRECONDITION_FAILED - cannot switch from confirm to tx mode",
    ),
    Refusal(
        "confirm after tx",
        [call("tx_select"), call("confirm_delivery")],
        406,
        "PRECONDITION_FAILED - cannot switch from tx to confirm mode",
    ),
    # In use.
    Refusal(
        "delete if unused",
        [
            declare_queue(),
            call("basic_consume", "{q}", print),
            call("queue_delete", "{q}", if_unused=True),
        ],
        406,
        "PRECONDITION_FAILED - queue '{q}' in vhost '/' in use",
    ),
    Refusal(
        "delete exchange if unused",
        [
            declare_queue(),
            declare_exchange(),
            call("queue_bind", "{q}", "{x}", "k"),
            call("exchange_delete", "{x}", if_unused=True),
        ],
        406,
        "PRECONDITION_FAILED - exchange '{x}' in vhost '/' in use",
    ),
    Refusal(
        "a second, exclusive consumer",
        [
            declare_queue(),
            call("basic_consume", "{q}", print),
            call("basic_consume", "{q}", print, exclusive=True),
        ],
        403,
        "ACCESS_REFUSED - queue '{q}' in vhost '/' in exclusive use",
    ),
    Refusal(
        "a consumer beside an exclusive one",
        [
            declare_queue(),
            call("basic_consume", "{q}", print, exclusive=True),
            call("basic_consume", "{q}", print),
        ],
        403,
        "ACCESS_REFUSED - queue '{q}' in vhost '/' in exclusive use",
    ),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.name)
def test_refused(connection, channel, unique, refusal):
    names = {"q": unique("queue"), "x": unique("exchange")}
    for step in refusal.steps[:-1]:
        step(channel, names)
    with pytest.raises(refusal.closes) as refused:
        refusal.steps[-1](channel, names)
    assert refused.value.args == (refusal.code, as_sent(refusal.text.format_map(names)))
    assert connection.is_open is (refusal.closes is ChannelClosedByBroker)
    if connection.is_open:
        assert connection.channel().is_open


def test_delete_if_empty_of_a_queue_that_holds_a_message(connection, channel, queue):
    channel.basic_publish("", queue, b"x")
    until(connection, lambda: channel.queue_declare(queue, passive=True).method.message_count)
    with pytest.raises(ChannelClosedByBroker) as refused:
        channel.queue_delete(queue, if_empty=True)
    assert refused.value.args == (
        406,
        f"PRECONDITION_FAILED - queue '{queue}' in vhost '/' not empty",
    )


@pytest.mark.parametrize(
    "attempt",
    [
        declare_queue(passive=True),
        declare_queue(exclusive=True),
        call("basic_consume", "{q}", print),
        call("basic_get", "{q}"),
        call("queue_purge", "{q}"),
        call("queue_delete", "{q}"),
        call("queue_bind", "{q}", "amq.direct", "k"),
        call("queue_unbind", "{q}", "amq.direct", "k"),
    ],
    ids=["passive", "declare", "consume", "get", "purge", "delete", "bind", "unbind"],
)
def test_an_exclusive_queue_is_locked_for_other_connections(connect, channel, unique, attempt):
    names = {"q": unique("queue")}
    channel.queue_declare(names["q"], exclusive=True)
    channel.queue_bind(names["q"], "amq.direct", "k")
    with pytest.raises(ChannelClosedByBroker) as refused:
        attempt(connect().channel(), names)
    assert refused.value.args == (405, as_sent(LOCKED.format_map(names)))


def test_unbinding_what_is_not_bound_is_no_error(channel, queue):
    channel.queue_unbind(queue, "amq.direct", "never bound")


def test_integers_of_another_width_are_equal(channel, unique):
    narrow, wide = {"x-message-ttl": 5000}, {"x-message-ttl": pika.compat.long(5000)}
    channel.queue_declare(unique("queue"), arguments=narrow)
    channel.queue_declare(unique("queue"), arguments=wide)


def test_arguments_that_no_rule_reads_are_not_compared(channel, unique):
    channel.queue_declare(unique("queue"), arguments={"x-colour": "brown"})
    channel.queue_declare(unique("queue"), arguments={"x-colour": "white"})
