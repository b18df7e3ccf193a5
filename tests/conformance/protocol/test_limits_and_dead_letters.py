"""Queues that are full, messages that die, and messages that come back once too often."""

import pytest

from tests.conformance.protocol.script import (
    Step,
    bind,
    confirms,
    consume,
    do,
    exchange,
    expect,
    get,
    open_channel,
    publish,
    queue,
    quiet,
    sync,
    tell,
)
from tests.conformance.protocol.wire import Typed

wait = quiet
# RabbitMQ's queues hand dead letters over in their own time.
pause = quiet(0.15)
confirming = do("confirm.select")


def ruled(name: str = "~q", **arguments: object) -> Step:
    """A queue with x- arguments."""
    table = {f"x-{key.replace('_', '-')}": value for key, value in arguments.items()}
    return queue(name, arguments=table)


def quorum(name: str = "~q", **arguments: object) -> Step:
    table = {f"x-{key.replace('_', '-')}": value for key, value in arguments.items()}
    return queue(name, durable=1, arguments={"x-queue-type": "quorum", **table})


def dying(**arguments: object) -> list[Step]:
    """A queue whose dead go to another."""
    to_dead = {"dead_letter_exchange": "", "dead_letter_routing_key": "~dead"}
    return [queue("~dead"), ruled(**to_dead, **arguments)]


def bodies(*all_bodies: bytes, **properties: object) -> list[Step]:
    return [publish("~q", body, **properties) for body in all_bodies]


def rejected(tag: int, *, multiple: int = 0) -> Step:
    return tell("basic.nack", delivery_tag=tag, multiple=multiple, requeue=0)


def returned(tag: int) -> Step:
    return tell("basic.reject", delivery_tag=tag, requeue=1)


def count(name: str = "~q") -> Step:
    return queue(name, passive=1)


FULL = {
    "the oldest goes": [
        ruled(max_length=2),
        *bodies(b"a", b"b", b"c"),
        sync(),
        pause,
        get(),
        get(),
        get(),
    ],
    "by octets": [
        ruled(max_length_bytes=5),
        *bodies(b"123", b"45", b"6"),
        sync(),
        pause,
        get(),
        get(),
        get(),
    ],
    "one that is too large": [
        ruled(max_length_bytes=5),
        *bodies(b"a", b"too large"),
        sync(),
        pause,
        get(),
    ],
    "both limits": [
        ruled(max_length=2, max_length_bytes=4),
        *bodies(b"a", b"b", b"c", b"1234"),
        sync(),
        pause,
        get(),
        get(),
    ],
    "nothing may wait": [ruled(max_length=0), *bodies(b"a"), sync(), pause, get()],
    "nothing may wait, but somebody takes it": [
        ruled(max_length=0),
        consume(no_ack=1),
        *bodies(b"a", b"b"),
        expect(2),
    ],
    "what is out does not count": [
        ruled(max_length=1),
        *bodies(b"a"),
        sync(),
        get(),
        *bodies(b"b"),
        sync(),
        pause,
        get(),
    ],
    "what comes back counts": [
        ruled(max_length=1),
        *bodies(b"a"),
        sync(),
        get(),
        *bodies(b"b"),
        sync(),
        returned(1),
        sync(),
        pause,
        get(),
        get(),
    ],
    "the highest priority goes first": [
        ruled(max_length=2, max_priority=5),
        publish("~q", b"high", priority=5),
        publish("~q", b"low", priority=1),
        publish("~q", b"new", priority=1),
        sync(),
        pause,
        get(),
        get(),
    ],
    "the newest is refused": [
        ruled(max_length=1, overflow="reject-publish"),
        *bodies(b"a", b"b"),
        sync(),
        pause,
        get(),
        get(),
    ],
    "refused and told so": [
        ruled(max_length=1, overflow="reject-publish"),
        confirming,
        *bodies(b"a"),
        confirms(1),
        *bodies(b"b"),
        confirms(1),
        get(),
        *bodies(b"c"),
        confirms(1),
        get(),
    ],
    "refused by one of two": [
        ruled(max_length=0, overflow="reject-publish"),
        queue("~other"),
        exchange("~fan", "fanout"),
        bind("~q", "~fan"),
        bind("~other", "~fan"),
        confirming,
        publish("", b"a", exchange="~fan"),
        confirms(1),
        pause,
        get(),
        get("~other"),
    ],
    "refused by octets": [
        ruled(max_length_bytes=3, overflow="reject-publish"),
        confirming,
        *bodies(b"123"),
        confirms(1),
        *bodies(b"4"),
        confirms(1),
        *bodies(b""),
        confirms(1),
    ],
    "refused though somebody waits": [
        ruled(max_length=0, overflow="reject-publish"),
        consume(),
        confirming,
        *bodies(b"a"),
        confirms(1),
        wait(),
    ],
    "refused and mandatory": [
        ruled(max_length=0, overflow="reject-publish"),
        confirming,
        publish("~q", mandatory=1),
        confirms(1),
        wait(),
    ],
    "refused on its way to the dead": [
        *dying(max_length=1, overflow="reject-publish-dlx"),
        confirming,
        *bodies(b"a"),
        confirms(1),
        *bodies(b"b"),
        confirms(1),
        pause,
        get(),
        get("~dead"),
    ],
    "a transaction does not hear of it": [
        ruled(max_length=0, overflow="reject-publish"),
        do("tx.select"),
        *bodies(b"a"),
        do("tx.commit"),
        wait(),
        get(),
    ],
    "room again after a purge": [
        ruled(max_length=1, overflow="reject-publish"),
        confirming,
        *bodies(b"a"),
        confirms(1),
        do("queue.purge", queue="~q"),
        *bodies(b"b"),
        confirms(1),
    ],
}

