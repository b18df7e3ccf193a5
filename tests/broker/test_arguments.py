"""The table of x-arguments: RabbitMQ's complaints, its idea of sameness, what is yet to come."""

import pytest

from leveret.broker.argument_values import TIME_MS_MAX
from leveret.broker.arguments import (
    check_consumer,
    check_exchange,
    check_queue,
    check_same_exchange,
    check_same_queue,
    queue_type,
    refuse_unnamed,
)
from leveret.broker.errors import PreconditionFailed
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.queues.queue import QueueOptions
from leveret.wire.values import (
    Int8,
    Int64,
    Timestamp,
    UInt32,
)
from tests.broker.domain import exchange, queue

QUEUE = "queue 'q' in vhost '/'"


def complaint(arguments, **options):
    """What RabbitMQ says of these arguments, without what it always says."""
    with pytest.raises(PreconditionFailed) as refusal:
        check_queue(QUEUE, QueueOptions(arguments=arguments, **options))
    return str(refusal.value)


# Queues ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"x-expires": 1},
        {"x-expires": TIME_MS_MAX},
        {"x-message-ttl": 0},
        {"x-message-ttl": Int8(5)},
        {"x-message-ttl": UInt32(5)},
        {"x-max-priority": 0},
        {"x-max-priority": 255},
        {"x-queue-type": "classic"},
        {"x-queue-mode": "default"},
        {"x-queue-mode": "lazy"},
        {"x-single-active-consumer": False},
        {"x-single-active-consumer": True},
        {"x-queue-version": 2},
        {"x-unheard-of": [1, 2]},
        {"no-x": "at all"},
        {"x-dead-letter-exchange": "morgue", "x-dead-letter-routing-key": "k"},
        {"x-max-length": 0, "x-max-length-bytes": 0, "x-overflow": "reject-publish-dlx"},
        {"x-consumer-timeout": 1000},
        {"x-queue-master-locator": "min-masters"},
        {"x-delivery-limit": "anything"},
    ],
)
def test_a_good_argument_is_accepted(arguments):
    check_queue(QUEUE, QueueOptions(arguments=arguments))


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("x-expires", -1, "{value_negative,-1}"),
        ("x-expires", 0, "{value_zero,0}"),
        ("x-expires", 315360000001, "{value_too_large,315360000001}"),
        ("x-expires", "5000", '"expected integer, got longstr"'),
        ("x-expires", True, '"expected integer, got bool"'),
        ("x-expires", 1.0, '"expected integer, got double"'),
        ("x-expires", None, '"expected integer, got void"'),
        ("x-expires", Timestamp(5), '"expected integer, got timestamp"'),
        ("x-message-ttl", -1, "{value_negative,-1}"),
        ("x-message-ttl", 315360000001, "{value_too_large,315360000001}"),
        ("x-message-ttl", [], '"expected integer, got array"'),
        ("x-max-length", -1, "{value_negative,-1}"),
        ("x-max-length-bytes", {}, '"expected integer, got table"'),
        ("x-max-priority", -1, "{value_negative,-1}"),
        ("x-max-priority", 256, "{max_value_exceeded,256}"),
        ("x-max-priority", "5", '"expected integer, got longstr"'),
        ("x-dead-letter-routing-key", 7.5, "{unacceptable_type,double}"),
        ("x-overflow", "abc", "invalid_overflow"),
        ("x-overflow", True, "{unacceptable_type,bool}"),
        ("x-queue-mode", "abc", "\"unsupported queue mode 'abc'\""),
        ("x-queue-mode", b"lazy", "{unacceptable_type,binary}"),
        ("x-queue-type", "abc", "\"unsupported queue type 'abc'\""),
        ("x-queue-type", None, "{unacceptable_type,void}"),
        ("x-single-active-consumer", "true", "{unacceptable_type,longstr}"),
        ("x-queue-version", 3, "\"unsupported queue version '3'\""),
        ("x-queue-version", "1", '"expected integer, got longstr"'),
    ],
)
def test_a_wrong_value_is_refused_in_rabbitmqs_words(name, value, problem):
    assert complaint({name: value}) == f"invalid arg '{name}' for {QUEUE}: {problem}"


