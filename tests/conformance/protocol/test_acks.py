"""Settling: ack, nack, reject, recover; what comes back, where, and marked how."""

import pytest

from tests.conformance.protocol.script import (
    by,
    close_channel,
    consume,
    do,
    expect,
    get,
    open_channel,
    publish,
    queue,
    quiet,
    sync,
    tell,
)

again = open_channel(1)


def filled(count: int):
    return [queue(), *[publish("~q", str(number).encode()) for number in range(count)], sync()]


def held(count: int):
    """So many messages, all out for acknowledgement by basic.get, and none left."""
    return [*filled(count), *[get()] * count]


def ack(tag: int, channel: int = 1, **values: int):
    return tell("basic.ack", channel=channel, delivery_tag=tag, **values)


def nack(tag: int, **values: int):
    return tell("basic.nack", delivery_tag=tag, **values)


def reject(tag: int, **values: int):
    return tell("basic.reject", delivery_tag=tag, **values)


def recover(requeue: int = 1):
    return do("basic.recover", requeue=requeue)


rest = [sync(), queue(passive=1)]

ACK = {
    "one": [*held(1), ack(1), *rest],
    "unknown tag": [queue(), ack(5), sync()],
    "unknown tag, multiple": [queue(), ack(5, multiple=1), sync()],
    "tag beyond what was delivered, multiple": [*held(2), ack(3, multiple=1), sync()],
    "tag zero": [queue(), ack(0), sync()],
    "tag zero, multiple, nothing out": [queue(), ack(0, multiple=1), sync()],
    "tag zero, multiple": [*held(3), ack(0, multiple=1), recover(), *rest],
    "twice": [*held(1), ack(1), ack(1), sync()],
    "twice, multiple": [*held(2), ack(2, multiple=1), ack(2, multiple=1), sync()],
    "out of order": [*held(3), ack(2), ack(1), ack(3), *rest],
    "multiple after single": [*held(3), ack(2), ack(3, multiple=1), *rest],
    "multiple to one already gone": [*held(3), ack(2), ack(2, multiple=1), sync()],
    "multiple to one already gone, older ones out": [
        *held(3),
        ack(1),
        ack(1, multiple=1),
        sync(),
    ],
    "multiple leaves the later ones": [*held(3), ack(2, multiple=1), recover(), *rest],
    "of another channel": [*held(1), open_channel(2), ack(1, channel=2), sync(2)],
    "multiple stays on its channel": [
        *filled(2),
        open_channel(2),
        get(),
        do("basic.get", channel=2, queue="~q"),
        ack(0, multiple=1),
        sync(),
        recover(),
        do("basic.recover", channel=2, requeue=1),
        queue(passive=1),
    ],
    "of a no-ack delivery": [*filled(1), get(no_ack=1), ack(1), sync()],
    "no-ack deliveries use up tags": [*filled(2), get(no_ack=1), get(), ack(2), *rest],
    "after the channel was reopened": [
        *held(1),
        close_channel(),
        again,
        ack(1),
        sync(),
    ],
    "frees no other queue": [
        queue("~a"),
        queue("~b"),
        publish("~a"),
        publish("~b"),
        sync(),
        get("~a"),
        get("~b"),
        ack(2),
        sync(),
        recover(),
        queue("~a", passive=1),
        queue("~b", passive=1),
    ],
}

NACK = {
    "dropped": [*held(1), nack(1), *rest],
    "requeued": [*held(1), nack(1, requeue=1), *rest, get()],
    "unknown tag": [queue(), nack(5), sync()],
    "unknown tag, multiple": [queue(), nack(5, multiple=1), sync()],
    "tag zero, multiple, nothing out": [queue(), nack(0, multiple=1), sync()],
    "tag zero, multiple, requeued": [
        *held(3),
        nack(0, multiple=1, requeue=1),
        sync(),
        get(),
        get(),
        get(),
    ],
    "multiple": [*held(3), nack(2, multiple=1), *rest, recover(), *rest],
    "twice": [*held(1), nack(1, requeue=1), nack(1, requeue=1), sync()],
    "reject drops": [*held(1), reject(1), *rest],
    "reject requeues": [*held(1), reject(1, requeue=1), *rest, get()],
    "reject unknown tag": [queue(), reject(5), sync()],
    "reject tag zero": [*held(1), reject(0), sync()],
    "nack tag zero": [*held(1), nack(0), sync()],
}

