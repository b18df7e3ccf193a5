"""Where a reader wants to begin: the argument `x-stream-offset` of basic.consume."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leveret.broker.argument_values import is_integer, type_name
from leveret.broker.errors import PreconditionFailed
from leveret.broker.streams.intervals import interval_s
from leveret.broker.terms import spell
from leveret.wire.values import Timestamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.wire.values import Table

ARGUMENT: Final = "x-stream-offset"
# Far behind every message.
END: Final = 2**63


@dataclass(frozen=True, slots=True)
class Start:
    """At an offset, the last message, or the first one published at a time or later.

    offset: clamped by the stream to what it has. is_last: the last message there is.
    since_s: by the clock on the wall; None where time does not matter.
    """

    offset: int = 0
    is_last: bool = False
    since_s: float | None = None


FIRST: Final = Start()
LAST: Final = Start(is_last=True)
NEXT: Final = Start(offset=END)
_NAMED: Final = {"first": FIRST, "last": LAST, "next": NEXT}


def start_of(stream: str, arguments: Table, wall_clock: Callable[[], float]) -> Start:
    """What a consumer's arguments ask for. Raises PreconditionFailed."""
    if ARGUMENT not in arguments:
        return NEXT
    value = arguments[ARGUMENT]
    said = value.decode("latin-1") if isinstance(value, bytes) else value
    if isinstance(said, str) and said in _NAMED:
        return _NAMED[said]
    if isinstance(value, Timestamp):
        return Start(since_s=float(value))
    if isinstance(value, int) and is_integer(value):
        # Whoever is told of it elsewhere cannot be told the kind that it had in the table.
        return Start(offset=int(value))
    ago_s = interval_s(value) if isinstance(value, str) else None
    if ago_s is None:
        said = f"{{{type_name(value)},{spell(value)}}}"
        raise PreconditionFailed(
            f"invalid arg '{ARGUMENT}' for {stream}: {{invalid_stream_offset_arg,{said}}}"
        )
    return Start(since_s=wall_clock() - ago_s)