def test_a_dead_letter_exchange_is_a_string():
    assert complaint({"x-dead-letter-exchange": 7}) == (
        f"invalid type 'signedint' for arg 'x-dead-letter-exchange' in {QUEUE}"
    )


def test_a_dead_letter_routing_key_needs_an_exchange():
    assert complaint({"x-dead-letter-routing-key": "k"}) == (
        f"invalid arg 'x-dead-letter-routing-key' for {QUEUE}: routing_key_but_no_dlx_defined"
    )


def test_the_first_wrong_argument_of_the_table_is_named():
    assert "'x-expires'" in complaint({"x-message-ttl": -1, "x-expires": -1})


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("classic", "x-max-age"),
        ("classic", "x-queue-leader-locator"),
        ("classic", "x-max-in-memory-length"),
        ("classic", "x-dead-letter-strategy"),
        ("quorum", "x-max-priority"),
        ("quorum", "x-queue-mode"),
        ("quorum", "x-queue-master-locator"),
        ("stream", "x-message-ttl"),
        ("stream", "x-max-length"),
        ("stream", "x-delivery-limit"),
    ],
)
def test_an_argument_of_another_queue_type_is_refused_whatever_its_value(kind, name):
    assert complaint({"x-queue-type": kind, name: []}) == (
        f"invalid arg '{name}' for {QUEUE} of queue type rabbit_{kind}_queue"
    )


@pytest.mark.parametrize(
    ("kind", "name", "value", "problem"),
    [
        ("stream", "x-max-age", "1x", "invalid_max_age"),
        ("stream", "x-max-age", 5, "{unacceptable_type,signedint}"),
        ("stream", "x-stream-max-segment-size-bytes", -1, "{value_negative,-1}"),
        ("stream", "x-initial-cluster-size", 0, "{value_zero,0}"),
        ("stream", "x-queue-leader-locator", "x", "invalid_queue_locator_arg"),
        ("stream", "x-max-age", "0h", "invalid_max_age"),
        ("stream", "x-stream-filter-size-bytes", "5", '"expected integer, got longstr"'),
        ("quorum", "x-quorum-initial-group-size", -1, "{value_negative,-1}"),
        ("quorum", "x-dead-letter-strategy", "bad", "invalid_dlx_strategy"),
        ("quorum", "x-dead-letter-strategy", 5, "{unacceptable_type,signedint}"),
        ("quorum", "x-max-in-memory-bytes", -1, "{value_negative,-1}"),
        ("classic", "x-queue-master-locator", "x", "\"unsupported queue master locator 'x'\""),
    ],
)
def test_each_queue_type_looks_at_its_own_arguments(kind, name, value, problem):
    arguments = {"x-queue-type": kind, name: value}
    assert complaint(arguments) == f"invalid arg '{name}' for {QUEUE}: {problem}"


@pytest.mark.parametrize("kind", ["quorum", "stream"])
@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({}, "non-durable"),
        ({"durable": True, "exclusive": True}, "exclusive-owner"),
        ({"exclusive": True, "auto_delete": True}, "auto-delete"),
    ],
)
def test_a_quorum_queue_or_stream_is_durable_and_shared(kind, options, name):
    assert complaint({"x-queue-type": kind}, **options) == f"invalid property '{name}' for {QUEUE}"


@pytest.mark.parametrize("kind", ["quorum", "stream"])
def test_a_quorum_queue_or_stream_has_a_name(kind):
    with pytest.raises(PreconditionFailed) as refusal:
        refuse_unnamed(QueueOptions(arguments={"x-queue-type": kind}))
    assert str(refusal.value) == (
        f"Cannot declare a server-named queue for type rabbit_{kind}_queue"
    )
    refuse_unnamed(QueueOptions())


def test_a_durable_quorum_queue_is_fine():
    arguments = {"x-queue-type": "quorum", "x-dead-letter-strategy": "at-least-once"}
    check_queue(QUEUE, QueueOptions(durable=True, arguments=arguments))


