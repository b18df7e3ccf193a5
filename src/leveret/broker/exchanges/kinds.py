"""The exchange types there are. A new one is its module and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.broker.exchanges.chance import LocalRandom, Random
from leveret.broker.exchanges.consistent import ConsistentHash
from leveret.broker.exchanges.direct import Direct
from leveret.broker.exchanges.fanout import Fanout
from leveret.broker.exchanges.headers import Headers
from leveret.broker.exchanges.modulus import ModulusHash
from leveret.broker.exchanges.topic import Topic

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.exchanges.exchange import ExchangeType, Foundation

# How each is made. Raises PreconditionFailed for arguments that its exchange can't have.
KINDS: Final[dict[str, Callable[[Foundation], ExchangeType]]] = {
    "direct": lambda _: Direct(),
    "fanout": lambda _: Fanout(),
    "headers": lambda _: Headers(),
    "topic": lambda _: Topic(),
    "x-consistent-hash": ConsistentHash,
    "x-local-random": LocalRandom,
    "x-modulus-hash": lambda _: ModulusHash(),
    "x-random": Random,
}

# What every vhost has from the start: name, type, internal.
PREDECLARED: Final[tuple[tuple[str, str, bool], ...]] = (
    ("", "direct", False),
    ("amq.direct", "direct", False),
    ("amq.fanout", "fanout", False),
    ("amq.headers", "headers", False),
    ("amq.match", "headers", False),
    ("amq.rabbitmq.trace", "topic", True),
    ("amq.topic", "topic", False),
)
