"""The agreement of connection.tune and tune-ok (book 1.4.2.6): the smaller of both wishes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leveret.protocol.violation import ProtocolViolation
from leveret.wire.codes import ReplyCode
from leveret.wire.frames import FRAME_MIN_SIZE

if TYPE_CHECKING:
    from leveret.protocol.limits import Limits
    from leveret.wire.methods import ConnectionTuneOk


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
