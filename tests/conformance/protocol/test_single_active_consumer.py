"""Single active consumer: one gets everything, and the next takes over when it goes."""

import pytest

from tests.conformance.protocol.script import (
    by,
    close_channel,
    consume,
    do,
    get,
    hang_up,
    open_channel,
    publish,
    queue,
    quiet,
    run,
    sync,
    tell,
)

ARGUMENT = {"x-single-active-consumer": True}
HIGH, LOW = {"x-priority": 5}, {"x-priority": -5}


def single(name: str = "~q", **more: object):
    return queue(name, arguments=ARGUMENT | more)


def publishes(*bodies: bytes):
    return [*[publish("~q", body) for body in bodies], sync()]


def three(**of_the_third: object):
    """Consumers on three connections, of which the third may be special."""
    return [
        single(),
        consume(tag="one"),
        by("second", consume(tag="two")),
        by("third", consume(tag="three", **of_the_third)),
    ]


def all_quiet(*connections: str):
    return [quiet(), *[by(name, quiet()) for name in connections]]


TAKING_OVER = {
    "all to the first": [*three(), *publishes(b"1", b"2", b"3"), *all_quiet("second", "third")],
    "after a cancel": [
        *three(),
        do("basic.cancel", consumer_tag="one"),
        *publishes(b"1", b"2"),
        *all_quiet("second", "third"),
    ],
    "after the channel": [
        *three(),
        *publishes(b"1", b"2"),
        quiet(),
        close_channel(),
        *all_quiet("second", "third"),
    ],
    "after the connection": [
        single(),
        by("holder", consume(tag="one")),
        consume(tag="two"),
        by("third", consume(tag="three")),
        by("holder", publish("~q", b"1")),
        by("holder", publish("~q", b"2")),
        by("holder", quiet()),
        by("holder", hang_up()),
        quiet(0.4),
        by("third", quiet()),
    ],
    "twice": [
        *three(),
        do("basic.cancel", consumer_tag="one"),
        *publishes(b"1"),
        by("second", quiet()),
        by("second", close_channel()),
        by("third", quiet()),
    ],
    "one that waits leaves": [
        *three(),
        by("second", do("basic.cancel", consumer_tag="two")),
        *publishes(b"1"),
        do("basic.cancel", consumer_tag="one"),
        *publishes(b"2"),
        *all_quiet("third"),
    ],
    "on the same channel": [
        single(),
        consume(tag="one"),
        consume(tag="two"),
        *publishes(b"1"),
        do("basic.cancel", consumer_tag="one"),
        *publishes(b"2"),
        quiet(),
    ],
    "what it held comes back in order": [
        single(),
        do("basic.qos", prefetch_count=3),
        *publishes(b"1", b"2", b"3", b"4", b"5"),
        open_channel(2),
        do("basic.qos", channel=2, prefetch_count=3),
        do("basic.consume", channel=2, queue="~q", consumer_tag="one"),
        quiet(),
        by("second", consume(tag="two")),
        close_channel(2),
        by("second", quiet()),
    ],
    "what it held stays out after a cancel": [
        *three(),
        *publishes(b"1", b"2"),
        quiet(),
        do("basic.cancel", consumer_tag="one"),
        *publishes(b"3"),
        *all_quiet("second"),
        tell("basic.reject", delivery_tag=1, requeue=1),
        by("second", quiet()),
    ],
    "the queue is deleted": [*three(), do("queue.delete", queue="~q"), *all_quiet("second")],
}

FULL = {
    "the others wait": [
        single(),
        do("basic.qos", prefetch_count=1),
        consume(tag="one"),
        by("second", consume(tag="two")),
        *publishes(b"1", b"2"),
        *all_quiet("second"),
        tell("basic.ack", delivery_tag=1),
        *all_quiet("second"),
    ],
    "by the channel's limit": [
        single(),
        do("basic.qos", prefetch_count=1, global_=1),
        consume(tag="one"),
        by("second", consume(tag="two")),
        *publishes(b"1", b"2"),
        *all_quiet("second"),
        tell("basic.ack", delivery_tag=1),
        *all_quiet("second"),
    ],
}

PRIORITY = {
    "a higher one waits": [*three(arguments=HIGH), *publishes(b"1"), *all_quiet("third")],
    "a higher one is next": [
        *three(arguments=HIGH),
        do("basic.cancel", consumer_tag="one"),
        *publishes(b"1"),
        *all_quiet("second", "third"),
    ],
    "a lower one comes last": [
        single(),
        consume(tag="one"),
        by("second", consume(tag="two", arguments=LOW)),
        by("third", consume(tag="three")),
        do("basic.cancel", consumer_tag="one"),
        *publishes(b"1"),
        *all_quiet("second", "third"),
    ],
}

BESIDE = {
    "exclusive alone": [single(), consume(exclusive=1)],
    "exclusive beside another": [
        single(),
        consume(tag="one"),
        by("second", consume(tag="two", exclusive=1)),
    ],
    "a get takes what waits": [single(), *publishes(b"1"), get(), consume(), quiet()],
    "without acknowledgement": [
        single(),
        consume(tag="one", no_ack=1),
        by("second", consume(tag="two", no_ack=1)),
        *publishes(b"1", b"2"),
        *all_quiet("second"),
    ],
    "with priorities of messages": [
        single(**{"x-max-priority": 5}),
        publish("~q", b"low", priority=1),
        publish("~q", b"high", priority=5),
        sync(),
        consume(tag="one"),
        by("second", consume(tag="two")),
        *all_quiet("second"),
    ],
    "declared again without": [single(), queue()],
    "declared again": [single(), single()],
}

SCRIPTS = {
    f"{topic}: {name}": script
    for topic, table in [
        ("taking over", TAKING_OVER),
        ("full", FULL),
        ("priority", PRIORITY),
        ("beside", BESIDE),
    ]
    for name, script in table.items()
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)


def test_after_a_cancel_the_next_gets_what_waits_at_once(leveret):
    """RabbitMQ 3.10.8 leaves it waiting until something else happens in the queue."""
    waiting = [
        single(),
        do("basic.qos", prefetch_count=1),
        consume(tag="one"),
        by("second", consume(tag="two")),
        *publishes(b"1", b"2"),
        quiet(),
        do("basic.cancel", consumer_tag="one"),
        by("second", quiet()),
    ]
    assert any(
        "second: 1 basic.deliver consumer_tag='two'" in each for each in run(waiting, leveret)
    )
