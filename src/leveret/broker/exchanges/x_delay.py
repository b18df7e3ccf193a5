"""The header `x-delay`: how long a delayed exchange is to hold a message, and what it says after.

Milliseconds, as any number or as a string of digits, without an upper limit. A message that was
held has its delay negated, so that the next delayed exchange on its way does not hold it again and
its consumer can tell. What is zero or negative, or no number, delays nothing and stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from leveret.broker.message import Message, with_properties
from leveret.wire.values import Decimal, Int32, Int64, Timestamp

if TYPE_CHECKING:
    from leveret.wire.properties import Properties
    from leveret.wire.values import Value

X_DELAY: Final = "x-delay"
# What a plain integer of a table has room for; a longer delay is negated as a long.
_INT32_MAX: Final = 2**31 - 1


def delay_ms(properties: Properties) -> int:
    """How long to hold the message; 0 for not at all."""
    headers = properties.headers
    if not headers or X_DELAY not in headers:
        return 0
    return max(0, _whole(headers[X_DELAY]))


def released(message: Message, properties: Properties) -> tuple[Message, Properties]:
    """The message as it goes on after its delay, without a position, and its properties.

    properties: what they were while it was held, its BCC still among the headers.
    """
    headers = dict(properties.headers or {})
    headers.pop("BCC", None)
    delay = delay_ms(properties)
    headers[X_DELAY] = Int32(-delay) if delay <= _INT32_MAX else Int64(-delay)
    after = replace(properties, headers=headers)
    content = with_properties(message.content, message.channel, after)
    return Message(message.address, content, message.channel, 0, message.traits), after


def _whole(value: Value) -> int:
    """The number, cut to a whole one; 0 for what is none."""
    match value:
        case bool() | Timestamp():
            return 0
        case int():
            return int(value)
        case float():
            # Neither endless nor undefined.
            return int(value) if abs(value) < float("inf") else 0
        case str():
            return int(value) if re.fullmatch("[+-]?[0-9]{1,19}", value) else 0
        case Decimal():
            return int(value.value // 10**value.scale)
        case _:
            return 0
