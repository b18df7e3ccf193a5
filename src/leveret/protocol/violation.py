"""What a peer may not do: breaks the protocol, costs the connection (book 4.10).

A violation is raised where it is seen, and answered once, in connection.py.
"""

from __future__ import annotations

from typing import Final

from leveret.wire.codes import ReplyCode

# RabbitMQ shows so much of a frame it can't read.
_SNIPPET_OCTETS: Final = 16
# More octets than a reply text has room to spell, and few enough for a line of the log.
_SPELLED_OCTETS_MAX: Final = 256


class ProtocolViolation(Exception):
    """The connection has to be closed.

    index: class and method id of the method that did it, 0 when it was none.
    is_explained: the peer is told whatever the state; see states.UNEXPLAINED.
    """

    is_explained = False

    def __init__(self, code: ReplyCode, reason: str, index: int = 0) -> None:
        super().__init__(f"{code.name} - {reason}")
        self.code = code
        self.index = index


class LoginRefused(ProtocolViolation):
    """RabbitMQ's authentication_failure_close: a client that can take it is told."""

    def __init__(self, reason: str, *, is_explained: bool) -> None:
        super().__init__(ReplyCode.ACCESS_REFUSED, reason)
        self.is_explained = is_explained


def unreadable_frame(kind: int, payload: bytes, reason: str) -> ProtocolViolation:
    """A frame that is none."""
    text = f"{_describe(kind, payload)}: {reason}"
    return ProtocolViolation(ReplyCode.FRAME_ERROR, text)


def misplaced_frame(kind: int, payload: bytes) -> ProtocolViolation:
    """A proper frame where it has no place."""
    return ProtocolViolation(ReplyCode.UNEXPECTED_FRAME, _describe(kind, payload))


def unexpected_frame(reason: str, index: int = 0) -> ProtocolViolation:
    """A frame of another kind than the content before it calls for."""
    return ProtocolViolation(ReplyCode.UNEXPECTED_FRAME, reason, index)


def channel_error(reason: str, index: int) -> ProtocolViolation:
    return ProtocolViolation(ReplyCode.CHANNEL_ERROR, reason, index)


def reply_text(text: str) -> str:
    """What a close says, in the 255 octets of a short string; a longer one ends as RabbitMQ's do.

    It may quote what a peer sent, UTF-8 or not; what it says is UTF-8.
    """
    data = text.encode(errors="replace")
    return data.decode() if len(data) <= 255 else data[:252].decode(errors="ignore") + "..."


def spell_octets(data: bytes) -> str:
    """Octets as RabbitMQ writes them: <<"text">> when printable, <<1,2,3>> when not."""
    data = data[:_SPELLED_OCTETS_MAX]
    if data and all(32 <= octet < 127 for octet in data):
        return f'<<"{data.decode()}">>'
    return f"<<{','.join(map(str, data))}>>"


def _describe(kind: int, payload: bytes) -> str:
    which = "all" if len(payload) <= _SNIPPET_OCTETS else f"first {_SNIPPET_OCTETS}"
    return f"type {kind}, {which} octets = {spell_octets(payload[:_SNIPPET_OCTETS])}"
