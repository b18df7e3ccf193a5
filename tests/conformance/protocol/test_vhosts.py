"""Vhosts that come and go while clients are there: limits, the default type of queues, the end."""

import pytest

from tests.conformance.protocol.governing import own_limits, own_vhost, remove_own_vhost
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
    read_to_end,
    sync,
)


def there(*steps: Step) -> list[Step]:
    """Steps on a connection in the script's own vhost."""
    return [by("elsewhere", step) for step in steps]


again = open_channel(1)

LIMITS = {
    "queues": [
        own_vhost(),
        own_limits(max_queues=2),
        *there(queue("~a"), queue("~b"), queue("~a"), queue("~c"), again),
        *there(queue("", exclusive=1), again, queue("~c", passive=1), again),
        *there(do("queue.delete", queue="~a"), queue("~c")),
    ],
    "no queues at all": [
        own_vhost(),
        *there(queue("~a")),
        own_limits(max_queues=0),
        *there(queue("~b"), again, queue("~a"), queue("~a", durable=1)),
    ],
    "the limit comes before the arguments": [
        own_vhost(),
        own_limits(max_queues=0),
        *there(queue("~a", arguments={"x-expires": -1})),
    ],
    "the limit is taken back": [
        own_vhost(),
        own_limits(max_queues=0),
        own_limits(max_queues=-1),
        *there(queue("~a")),
        own_limits(max_queues=0),
        own_limits(max_connections=5),
        *there(queue("~b")),
    ],
    "an exclusive queue counts": [
        own_vhost(),
        own_limits(max_queues=1),
        *there(queue("~a", exclusive=1), queue("~b")),
    ],
    "connections that are there stay": [
        own_vhost(),
        *there(queue("~a")),
        own_limits(max_connections=0),
        *there(queue("~b"), publish("~b"), sync(), get("~b")),
    ],
}

quorum = {"arguments": {"x-queue-type": "quorum"}}
classic = {"arguments": {"x-queue-type": "classic"}}

DEFAULT_TYPE = {
    "a durable queue": [
        own_vhost("quorum"),
        *there(queue("~q", durable=1), queue("~q", durable=1, **quorum)),
        *there(queue("~q", durable=1, **classic)),
    ],
    "a transient queue": [
        own_vhost("quorum"),
        *there(queue("~q"), queue("~q", **classic)),
    ],
    "an exclusive queue": [
        own_vhost("quorum"),
        *there(queue("~q", durable=1, exclusive=1)),
        *there(queue("~q", durable=1, exclusive=1, **classic)),
    ],
    "an auto-delete queue": [
        own_vhost("quorum"),
        *there(queue("~q", durable=1, auto_delete=1)),
        *there(queue("~q", durable=1, auto_delete=1, **classic)),
    ],
    "another type was asked": [
        own_vhost("quorum"),
        *there(queue("~q", durable=1, **classic), queue("~q", durable=1)),
    ],
    "a name by the server": [own_vhost("quorum"), *there(queue("", durable=1))],
    "an argument of another type": [
        own_vhost("quorum"),
        *there(queue("~q", durable=1, arguments={"x-max-priority": 3})),
    ],
    "classic": [
        own_vhost("classic"),
        *there(queue("~q", durable=1), queue("~q", durable=1, **classic)),
        *there(queue("~r"), queue("~r", **classic)),
    ],
}

THE_END = {
    "an idle connection": [
        own_vhost(),
        *there(queue("~q")),
        remove_own_vhost(),
        *there(read_to_end()),
    ],
    "a consumer": [
        own_vhost(),
        *there(queue("~q"), consume()),
        remove_own_vhost(),
        *there(expect(), read_to_end()),
    ],
    "two connections": [
        own_vhost(),
        *there(queue("~q")),
        by("elsewhere too", consume("~q")),
        remove_own_vhost(),
        *there(read_to_end()),
        by("elsewhere too", expect()),
        by("elsewhere too", read_to_end()),
    ],
    "others stay": [
        own_vhost(),
        queue(),
        *there(queue("~q")),
        remove_own_vhost(),
        *there(read_to_end()),
        queue(passive=1),
    ],
    "it comes again, empty": [
        own_vhost(),
        *there(queue("~q", durable=1), publish("~q", delivery_mode=2), sync()),
        remove_own_vhost(),
        *there(read_to_end()),
        own_vhost(),
        by("elsewhere again", queue("~q", passive=1)),
    ],
    "its limits go with it": [
        own_vhost(),
        own_limits(max_queues=0),
        remove_own_vhost(),
        own_vhost(),
        *there(queue("~q"), quiet(0.1)),
    ],
}

SCRIPTS = {
    f"{topic}: {name}": script
    for topic, table in [
        ("limits", LIMITS),
        ("default type", DEFAULT_TYPE),
        ("the end", THE_END),
    ]
    for name, script in table.items()
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)
