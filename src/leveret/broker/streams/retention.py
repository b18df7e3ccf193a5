"""How long a stream keeps what: by octets and by age, in steps of whole segments, as RabbitMQ.

A segment here is a row of blocks that together have the size of one. The youngest messages, not
yet a block, always stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from leveret.broker.streams.intervals import interval_s

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leveret.broker.streams.index import Index
    from leveret.wire.values import Table, Value

# RabbitMQ's size of a segment file where nothing else was asked for.
SEGMENT_OCTETS: Final = 500_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """octets_max, age_s_max: None for no limit. segment_octets: what goes at once."""

    octets_max: int | None = None
    age_s_max: int | None = None
    segment_octets: int = SEGMENT_OCTETS


def limits_of(arguments: Table, definition: Mapping[str, Value]) -> Limits:
    """Of a stream with these arguments, under this policy, which goes before them."""

    def said(key: str) -> Value:
        return definition.get(key, arguments.get(f"x-{key}"))

    octets_max, age = said("max-length-bytes"), said("max-age")
    segment_octets = said("stream-max-segment-size-bytes")
    return Limits(
        octets_max if isinstance(octets_max, int) else None,
        interval_s(age) if isinstance(age, str) else None,
        segment_octets if isinstance(segment_octets, int) else SEGMENT_OCTETS,
    )


def due(index: Index, limits: Limits, now_s: float) -> int:
    """How many of the oldest blocks have to go."""
    octets = index.octets
    gone = 0
    if limits.octets_max is None and limits.age_s_max is None:
        return gone
    while segment := _segment(index, gone, limits.segment_octets):
        end = gone + segment
        is_too_much = limits.octets_max is not None and octets > limits.octets_max
        is_too_old = (
            limits.age_s_max is not None and index.blocks[end - 1].last_s < now_s - limits.age_s_max
        )
        if not (is_too_much or is_too_old):
            break
        octets -= sum(block.octets for block in index.blocks[gone:end])
        gone = end
    return gone


def _segment(index: Index, start: int, segment_octets: int) -> int:
    """How many blocks from `start` make a whole segment; 0 when there is none any more."""
    octets = 0
    for count, block in enumerate(islice(index.blocks, start, None), 1):
        octets += block.octets
        if octets >= segment_octets:
            return count
    return 0