DEAD = {
    "rejected": [
        *dying(),
        *bodies(b"a"),
        sync(),
        get(),
        rejected(1),
        sync(),
        pause,
        get("~dead"),
        get(),
    ],
    "basic.reject": [
        *dying(),
        *bodies(b"a"),
        sync(),
        get(),
        tell("basic.reject", delivery_tag=1, requeue=0),
        sync(),
        pause,
        get("~dead"),
    ],
    "several rejected": [
        *dying(),
        *bodies(b"a", b"b", b"c"),
        sync(),
        get(),
        get(),
        get(),
        rejected(3, multiple=1),
        sync(),
        pause,
        get("~dead"),
        get("~dead"),
        get("~dead"),
    ],
    "expired": [*dying(message_ttl=50), *bodies(b"a"), sync(), wait(0.3), get("~dead")],
    "expired by its own time": [
        *dying(),
        *bodies(b"a", expiration="50"),
        sync(),
        wait(0.3),
        get("~dead"),
        wait(0.2),
        get("~dead"),
    ],
    "expired at once": [*dying(message_ttl=0), *bodies(b"a"), sync(), pause, get("~dead")],
    "pushed out": [*dying(max_length=1), *bodies(b"a", b"b"), sync(), pause, get("~dead"), get()],
    "with properties": [
        *dying(max_length=0),
        publish(
            "~q",
            b"a",
            headers={"z": 1, "a": [1, {"b": 2}]},
            message_id="7",
            delivery_mode=2,
            priority=3,
            timestamp=5,
            reply_to="somebody",
        ),
        sync(),
        pause,
        get("~dead"),
    ],
    "with its own key": [
        ruled(dead_letter_exchange="~dlx", max_length=0),
        exchange("~dlx", "direct"),
        queue("~dead"),
        bind("~dead", "~dlx", "~q"),
        *bodies(b"a"),
        sync(),
        pause,
        get("~dead"),
    ],
    "copies follow": [
        ruled(dead_letter_exchange="~dlx", max_length=0),
        exchange("~dlx", "direct"),
        queue("~dead"),
        bind("~dead", "~dlx", "copy"),
        publish("~q", b"a", headers={"CC": ["copy", "other"]}),
        sync(),
        pause,
        get("~dead"),
    ],
    "copies end with another key": [
        *dying(max_length=0),
        publish("~q", b"a", headers={"CC": ["copy"], "BCC": ["blind"]}),
        sync(),
        pause,
        get("~dead"),
    ],
    "no such exchange": [
        ruled(dead_letter_exchange="~missing", max_length=0),
        *bodies(b"a"),
        sync(),
        pause,
        get(),
    ],
    "nowhere to go": [
        ruled(dead_letter_exchange="~dlx", max_length=0),
        exchange("~dlx", "direct"),
        *bodies(b"a"),
        sync(),
        pause,
        get(),
    ],
    "an exchange made later": [
        ruled(dead_letter_exchange="~dlx", max_length=0),
        exchange("~dlx", "fanout"),
        queue("~dead"),
        bind("~dead", "~dlx"),
        *bodies(b"a"),
        sync(),
        pause,
        get("~dead"),
    ],
    "an internal exchange": [
        exchange("~dlx", "fanout", internal=1),
        ruled(dead_letter_exchange="~dlx", max_length=0),
        queue("~dead"),
        bind("~dead", "~dlx"),
        *bodies(b"a"),
        sync(),
        pause,
        get("~dead"),
    ],
    "twice in two queues": [
        *dying(message_ttl=30),
        ruled("~first", dead_letter_exchange="", dead_letter_routing_key="~q", message_ttl=30),
        publish("~first", b"a", headers={"z": 1}),
        sync(),
        wait(0.4),
        get("~dead"),
    ],
    "again in the same queue": [
        *dying(),
        *bodies(b"a"),
        sync(),
        get(),
        rejected(1),
        sync(),
        pause,
        publish(
            "~q",
            b"b",
            headers={"x-death": [{"count": Typed("l", 1), "reason": "rejected", "queue": "~q"}]},
        ),
        sync(),
        get(),
        rejected(2),
        sync(),
        pause,
        get("~dead"),
        get("~dead"),
    ],
    "a death of another cause comes to the front": [
        *dying(max_length=0),
        publish(
            "~q",
            b"b",
            headers={
                "x-death": [
                    {"reason": "rejected", "queue": "~q", "count": Typed("l", 3)},
                    {"reason": "maxlen", "queue": "~other", "count": Typed("l", 3)},
                ]
            },
        ),
        sync(),
        pause,
        get("~dead"),
    ],
    "four queues in turn": [
        *dying(message_ttl=20),
        ruled("~c", dead_letter_exchange="", dead_letter_routing_key="~q", message_ttl=20),
        ruled("~b", dead_letter_exchange="", dead_letter_routing_key="~c", message_ttl=20),
        ruled("~a", dead_letter_exchange="", dead_letter_routing_key="~b", message_ttl=20),
        publish("~a", b"a"),
        sync(),
        wait(0.5),
        get("~dead"),
    ],
    "an x-death that is none": [
        *dying(max_length=0),
        publish("~q", b"b", headers={"x-death": "junk", "y": 1}),
        sync(),
        pause,
        get("~dead"),
    ],
    "an x-death without a count": [
        *dying(max_length=0),
        publish("~q", b"b", headers={"x-death": [{"reason": "maxlen", "queue": "~q"}]}),
        sync(),
        pause,
        get("~dead"),
    ],
    "a circle ends": [
        ruled(dead_letter_exchange="", dead_letter_routing_key="~back", message_ttl=30),
        ruled("~back", dead_letter_exchange="", dead_letter_routing_key="~q", message_ttl=30),
        *bodies(b"a"),
        sync(),
        wait(0.4),
        get(),
        get("~back"),
    ],
    "a circle of one ends": [
        ruled(dead_letter_exchange="", dead_letter_routing_key="~q", message_ttl=30),
        *bodies(b"a"),
        sync(),
        wait(0.3),
        get(),
    ],
    "a rejection keeps the circle alive": [
        ruled(dead_letter_exchange="", dead_letter_routing_key="~back"),
        ruled("~back", dead_letter_exchange="", dead_letter_routing_key="~q", message_ttl=30),
        *bodies(b"a"),
        sync(),
        get(),
        rejected(1),
        sync(),
        wait(0.3),
        get(),
        rejected(2),
        sync(),
        wait(0.3),
        get(),
    ],
    "rejected to itself": [
        ruled(dead_letter_exchange="", dead_letter_routing_key="~q"),
        *bodies(b"a"),
        sync(),
        get(),
        rejected(1),
        sync(),
        pause,
        get(),
    ],
    "cancelled and closed gives back": [
        *dying(),
        *bodies(b"a"),
        sync(),
        open_channel(2),
        do("basic.get", channel=2, queue="~q"),
        do("channel.close", channel=2, reply_code=200),
        pause,
        get(),
        get("~dead"),
    ],
    "a purge buries nobody": [
        *dying(),
        *bodies(b"a"),
        sync(),
        do("queue.purge", queue="~q"),
        pause,
        get("~dead"),
    ],
    "a deletion buries nobody": [
        *dying(),
        *bodies(b"a"),
        sync(),
        do("queue.delete", queue="~q"),
        pause,
        get("~dead"),
    ],
    "in a transaction": [
        *dying(),
        do("tx.select"),
        *bodies(b"a"),
        do("tx.commit"),
        get(),
        rejected(1),
        sync(),
        pause,
        get("~dead"),
        do("tx.commit"),
        pause,
        get("~dead"),
    ],
    "to a full queue": [
        queue("~dead", arguments={"x-max-length": 1, "x-overflow": "reject-publish"}),
        ruled(dead_letter_exchange="", dead_letter_routing_key="~dead", max_length=0),
        *bodies(b"a", b"b"),
        sync(),
        pause,
        get("~dead"),
        get("~dead"),
    ],
    "to an alternate exchange": [
        exchange("~spare", "fanout"),
        queue("~dead"),
        bind("~dead", "~spare"),
        exchange("~dlx", "direct", arguments={"alternate-exchange": "~spare"}),
        ruled(dead_letter_exchange="~dlx", max_length=0),
        *bodies(b"a"),
        sync(),
        pause,
        get("~dead"),
    ],
}

