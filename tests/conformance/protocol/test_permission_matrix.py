"""Every operation times every permission, on both brokers.

A name says what its user may do with it: one with c in its letters may be configured, with w
written, with r read. An operation on two resources has 64 cases, one on a single resource eight.
What has no name to choose (the default exchange, generated queues, predeclared exchanges) is asked
by eight users, each of whom may do a thing to everything or to nothing.

All cases of a broker run on one channel after the other of a few connections.
"""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from leveret.broker.permissions import Permission
from tests.brokers import Endpoint
from tests.conformance.protocol.script import (
    Run,
    Step,
    by,
    do,
    get,
    publish,
    queue,
    sync,
)
from tests.conformance.protocol.script import exchange as declare_exchange
from tests.conformance.raw import Client

RIGHTS = ("", "c", "w", "r", "cw", "cr", "wr", "cwr")
GUEST = "guest"
BY_NAME = "matrix"
PREFIX = "m-"


def patterns(rights: str) -> Permission:
    """All or nothing."""
    return Permission(*(".*" if letter in rights else "^$" for letter in "cwr"))


USERS = {
    BY_NAME: Permission(*(f"^{PREFIX}[a-z0-9]*-[a-z]*{letter}" for letter in "cwr")),
    **{f"{BY_NAME}-{rights or 'none'}": patterns(rights) for rights in RIGHTS},
}


@dataclass(frozen=True, slots=True)
class Case:
    """What guest prepares, and what the user then does."""

    user: str
    act: list[Step]
    given: list[Step] = field(default_factory=list)


def qbind(queue_name: str, source: str, verb: str = "bind") -> Step:
    return do(f"queue.{verb}", queue=queue_name, exchange=source, routing_key="k")


def ebind(destination: str, source: str, verb: str = "bind") -> Step:
    return do(f"exchange.{verb}", destination=destination, source=source, routing_key="k")


def fanout(name: str, **values: Any) -> Step:
    return declare_exchange(name, "fanout", **values)


def filled(name: str) -> list[Step]:
    """A queue with a message: RabbitMQ has it there once the channel was told of its queue."""
    return [queue(name), publish(name), queue(name, passive=1)]


def consume(name: str) -> Step:
    return do("basic.consume", queue=name, consumer_tag="t")


def with_spare(name: str, spare: str) -> Step:
    return fanout(name, arguments={"alternate-exchange": spare})


def with_dead_letters(name: str, exchange: str) -> Step:
    return queue(name, arguments={"x-dead-letter-exchange": exchange})


# What is done to one resource: what has to be there, and the act.
Single = Callable[[str], tuple[list[Step], list[Step]]]
ONE: dict[str, Single] = {
    "declare queue": lambda q: ([], [queue(q)]),
    "declare queue there": lambda q: ([queue(q)], [queue(q)]),
    "declare queue otherwise": lambda q: ([queue(q)], [queue(q, auto_delete=1)]),
    "look for queue": lambda q: ([queue(q)], [queue(q, passive=1)]),
    "look for no queue": lambda q: ([], [queue(q, passive=1)]),
    "delete queue": lambda q: ([queue(q)], [do("queue.delete", queue=q)]),
    "delete no queue": lambda q: ([], [do("queue.delete", queue=q)]),
    "delete queue if empty": lambda q: (
        filled(q),
        [do("queue.delete", queue=q, if_empty=1)],
    ),
    "purge": lambda q: ([queue(q)], [do("queue.purge", queue=q)]),
    "purge nothing": lambda q: ([], [do("queue.purge", queue=q)]),
    "get": lambda q: (filled(q), [get(q)]),
    "get from nothing": lambda q: ([], [get(q)]),
    "consume": lambda q: ([queue(q)], [consume(q)]),
    "consume nothing": lambda q: ([], [consume(q)]),
    "consume and cancel": lambda q: (
        [queue(q)],
        [consume(q), do("basic.cancel", consumer_tag="t")],
    ),
    "bind queue to the default": lambda q: ([queue(q)], [qbind(q, "")]),
    "declare exchange": lambda x: ([], [fanout(x)]),
    "declare exchange there": lambda x: ([fanout(x)], [fanout(x)]),
    "declare exchange otherwise": lambda x: ([fanout(x)], [declare_exchange(x, "topic")]),
    "declare exchange of no type": lambda x: ([], [declare_exchange(x, "nonsense")]),
    "look for exchange": lambda x: ([fanout(x)], [fanout(x, passive=1)]),
    "look for no exchange": lambda x: ([], [fanout(x, passive=1)]),
    "delete exchange": lambda x: ([fanout(x)], [do("exchange.delete", exchange=x)]),
    "delete no exchange": lambda x: ([], [do("exchange.delete", exchange=x)]),
    "publish": lambda x: ([fanout(x)], [publish("k", exchange=x)]),
    "publish to nothing": lambda x: ([], [publish("k", exchange=x)]),
    "publish to internal": lambda x: ([fanout(x, internal=1)], [publish("k", exchange=x)]),
    "publish mandatory": lambda x: ([fanout(x)], [publish("k", exchange=x, mandatory=1)]),
    "publish with a bad property": lambda x: (
        [fanout(x)],
        [publish("k", exchange=x, expiration="soon")],
    ),
    "publish in a transaction": lambda x: (
        [fanout(x)],
        [do("tx.select"), publish("k", exchange=x), do("tx.commit")],
    ),
    "publish to a topic": lambda x: (
        [declare_exchange(x, "topic")],
        [publish("k", exchange=x)],
    ),
    "bind exchange to the default": lambda x: ([fanout(x)], [ebind(x, "")]),
    "bind the default to exchange": lambda x: ([fanout(x)], [ebind("", x)]),
}

