"""The agreement of connection.tune and tune-ok (book 1.4.2.6): the smaller of both wishes; and
what to tell an operator of a peer that does not even begin with AMQP.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leveret.protocol.violation import ProtocolViolation
from leveret.wire.codes import ReplyCode
from leveret.wire.frames import FRAME_MIN_SIZE

if TYPE_CHECKING:
    from leveret.protocol.limits import Limits
    from leveret.wire.methods import ConnectionTuneOk


# How other protocols begin, and what that says of a listener.
STRANGERS: Final = {
    b"\x16\x03": "it speaks TLS, and this port speaks plain AMQP",
    b"PROXY ": "it begins with a PROXY protocol header, and proxy_protocol is not on",
    b"\r\n\r\n\0": "it begins with a PROXY protocol header, and proxy_protocol is not on",
    b"AMQP": "it asks for another version of AMQP than 0-9-1",
    b"GET ": "it speaks HTTP, and this port speaks AMQP",
}


def what_came(header: bytes) -> str:
    """In words, for the log: what a peer is that did not send AMQP's protocol header."""
    known = (words for begin, words in STRANGERS.items() if header.startswith(begin))
    return f"{next(known, 'it does not speak AMQP')}; it began with {header!r}"


@dataclass(frozen=True, slots=True)
class Agreement:
    """What both sides keep to. 0 is no limit, and for the heartbeat: none."""

    channel_max: int
    frame_max: int
    heartbeat_s: int


def agree(offer: Limits, answer: ConnectionTuneOk) -> Agreement:
    """Raises ProtocolViolation when the client takes more than was offered."""
    if answer.frame_max and answer.frame_max < FRAME_MIN_SIZE:
        raise ProtocolViolation(
            ReplyCode.NOT_ALLOWED,
            f"frame_max={answer.frame_max} < {FRAME_MIN_SIZE} min size",
            answer.index,
        )
    _refuse_more("frame_max", answer.frame_max, offer.frame_max, answer)
    _refuse_more("channel_max", answer.channel_max, offer.channel_max, answer)
    return Agreement(answer.channel_max, answer.frame_max, answer.heartbeat)


def _refuse_more(name: str, wanted: int, offered: int, answer: ConnectionTuneOk) -> None:
    # 0 asks for no limit, which is more than any.
    if offered and (wanted == 0 or wanted > offered):
        raise ProtocolViolation(
            ReplyCode.NOT_ALLOWED,
            f"negotiated {name} = {wanted} is higher than the maximum allowed value ({offered})",
            answer.index,
        )
