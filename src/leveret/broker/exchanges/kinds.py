"""The exchange types there are. A new one is its module and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.broker.exchanges.direct import Direct
from leveret.broker.exchanges.fanout import Fanout
from leveret.broker.exchanges.headers import Headers
from leveret.broker.exchanges.topic import Topic

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.exchanges.exchange import ExchangeType

KINDS: Final[dict[str, Callable[[], ExchangeType]]] = {
    "direct": Direct,
    "fanout": Fanout,
    "headers": Headers,
    "topic": Topic,
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