QUORUM = {
    "comes back and counts": [
        quorum(),
        *bodies(b"a", headers={"z": 1}),
        sync(),
        pause,
        get(),
        returned(1),
        sync(),
        pause,
        get(),
    ],
    "once too often": [
        queue("~dead"),
        quorum(delivery_limit=1, dead_letter_exchange="", dead_letter_routing_key="~dead"),
        *bodies(b"a"),
        sync(),
        pause,
        get(),
        returned(1),
        sync(),
        pause,
        get(),
        returned(2),
        sync(),
        pause,
        get(),
        get("~dead"),
    ],
    "no limit of 0": [
        quorum(delivery_limit=0),
        *bodies(b"a"),
        sync(),
        pause,
        get(),
        returned(1),
        sync(),
        pause,
        get(),
    ],
    "a consumer sees the count": [
        quorum(),
        consume(),
        *bodies(b"a"),
        expect(),
        returned(1),
        expect(),
    ],
    "no limit for the channel": [quorum(), do("basic.qos", prefetch_count=5, global_=1), consume()],
    "a limit for the channel later": [
        quorum(),
        consume(),
        do("basic.qos", prefetch_count=5, global_=1),
    ],
    "not deleted if unused": [quorum(), do("queue.delete", queue="~q", if_unused=1)],
    "not deleted if empty": [quorum(), do("queue.delete", queue="~q", if_empty=1)],
    "deleted": [quorum(), *bodies(b"a"), sync(), pause, do("queue.delete", queue="~q")],
    "not exclusive": [queue(durable=1, exclusive=1, arguments={"x-queue-type": "quorum"})],
    "not auto-delete": [queue(durable=1, auto_delete=1, arguments={"x-queue-type": "quorum"})],
    "not transient": [queue(arguments={"x-queue-type": "quorum"})],
    "not without a name": [queue("", durable=1, arguments={"x-queue-type": "quorum"})],
    "again as a classic one": [quorum(), queue(durable=1)],
    "again with another limit": [quorum(delivery_limit=1), quorum(delivery_limit=2)],
    "no priorities": [quorum(max_priority=5)],
    "no modes": [quorum(queue_mode="lazy")],
    "purged": [quorum(), *bodies(b"a", b"b"), sync(), pause, do("queue.purge", queue="~q"), get()],
    "expired": [
        queue("~dead"),
        quorum(message_ttl=50, dead_letter_exchange="", dead_letter_routing_key="~dead"),
        *bodies(b"a"),
        sync(),
        wait(0.5),
        get("~dead"),
    ],
    "rejected": [
        queue("~dead"),
        quorum(dead_letter_exchange="", dead_letter_routing_key="~dead"),
        *bodies(b"a"),
        sync(),
        pause,
        get(),
        rejected(1),
        sync(),
        pause,
        get("~dead"),
    ],
    "mandatory and confirmed": [quorum(), confirming, publish("~q", mandatory=1), confirms(1)],
    "leader locator": [quorum(queue_leader_locator="nowhere")],
    "strategy": [quorum(dead_letter_strategy="sometimes")],
    "group size": [quorum(quorum_initial_group_size=0)],
}

SCRIPTS = {
    f"{topic}: {name}": script
    for topic, table in [("full", FULL), ("dead", DEAD), ("quorum", QUORUM)]
    for name, script in table.items()
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)