# What is done with two.
Double = Callable[[str, str], tuple[list[Step], list[Step]]]
TWO: dict[str, Double] = {
    "bind queue": lambda q, x: ([queue(q), fanout(x)], [qbind(q, x)]),
    "bind no queue": lambda q, x: ([fanout(x)], [qbind(q, x)]),
    "bind queue to nothing": lambda q, x: ([queue(q)], [qbind(q, x)]),
    "unbind queue": lambda q, x: ([queue(q), fanout(x), qbind(q, x)], [qbind(q, x, "unbind")]),
    "unbind nothing": lambda q, x: ([], [qbind(q, x, "unbind")]),
    "bind exchange": lambda d, s: ([fanout(d), fanout(s)], [ebind(d, s)]),
    "bind no exchange": lambda d, s: ([], [ebind(d, s)]),
    "unbind exchange": lambda d, s: (
        [fanout(d), fanout(s), ebind(d, s)],
        [ebind(d, s, "unbind")],
    ),
    "declare with alternate": lambda x, a: ([], [with_spare(x, a)]),
    "declare there with alternate": lambda x, a: ([with_spare(x, a)], [with_spare(x, a)]),
    "declare with dead letters": lambda q, x: ([], [with_dead_letters(q, x)]),
    "declare there with dead letters": lambda q, x: (
        [with_dead_letters(q, x)],
        [with_dead_letters(q, x)],
    ),
}

# What the eight users do; a ~ is a name of the case's own.
NAMELESS: dict[str, tuple[list[Step], list[Step]]] = {
    "declare a generated queue": ([], [queue("")]),
    "declare a reserved queue": ([], [queue("amq.mine")]),
    "publish by the default": ([queue("~")], [publish("~")]),
    "publish to amq.topic": ([], [publish("k", exchange="amq.topic")]),
    "publish to the firehose": ([], [publish("k", exchange="amq.rabbitmq.trace")]),
    "bind to amq.topic": ([queue("~")], [qbind("~", "amq.topic")]),
    "bind amq.topic to amq.fanout": ([], [ebind("amq.topic", "amq.fanout")]),
    "bind the default to amq.fanout": ([], [ebind("", "amq.fanout")]),
    "bind amq.fanout to the default": ([], [ebind("amq.fanout", "")]),
    "declare amq.topic": ([], [declare_exchange("amq.topic", "topic", durable=1)]),
    "declare a reserved exchange": ([], [fanout("amq.mine")]),
    "delete amq.topic": ([], [do("exchange.delete", exchange="amq.topic")]),
    "declare the default": ([], [declare_exchange("")]),
    "delete the default": ([], [do("exchange.delete", exchange="")]),
    "dead letters to the default": ([], [with_dead_letters("~", "")]),
    "alternate is the default": ([], [with_spare("~", "")]),
    "dead letters to no name": ([], [queue("~", arguments={"x-dead-letter-exchange": 5})]),
    "alternate of no name": ([], [fanout("~", arguments={"alternate-exchange": True})]),
    "declare an exclusive queue": ([], [queue("~", exclusive=1)]),
    "listen for replies": (
        [],
        [do("basic.consume", queue="amq.rabbitmq.reply-to", consumer_tag="t", no_ack=1)],
    ),
    "work with nothing": (
        [],
        [do("basic.qos", prefetch_count=1), do("confirm.select"), do("basic.recover", requeue=1)],
    ),
}


