"""What a reader wants to see: `x-stream-filter` and `x-stream-match-unfiltered` (RabbitMQ 3.13).

A publisher marks messages with the header `x-stream-filter-value`. RabbitMQ leaves out whole chunks
by a Bloom filter and lets other messages of a chunk through; here each message is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from leveret.broker.message import Message
    from leveret.wire.values import Table

FILTER: Final = "x-stream-filter"
MATCH_UNFILTERED: Final = "x-stream-match-unfiltered"
VALUE_HEADER: Final = "x-stream-filter-value"


@dataclass(frozen=True, slots=True)
class Filter:
    """values: of which a message must have one; takes_unmarked: or none at all."""

    values: frozenset[str]
    takes_unmarked: bool

    def takes(self, message: Message) -> bool:
        value = message.headers.get(VALUE_HEADER)
        return value in self.values if isinstance(value, str) else self.takes_unmarked


def filter_of(arguments: Table) -> Filter | None:
    """What a consumer's arguments ask for; None when it wants all."""
    said = arguments.get(FILTER)
    if isinstance(said, str):
        said = [said]
    if not isinstance(said, list):
        return None
    values = frozenset(each for each in said if isinstance(each, str))
    return Filter(values, arguments.get(MATCH_UNFILTERED) is True)
