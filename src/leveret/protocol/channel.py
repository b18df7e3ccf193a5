"""One channel as the protocol sees it: what frame may come next, and contents put together.

    method ──(publish)──> header ──(body size > 0)──> body ... ──> method
       └── any other method goes straight to the session

A publish whose three frames lie whole in one received chunk never comes here: reader.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from leveret.protocol.violation import ProtocolViolation, spell_octets, unexpected_frame
from leveret.wire import codec, frames
from leveret.wire.codes import MalformedFrame, MalformedText, ReplyCode, UnknownMethod
from leveret.wire.methods import BasicPublish, Method
from leveret.wire.properties import BASIC_CLASS, HEADER_HEAD

if TYPE_CHECKING:
    from leveret.protocol.limits import Limits

_HEAD: Final = 7  # a frame's payload begins here
_ADDRESS: Final = 13  # and a publish's exchange and routing key here, after index and ticket

_PUBLISH: Final = BasicPublish.index.to_bytes(4, "big")
_EXCHANGE: Final = 6  # within a publish's payload

# The octets between one frame's payload and the next, as numbers; see reader.py.
_HEADER_MARK: Final = frames.FRAME_END << 24 | frames.HEADER << 16
_NO_MARK: Final = -1
_BODY_MARK: Final = (frames.FRAME_END << 24 | frames.BODY << 16) << 32


class ChannelEvents(Protocol):
    """What a channel tells the session."""

    def publish(self, address: bytes, bits: int, extra: int, content: bytes) -> None:
        """A whole message. `address` is exchange and routing key as two short strings, `bits`
        has mandatory (1) and immediate (2), `extra` is the number of octets of properties (-1:
        flags but no properties), `content` is the header and body frames."""

    def content_came(self) -> None:
        """A header or body frame, as far as the channel is watched; told before `publish`."""

    def ack(self, delivery_tag: int, multiple: bool) -> None:
        """basic.ack."""

    def method(self, method: Method) -> None:
        """Any other method."""

    def refuse(self, code: ReplyCode, reason: str, index: int) -> None:
        """The channel has to be closed."""


class Channel:
    """The state of one channel number.

    header_mark, body_mark: what stands between the frames of a whole publish; in a watched channel
        header_mark is what no octets are, so that every publish comes here.
    is_idle: a method comes next; otherwise the rest of a content does.
    """

    __slots__ = (
        "_body",
        "_body_size",
        "_header",
        "_is_watched",
        "_limits",
        "_method",
        "body_mark",
        "events",
        "header_mark",
        "is_idle",
        "number",
    )

    def __init__(self, number: int, events: ChannelEvents, limits: Limits) -> None:
        self.number = number
        self.events = events
        self.watch(is_watching=False)
        self.body_mark = _BODY_MARK | number << 32
        self.is_idle = True
        self._limits = limits
        self._method = b""
        self._header = b""
        # The body so far, without its frames: a body in a million frames is no larger for it.
        self._body = bytearray()
        self._body_size = 0

    def watch(self, *, is_watching: bool) -> None:
        """Tell of every header and body frame, or no more."""
        self._is_watched = is_watching
        self.header_mark = _NO_MARK if is_watching else _HEADER_MARK | self.number

    def frame(self, kind: int, frame: bytes) -> None:
        """Take a whole frame. Raises ProtocolViolation."""
        if self.is_idle:
            self._take_method(kind, frame)
        elif not self._header:
            self._take_header(kind, frame)
        else:
            self._take_body(kind, frame)

    def _take_method(self, kind: int, frame: bytes) -> None:
        if kind != frames.METHOD:
            raise unexpected_frame("expected method frame, got non method frame instead")
        payload = frame[_HEAD:-1]
        if not payload.startswith(_PUBLISH):
            self.events.method(read_method(payload))
            return
        if not _is_publish(payload):
            raise _unreadable_method(payload)
        self._method = frame
        self.is_idle = False

    def _take_header(self, kind: int, frame: bytes) -> None:
        index = BasicPublish.index
        expected = f"expected content header for class {BASIC_CLASS}"
        if kind != frames.HEADER:
            raise unexpected_frame(f"{expected}, got non content header frame instead", index)
        class_id, weight, body_size, _flags = HEADER_HEAD.unpack_from(frame, _HEAD)
        if weight:
            raise unexpected_frame(f"{expected}, got non content header frame instead", index)
        if class_id != BASIC_CLASS:
            raise unexpected_frame(f"{expected}, got one for class {class_id} instead", index)
        if self._is_watched:
            self.events.content_came()
        limit = self._limits.message_bytes_max
        if body_size > limit:
            # Refused before it is received: the body is discarded as it comes.
            self.is_idle = True
            reason = f"message size {body_size} is larger than configured max size {limit}"
            self.events.refuse(ReplyCode.PRECONDITION_FAILED, reason, index)
            return
        self._header = frame
        self._body_size = body_size
        self._finish_when_whole()

    def _take_body(self, kind: int, frame: bytes) -> None:
        size = len(frame) - frames.FRAME_OVERHEAD
        if kind != frames.BODY or len(self._body) + size > self._body_size:
            raise unexpected_frame(
                "expected content body, got non content body frame instead", BasicPublish.index
            )
        if self._is_watched:
            self.events.content_came()
        self._body += frame[_HEAD:-1]
        self._finish_when_whole()

    def _finish_when_whole(self) -> None:
        if len(self._body) < self._body_size:
            return
        method, header, body = self._method, self._header, self._body
        self.is_idle = True
        self._method = self._header = b""
        self._body = bytearray()
        *_, flags = HEADER_HEAD.unpack_from(header, _HEAD)
        extra = len(header) - frames.FRAME_OVERHEAD - HEADER_HEAD.size or -(flags != 0)
        content = header + frames.encode_body(self.number, body, self._limits.frame_max)
        self.events.publish(method[_ADDRESS:-2], method[-2], extra, content)


def read_method(payload: bytes) -> Method:
    """The method in a frame. Raises ProtocolViolation."""
    try:
        return codec.decode(payload)
    except UnknownMethod as error:
        raise ProtocolViolation(ReplyCode.COMMAND_INVALID, str(error), error.index) from error
    except MalformedText as error:
        raise ProtocolViolation(ReplyCode.FRAME_ERROR, str(error)) from error
    except MalformedFrame as error:
        raise _unreadable_method(payload) from error


def _unreadable_method(payload: bytes) -> ProtocolViolation:
    index = int.from_bytes(payload[:4], "big")
    reason = f"cannot decode {spell_octets(payload[4:])}"
    return ProtocolViolation(ReplyCode.FRAME_ERROR, reason, index)


def _is_publish(payload: bytes) -> bool:
    """Whether two strings, of whatever octets, and one octet of bits fill a publish's payload."""
    if len(payload) <= _EXCHANGE:
        return False
    key = _EXCHANGE + 1 + payload[_EXCHANGE]
    return key < len(payload) and len(payload) == key + 1 + payload[key] + 1