PLACE = {
    "a requeued message goes back to its place": [
        *filled(3),
        get(),
        reject(1, requeue=1),
        sync(),
        get(),
        get(),
        get(),
    ],
    "the second goes back before the third": [
        *filled(4),
        get(),
        get(),
        reject(2, requeue=1),
        sync(),
        get(),
        get(),
        reject(1, requeue=1),
        sync(),
        get(),
    ],
    "all of them, backwards": [
        *held(3),
        reject(3, requeue=1),
        reject(2, requeue=1),
        reject(1, requeue=1),
        sync(),
        get(),
        get(),
        get(),
    ],
    "all of them, mixed": [
        *held(4),
        reject(2, requeue=1),
        reject(4, requeue=1),
        reject(1, requeue=1),
        reject(3, requeue=1),
        sync(),
        *[get()] * 4,
    ],
    "a newer message stays behind": [
        *filled(1),
        get(),
        publish("~q", b"new"),
        sync(),
        reject(1, requeue=1),
        sync(),
        get(),
        get(),
    ],
    "the channel closes": [
        *filled(3),
        open_channel(2),
        do("basic.get", channel=2, queue="~q"),
        get(),
        close_channel(2),
        get(),
        get(),
    ],
    "requeued to the only consumer": [
        *filled(2),
        consume(),
        expect(2),
        reject(1, requeue=1),
        expect(),
        nack(2, requeue=1),
        expect(),
    ],
    "requeued to the next consumer in turn": [
        queue(),
        consume(tag="a"),
        consume(tag="b"),
        publish("~q"),
        expect(),
        reject(1, requeue=1),
        expect(),
        reject(2, requeue=1),
        expect(),
    ],
    "requeued to another connection": [
        queue(),
        do("basic.qos", prefetch_count=1),
        consume(),
        publish("~q"),
        expect(),
        by("other", consume()),
        do("basic.cancel", consumer_tag="t"),
        reject(1, requeue=1),
        by("other", expect()),
    ],
    "redelivered stays true": [
        *filled(1),
        get(),
        reject(1, requeue=1),
        sync(),
        get(),
        reject(2, requeue=1),
        sync(),
        get(),
    ],
    "redelivered only for those that were out": [
        *filled(2),
        get(),
        reject(1, requeue=1),
        sync(),
        get(),
        get(),
    ],
}

RECOVER = {
    "nothing out": [queue(), recover()],
    "requeue": [*held(2), recover(), get(), get()],
    "without requeue": [*held(1), recover(0)],
    "without requeue, nothing out": [queue(), recover(0)],
    "async": [*held(2), tell("basic.recover-async", requeue=1), sync(), get(), get()],
    "async without requeue": [*held(1), tell("basic.recover-async", requeue=0), sync()],
    "to its own consumer": [*filled(2), consume(), expect(2), recover(), expect(2)],
    "to several consumers": [
        queue(),
        consume(tag="a"),
        consume(tag="b"),
        *[step for each in (b"0", b"1") for step in (publish("~q", each), expect())],
        recover(),
        expect(2),
    ],
    "what it held is acknowledged no more": [*held(1), recover(), ack(1), sync()],
    "several queues": [
        queue("~a"),
        queue("~b"),
        publish("~a"),
        publish("~b"),
        sync(),
        get("~a"),
        get("~b"),
        recover(),
        get("~b"),
        get("~a"),
    ],
    "with a prefetch": [
        *filled(3),
        do("basic.qos", prefetch_count=1),
        consume(),
        expect(),
        recover(),
        expect(),
        quiet(0.1),
    ],
}

SCRIPTS = {
    f"{topic}: {name}": script
    for topic, table in [
        ("ack", ACK),
        ("nack", NACK),
        ("place", PLACE),
        ("recover", RECOVER),
    ]
    for name, script in table.items()
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)
