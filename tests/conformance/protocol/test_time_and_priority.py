"""Messages that age, queues that age, and messages that overtake."""

import pytest

from tests.conformance.protocol.script import (
    Step,
    by,
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
wait = quiet


def ageing(milliseconds: int, **values: int) -> Step:
    return queue(arguments={"x-message-ttl": milliseconds}, **values)


def leaving(milliseconds: int, **values: int) -> Step:
    return queue(arguments={"x-expires": milliseconds}, **values)


def ranked(highest: int) -> Step:
    return queue(arguments={"x-max-priority": highest})


def publishes(*priorities: int | None) -> list[Step]:
    return [
        publish(
            "~q",
            f"{place}:{priority}".encode(),
            **({} if priority is None else {"priority": priority}),
        )
        for place, priority in enumerate(priorities)
    ]


MESSAGE = {
    "the queue's time": [ageing(100), publish("~q"), sync(), wait(0.3), get()],
    "not yet": [ageing(60000), publish("~q"), sync(), wait(0.1), get()],
    "the message's time": [queue(), publish("~q", expiration="100"), sync(), wait(0.3), get()],
    "the shorter is the queue's": [
        ageing(100),
        publish("~q", expiration="60000"),
        sync(),
        wait(0.3),
        get(),
    ],
    "the shorter is the message's": [
        ageing(60000),
        publish("~q", expiration="100"),
        sync(),
        wait(0.3),
        get(),
    ],
    "zero, no consumer": [queue(), publish("~q", expiration="0"), sync(), get()],
    "zero, a consumer": [queue(), consume(), publish("~q", expiration="0"), expect()],
    "zero, a full consumer": [
        queue(),
        do("basic.qos", prefetch_count=1),
        consume(),
        publish("~q", b"0", expiration="0"),
        expect(),
        publish("~q", b"1", expiration="0"),
        sync(),
        tell("basic.ack", delivery_tag=1),
        quiet(0.1),
        queue(passive=1),
    ],
    "zero for the queue, no consumer": [ageing(0), publish("~q"), sync(), get()],
    "zero for the queue, a consumer": [ageing(0), consume(), publish("~q"), expect()],
    "counted down": [
        ageing(100),
        publish("~q"),
        publish("~q"),
        sync(),
        wait(0.3),
        queue(passive=1),
    ],
    "a short one behind a long one waits its turn": [
        queue(),
        publish("~q", b"long", expiration="60000"),
        publish("~q", b"short", expiration="100"),
        sync(),
        wait(0.3),
        queue(passive=1),
        get(),
        get(),
    ],
    "what is out does not age": [
        ageing(100),
        publish("~q"),
        sync(),
        get(),
        wait(0.3),
        tell("basic.ack", delivery_tag=1),
        sync(),
    ],
    "what comes back has aged": [
        ageing(100),
        publish("~q"),
        sync(),
        get(),
        wait(0.3),
        tell("basic.reject", delivery_tag=1, requeue=1),
        wait(0.1),
        get(),
    ],
    "the expiration comes through": [
        queue(),
        publish("~q", expiration="60000"),
        sync(),
        get(),
    ],
    "mandatory and expired at once is not returned": [
        queue(),
        publish("~q", mandatory=1, expiration="0"),
        sync(),
    ],
}

QUEUE = {
    "goes when unused": [leaving(100), wait(0.4), queue(passive=1)],
    "goes although not empty": [
        leaving(100),
        publish("~q"),
        sync(),
        wait(0.4),
        queue(passive=1),
    ],
    "stays while consumed": [leaving(100), consume(), wait(0.4), queue(passive=1)],
    "goes after the last consumer": [
        leaving(200),
        consume(),
        wait(0.4),
        do("basic.cancel", consumer_tag="t"),
        queue(passive=1),
        wait(0.5),
        queue(passive=1),
    ],
    "a get renews": [
        leaving(500),
        *[step for _ in range(4) for step in (wait(0.2), get())],
        queue(passive=1),
    ],
    "a declare renews": [
        leaving(500),
        *[step for _ in range(4) for step in (wait(0.2), leaving(500))],
        queue(passive=1),
    ],
    "a passive declare renews": [
        leaving(500),
        *[step for _ in range(4) for step in (wait(0.2), queue(passive=1))],
    ],
    "a publish does not renew": [
        leaving(500),
        *[step for _ in range(4) for step in (wait(0.2), publish("~q"))],
        queue(passive=1),
    ],
    "a consumer elsewhere keeps it": [
        leaving(100),
        by("other", consume()),
        wait(0.4),
        queue(passive=1),
    ],
}

PRIORITY = {
    "higher first": [ranked(10), *publishes(1, 5, 9, 3), sync(), *[get()] * 4],
    "equal in order": [ranked(10), *publishes(5, 5, 5), sync(), *[get()] * 3],
    "none is zero": [ranked(10), *publishes(None, 0, 1), sync(), *[get()] * 3],
    "above the highest counts as the highest": [
        ranked(5),
        *publishes(5, 200, 4, 6),
        sync(),
        *[get()] * 4,
    ],
    "without x-max-priority it does not count": [queue(), *publishes(1, 9), sync(), *[get()] * 2],
    "requeued to its priority and place": [
        ranked(10),
        *publishes(5, 5, 1),
        sync(),
        get(),
        tell("basic.reject", delivery_tag=1, requeue=1),
        sync(),
        *[get()] * 3,
    ],
    "consumed in order of priority": [
        ranked(10),
        *publishes(1, 5, 9, 3),
        sync(),
        consume(),
        expect(4),
    ],
    "purged of all": [ranked(10), *publishes(1, 5), do("queue.purge", queue="~q")],
    "counted together": [ranked(10), *publishes(1, 5), sync(), queue(passive=1)],
    "one level": [ranked(1), *publishes(0, 1, 0, 1), sync(), *[get()] * 4],
    "zero levels": [ranked(0), *publishes(0, 1), sync(), *[get()] * 2],
    "255 levels": [ranked(255), *publishes(254, 255), sync(), *[get()] * 2],
    "ageing in each level": [
        queue(arguments={"x-max-priority": 5}),
        publish("~q", b"low", priority=1, expiration="100"),
        publish("~q", b"high", priority=5, expiration="60000"),
        sync(),
        wait(0.3),
        get(),
        get(),
    ],
}

SCRIPTS = {
    f"{topic}: {name}": script
    for topic, table in [("message", MESSAGE), ("queue", QUEUE), ("priority", PRIORITY)]
    for name, script in table.items()
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)