def test_a_queue_that_says_nothing_is_classic():
    assert queue_type({}) == "classic"
    assert queue_type({"x-queue-type": "stream"}) == "stream"


# Declaring again -------------------------------------------------------------------------------


def redeclared(before, after, name="q"):
    """What RabbitMQ says when a queue is declared with one set of options, then another."""
    with pytest.raises(PreconditionFailed) as refusal:
        check_same_queue(queue(name, **before), QueueOptions(**after))
    return str(refusal.value).removeprefix("inequivalent arg ").replace(f" for {QUEUE}", "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {}),
        ({"x-expires": 5}, {"x-expires": 5}),
        ({"x-expires": 5}, {"x-expires": Int64(5)}),
        ({"x-expires": 5, "x-message-ttl": 6}, {"x-message-ttl": 6, "x-expires": 5}),
        ({}, {"x-queue-type": "classic"}),
        ({"x-queue-type": "classic"}, {}),
        ({"x-unheard-of": 1}, {"x-unheard-of": 2}),
        ({"anything": 1}, {}),
    ],
)
def test_a_queue_may_be_declared_again_alike(before, after):
    check_same_queue(queue(arguments=before), QueueOptions(arguments=after))


@pytest.mark.parametrize(
    ("before", "after", "difference"),
    [
        ({}, {"durable": True}, "'durable': received 'true' but current is 'false'"),
        ({"durable": True}, {}, "'durable': received 'false' but current is 'true'"),
        ({}, {"auto_delete": True}, "'auto_delete': received 'true' but current is 'false'"),
    ],
)
def test_a_queue_declared_again_with_another_flag_is_refused(before, after, difference):
    assert redeclared(before, after) == difference


@pytest.mark.parametrize(
    ("before", "after", "difference"),
    [
        (
            {"x-message-ttl": 5000},
            {"x-message-ttl": 6000},
            "'x-message-ttl': received '6000' but current is '5000'",
        ),
        (
            {"x-message-ttl": 5000},
            {},
            "'x-message-ttl': received none but current is the value '5000' of type 'signedint'",
        ),
        (
            {},
            {"x-expires": Int8(5)},
            "'x-expires': received the value '5' of type 'byte' but current is none",
        ),
        (
            {"x-max-priority": 5},
            {"x-max-priority": 6},
            "'x-max-priority': received '6' but current is '5'",
        ),
        (
            {"x-max-length": 1},
            {"x-max-length": 2},
            "'x-max-length': received '2' but current is '1'",
        ),
        (
            {"x-single-active-consumer": True},
            {"x-single-active-consumer": False},
            "'x-single-active-consumer': received 'false' but current is 'true'",
        ),
        (
            {},
            {"x-queue-type": "quorum"},
            "'x-queue-type': received the value 'quorum' of type 'longstr' but current is none",
        ),
        (
            {"x-expires": 1, "x-message-ttl": 1},
            {"x-message-ttl": 2, "x-expires": 2},
            "'x-expires': received '2' but current is '1'",
        ),
    ],
)
def test_a_queue_declared_again_with_another_argument_is_refused(before, after, difference):
    assert redeclared({"arguments": before}, {"arguments": after}) == difference


