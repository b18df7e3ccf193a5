"""The exchange types there are. A new one is its module and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.broker.errors import CommandInvalid
from leveret.broker.exchanges.chance import LocalRandom, Random
from leveret.broker.exchanges.consistent import ConsistentHash
from leveret.broker.exchanges.delayed import DelayedMessage, inner_kind
from leveret.broker.exchanges.delays import Delays
from leveret.broker.exchanges.direct import Direct
from leveret.broker.exchanges.fanout import Fanout
from leveret.broker.exchanges.headers import Headers
from leveret.broker.exchanges.modulus import ModulusHash
from leveret.broker.exchanges.recent_history import RecentHistory
from leveret.broker.exchanges.topic import Topic

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.exchanges.exchange import ExchangeType, Foundation


def check_kind(kind: str) -> None:
    """Raises CommandInvalid for one that there is not."""
    if kind not in KINDS:
        problem = "unknown exchange type" if kind else "invalid exchange type"
        raise CommandInvalid(f"{problem} '{kind}'")


def _delayed(foundation: Foundation) -> DelayedMessage:
    """It routes as another type. Raises PreconditionFailed and CommandInvalid."""
    kind = inner_kind(foundation.arguments)
    check_kind(kind)
    delays = Delays(foundation.name, foundation.number, foundation.home)
    return DelayedMessage(KINDS[kind](foundation), delays)


# How each is made. Raises PreconditionFailed for arguments that its exchange can't have.
KINDS: Final[dict[str, Callable[[Foundation], ExchangeType]]] = {
    "direct": lambda _: Direct(),
    "fanout": lambda _: Fanout(),
    "headers": lambda _: Headers(),
    "topic": lambda _: Topic(),
    "x-consistent-hash": ConsistentHash,
    "x-delayed-message": _delayed,
    "x-local-random": LocalRandom,
    "x-modulus-hash": lambda _: ModulusHash(),
    "x-random": Random,
    "x-recent-history": RecentHistory,
}

# The types that keep messages of their own: a durable exchange of them has a number as a queue has.
HOLDING: Final = frozenset({"x-delayed-message"})

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