def all_cases() -> Iterator[tuple[str, Case]]:
    number = itertools.count()

    def name(rights: str) -> str:
        return f"{PREFIX}{next(number)}-{rights}"

    for what, single in ONE.items():
        for rights in RIGHTS:
            given, act = single(name(rights))
            yield f"{what}: {rights or '-'}", Case(BY_NAME, act, given)
    for what, double in TWO.items():
        for one, other in itertools.product(RIGHTS, repeat=2):
            given, act = double(name(one), name(other))
            yield f"{what}: {one or '-'} {other or '-'}", Case(BY_NAME, act, given)
    for what, (given, act) in NAMELESS.items():
        for rights in RIGHTS:
            user = f"{BY_NAME}-{rights or 'none'}"
            yield f"{what}: {rights or '-'}", Case(user, act, given)


CASES = dict(all_cases())


class Crowd:
    """The connections of guest and of all users to one broker, each with channel 1 open."""

    def __init__(self, broker: Endpoint) -> None:
        self._run = Run(broker, "")
        for user, rights in USERS.items():
            broker.admit(user, rights)

    def perform(self, case: Case, prefix: str) -> list[str]:
        """What the user is answered."""
        for user in (GUEST, case.user):
            self._client(user).prefix = prefix
        for step in case.given:
            self._run.step(by(GUEST, step))
        begin = len(self._run.transcript)
        for step in (*case.act, sync()):
            self._run.step(by(case.user, step))
        transcript = self._run.transcript[begin:]
        self._reopen(case.user)
        return transcript

    def _client(self, user: str) -> Client:
        client = self._run.clients.get(user)
        if client is None:
            client = Client(self._run.endpoint.host, self._run.endpoint.port)
            client.handshake(user=user)
            client.open_channel()
            self._run.clients[user] = client
        return client

    def _reopen(self, user: str) -> None:
        """The next case begins with a new channel."""
        client = self._client(user)
        if client.is_over:
            client.hang_up()
            del self._run.clients[user]
            return
        if 1 not in client.channels_closed:
            self._run.step(by(user, do("channel.close", reply_code=200)))
        client.open_channel()

    def leave(self) -> None:
        self._run.end()


Answers = dict[str, list[str]]


@pytest.fixture(scope="module")
def answers(rabbitmq: Endpoint, leveret: Endpoint) -> dict[str, Answers]:
    """What each broker answers to each case."""

    def ask(broker: Endpoint) -> Answers:
        crowd = Crowd(broker)
        found = {
            name: crowd.perform(case, f"own-{number}-")
            for number, (name, case) in enumerate(CASES.items())
        }
        crowd.leave()
        return found

    with ThreadPoolExecutor(2) as executor:
        both = {broker.name: executor.submit(ask, broker) for broker in (rabbitmq, leveret)}
        return {name: future.result() for name, future in both.items()}


@pytest.mark.parametrize("name", CASES)
def test_a_case_ends_alike_on_both(name: str, answers: dict[str, Answers]) -> None:
    assert answers["leveret"][name] == answers["rabbitmq"][name]


@pytest.mark.usefixtures("answers")
def test_every_right_makes_a_difference_to_something(answers: dict[str, Answers]) -> None:
    """The cases are worth comparing: each operation is refused to some and not to others."""
    for what in (*ONE, *TWO):
        refused = {
            any("ACCESS_REFUSED" in line for line in transcript)
            for name, transcript in answers["leveret"].items()
            if name.partition(":")[0] == what
        }
        assert refused == ({ALIKE_FOR_ALL[what]} if what in ALIKE_FOR_ALL else {True, False}), what


# Refused to all, or to nobody.
ALIKE_FOR_ALL = {
    "look for queue": False,
    "look for no queue": False,
    "look for exchange": False,
    "look for no exchange": False,
    "declare exchange of no type": False,
    "publish to internal": True,
    "bind queue to the default": True,
    "bind exchange to the default": True,
    "bind the default to exchange": True,
}