# Consumers, exchanges, bindings ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("classic", {}),
        ("classic", {"x-priority": -5, "x-cancel-on-ha-failover": True}),
        ("quorum", {"x-priority": Int8(5)}),
        ("stream", {"x-stream-offset": "first"}),
        ("classic", {"x-consumer-timeout": 0}),
        ("quorum", {"x-consumer-timeout": 1000}),
        ("stream", {"x-consumer-timeout": 1000}),
        ("classic", {"x": 1}),
        ("stream", {"x-unheard-of": 1}),
    ],
)
def test_a_consumer_may_have_arguments(kind, arguments):
    check_consumer(QUEUE, kind, arguments)


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("x-priority", "high", '"expected integer, got longstr"'),
        ("x-priority", True, '"expected integer, got bool"'),
        ("x-priority", 1.0, '"expected integer, got double"'),
        ("x-cancel-on-ha-failover", 1, "{unacceptable_type,signedint}"),
        ("x-cancel-on-ha-failover", "true", "{unacceptable_type,longstr}"),
        ("x-consumer-timeout", -1, "{value_negative,-1}"),
        ("x-consumer-timeout", "1s", '"expected integer, got longstr"'),
    ],
)
def test_a_consumers_argument_has_its_type(name, value, complaint):
    with pytest.raises(PreconditionFailed) as refusal:
        check_consumer(QUEUE, "classic", {name: value})
    assert str(refusal.value) == f"invalid arg '{name}' for {QUEUE}: {complaint}"


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("classic", "x-stream-offset", "first"),
        ("quorum", "x-stream-offset", "first"),
        ("quorum", "x-cancel-on-ha-failover", True),
        ("stream", "x-cancel-on-ha-failover", True),
        ("stream", "x-priority", 5),
    ],
)
def test_a_consumers_argument_belongs_to_its_queue_type(kind, name, value):
    with pytest.raises(PreconditionFailed) as refusal:
        check_consumer(QUEUE, kind, {name: value})
    assert str(refusal.value) == (
        f"invalid arg '{name}' for {QUEUE} of queue type rabbit_{kind}_queue"
    )


def test_an_alternate_exchange_is_a_string():
    check_exchange("exchange 'x' in vhost '/'", {"alternate-exchange": "spare"})
    check_exchange("exchange 'x' in vhost '/'", {"anything": 7})
    with pytest.raises(PreconditionFailed) as refusal:
        check_exchange("exchange 'x' in vhost '/'", {"alternate-exchange": 7})
    assert str(refusal.value) == (
        "invalid type 'signedint' for arg 'alternate-exchange' in exchange 'x' in vhost '/'"
    )


@pytest.mark.parametrize(
    ("kind", "options", "difference"),
    [
        ("fanout", {}, "'type' for E: received 'fanout' but current is 'direct'"),
        ("direct", {"durable": True}, "'durable' for E: received 'true' but current is 'false'"),
        (
            "direct",
            {"auto_delete": True},
            "'auto_delete' for E: received 'true' but current is 'false'",
        ),
        ("direct", {"internal": True}, "'internal' for E: received 'true' but current is 'false'"),
        (
            "direct",
            {"arguments": {"alternate-exchange": "a"}},
            "'alternate-exchange' for E: received the value 'a' of type 'S' but current is none",
        ),
    ],
)
def test_an_exchange_declared_again_otherwise_is_refused(kind, options, difference):
    with pytest.raises(PreconditionFailed) as refusal:
        check_same_exchange(exchange(), kind, ExchangeOptions(**options))
    spelt = difference.replace("E:", "exchange 'x' in vhost '/':").replace("'S'", "'longstr'")
    assert str(refusal.value) == f"inequivalent arg {spelt}"


def test_an_exchange_may_be_declared_again_alike():
    spare = {"alternate-exchange": "spare"}
    options = ExchangeOptions(durable=True, arguments={**spare, "more": 1})
    check_same_exchange(exchange(durable=True, arguments=spare), "direct", options)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "x-stream-max-segment-size-bytes",
            3_000_000_001,
            "Exceeded max value for x-stream-max-segment-size-bytes",
        ),
        ("x-stream-filter-size-bytes", 15, "Invalid value for  x-stream-filter-size-bytes"),
        ("x-stream-filter-size-bytes", 256, "Invalid value for  x-stream-filter-size-bytes"),
        ("x-stream-filter-size-bytes", 16, None),
        ("x-stream-max-segment-size-bytes", 3_000_000_000, None),
    ],
)
def test_a_streams_sizes_have_limits(name, value, said):
    options = QueueOptions(durable=True, arguments={"x-queue-type": "stream", name: value})
    if said is None:
        check_queue(QUEUE, options)
        return
    with pytest.raises(PreconditionFailed) as refused:
        check_queue(QUEUE, options)
    assert str(refused.value) == said
