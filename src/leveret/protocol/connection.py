"""A connection: greeting, handshake, channels, closing. Octets in, events and octets out.

Rule: after `receive` returns, `output` holds what there is to send; once `is_closed`, nothing
more will come and the socket can go.
The order of connection methods is a table (states.py); what they mean is the session's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from leveret.protocol.channel import Channel, ChannelEvents, read_method
from leveret.protocol.closing import LastWords
from leveret.protocol.reader import Reader
from leveret.protocol.states import NEXT, UNEXPLAINED, State
from leveret.protocol.violation import (
    ProtocolViolation,
    channel_error,
    misplaced_frame,
    reply_text,
    unreadable_frame,
)
from leveret.protocol.waiting import Line, Waiting
from leveret.wire import codec, frames, methods
from leveret.wire.codes import ReplyCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.protocol.handshake import Agreement
    from leveret.protocol.limits import Limits
    from leveret.wire.methods import Method

_HEAD: Final = 7
# The least a proper frame's payload has: class and method id; class, weight, size and flags.
_PAYLOAD_MIN: Final = {frames.METHOD: 4, frames.HEADER: 14, frames.BODY: 0}
# AMQP 0-8 and 0-9 open with other octets; RabbitMQ still talks to them.
_VERSIONS: Final = {
    frames.PROTOCOL_HEADER: (0, 9),
    b"AMQP\x01\x01\x00\x09": (0, 9),
    b"AMQP\x01\x01\x08\x00": (8, 0),
    b"AMQP\x01\x01\x09\x01": (8, 0),
}


class ConnectionEvents(Protocol):
    """What a connection tells its session."""

    def greeted(self, version: tuple[int, int]) -> None:
        """The protocol header has come: time for connection.start."""

    def misgreeted(self, header: bytes) -> None:
        """Something else has come: the right header is the answer, and the end."""

    def method(self, method: Method) -> None:
        """A connection method, in its order."""

    def open_channel(self, number: int) -> ChannelEvents:
        """The client opened a channel."""

    def close_channel(self, number: int) -> None:
        """The channel is gone, whoever closed it."""

    def closing(self) -> None:
        """The channels are about to go, one after the other."""

    def closed(self) -> None:
        """Nothing more comes or goes."""

    def violated(self, violation: ProtocolViolation) -> None:
        """The peer broke the protocol; the connection is closing."""

    def hold_reading(self, is_held: bool) -> None:
        """Waiting channels hold more than is good: read nothing more; or read on."""


class _Finished(Exception):
    """Leaves the reader from deep inside: nothing further in this chunk counts."""


class Connection:
    """One connection's protocol state.

    output: octets to send, in order; whoever sends them empties the list in place.
    wake: called when there is something to send after there was nothing.
    agreement: what tune and tune-ok settled, None before.
    """

    def __init__(self, events: ConnectionEvents, limits: Limits, wake: Callable[[], None]) -> None:
        self.state = State.GREETING
        self.output: list[bytes] = []
        self.wake = wake
        self.agreement: Agreement | None = None
        self._events = events
        self._limits = limits
        self._reader = Reader(self, limits.message_bytes_max)
        self._channels = self._reader.channels
        self._waiting = Waiting(events.hold_reading)
        # The client's connection.close, while a channel waits that was told something before it.
        self._last_word: Method | None = None
        # Channels we have closed, until the client has seen it.
        self._closing: set[int] = set()
        # What the peer may still say once we have asked it to close.
        self._last_words: LastWords | None = None
        self._is_watching = False
        self._consume: Callable[[bytes], None] = self._greet
        self._greeting = b""

    @property
    def is_closed(self) -> bool:
        """Both sides are done; the socket can go once the output is sent."""
        return self.state is State.CLOSED

    def receive(self, data: bytes) -> None:
        """Take what the peer sent, whole frames or not."""
        try:
            self._consume(data)
        except ProtocolViolation as violation:
            self._answer(violation)
            # The peer's own close may be among what it sent after it.
            self.receive(b"")
        except _Finished:
            pass

    def settle(self, agreement: Agreement) -> None:
        """The handshake has agreed on limits."""
        self.agreement = agreement
        self._reader.limit_frames(agreement.frame_max or self._limits.frame_max or 2**32)

    def send(self, number: int, method: Method) -> None:
        self.write(frames.encode_frame(frames.METHOD, number, codec.encode(method)))

    def write(self, octets: bytes) -> None:
        """Send whole frames."""
        if not self.output:
            self.wake()
        self.output.append(octets)

    def close(
        self, code: ReplyCode, text: str, index: int = 0, *, is_explained: bool = False
    ) -> None:
        """Ask the peer to close; from now on only its answer counts."""
        if self.state in (State.CLOSING, State.CLOSED):
            return
        if self.state in UNEXPLAINED and not is_explained:
            self._finish()
            return
        self.state = State.CLOSING
        limit = self._limits.frame_max or 2**32
        self._last_words = LastWords(self._reader.take_rest(), limit)
        self._consume = self._await_end
        self.send(
            0,
            methods.ConnectionClose(
                reply_code=code,
                reply_text=reply_text(text),
                class_id=index >> 16,
                method_id=index & 0xFFFF,
            ),
        )
        self._drop_channels()
        if self._last_word is not None:
            # What the client has said last crosses ours.
            self._say_closed()
        if self.is_halted:
            # What waits counts no more, but for the peer's own close.
            self.go_on()

    def close_channel(self, number: int, code: ReplyCode, text: str, index: int) -> None:
        """Close one channel; its frames are discarded until the client has seen it."""
        line = self._waiting.line(number)
        if line is not None:
            self.resume(line, lambda: self.close_channel(number, code, text, index))
            return
        del self._channels[number]
        self._closing.add(number)
        self._events.close_channel(number)
        self.send(
            number,
            methods.ChannelClose(
                reply_code=code,
                reply_text=reply_text(text),
                class_id=index >> 16,
                method_id=index & 0xFFFF,
            ),
        )

    def watch_contents(self, *, is_watching: bool) -> None:
        """From now on channels tell of every header and body frame (content_came), or no more."""
        self._is_watching = is_watching
        for channel in (*self._channels.values(), *self._waiting.channels):
            channel.watch(is_watching=is_watching)

    @property
    def is_halted(self) -> bool:
        """What the peer sent waits until `go_on`."""
        return self._reader.is_halted

    def halt(self) -> None:
        """Called from within `receive`: handle no further frame of what has come."""
        self._reader.is_halted = True

    def go_on(self) -> None:
        """Handle what waits."""
        self._reader.is_halted = False
        for line in self._waiting.due:
            self.resume(line, lambda: None)
        if not self.is_halted:
            self.receive(b"")

    def wait(self, number: int) -> Line:
        """Called while a channel's method is handled: its further frames wait for `resume`."""
        return self._waiting.enter(self._channels.pop(number))

    def resume(self, line: Line, action: Callable[[], None]) -> None:
        """The channel, if still there, goes on: with the action, then with what it was told."""
        if not self._waiting.leave(line):
            return
        self._channels[line.channel.number] = line.channel
        try:
            action()
            self._catch_up(line)
        except ProtocolViolation as violation:
            self._answer(violation)
            self.receive(b"")
            return
        if self._last_word is not None and not self._waiting:
            self._close_as_told(self._last_word)

    def lost(self) -> None:
        """The socket is gone."""
        if not self.is_closed:
            self._finish()

    # Receiving -------------------------------------------------------------------------------

    def _greet(self, data: bytes) -> None:
        """The protocol header (book 4.2.2); anything else is answered with the right one."""
        self._greeting += data
        if len(self._greeting) < len(frames.PROTOCOL_HEADER):
            return
        header, rest = self._greeting[:8], self._greeting[8:]
        version = _VERSIONS.get(header)
        if version is None:
            self._events.misgreeted(header)
            self.write(frames.PROTOCOL_HEADER)
            self._finish()
            return
        self._greeting = b""
        self.state = State.STARTING
        self._consume = self._reader.receive
        self._events.greeted(version)
        if rest:
            self._consume(rest)

    def frame(self, kind: int, number: int, frame: bytes) -> None:
        """A frame the reader has not handled itself."""
        payload_octets = len(frame) - frames.FRAME_OVERHEAD
        if kind == frames.HEARTBEAT and not payload_octets:
            if number:
                raise misplaced_frame(kind, b"")
            return
        if kind not in _PAYLOAD_MIN or payload_octets < _PAYLOAD_MIN[kind]:
            raise unreadable_frame(kind, frame[_HEAD:-1], "unknown_frame")
        if not number:
            self._connection_frame(kind, frame)
        elif self.state is not State.OPEN:
            raise misplaced_frame(kind, frame[_HEAD:-1])
        elif number in self._channels:
            self._channel_frame(self._channels[number], kind, frame)
        elif number in self._waiting:
            self._waiting.hold(number, kind, frame)
        else:
            self._frame_of_no_channel(kind, number, frame)

    def _connection_frame(self, kind: int, frame: bytes) -> None:
        if kind != frames.METHOD:
            raise misplaced_frame(kind, frame[_HEAD:-1])
        method = read_method(frame[_HEAD:-1])
        following = NEXT.get((self.state, type(method)))
        if following is None:
            reason = f"unexpected method in connection state {self.state.value}"
            raise channel_error(reason, method.index)
        if following is State.CLOSED:
            if self._waiting:
                self._last_word = method
                self._consume = self._ignore
            else:
                self._close_as_told(method)
            raise _Finished
        # What the session raises belongs to the state before.
        self._events.method(method)
        self.state = following

    def _catch_up(self, line: Line) -> None:
        """Handle what has come for a channel while it waited."""
        while line.frames and not self._waiting.put_behind(line):
            number = line.channel.number
            if self.is_halted and number in self._channels:
                self.wait(number).is_due = True
            else:
                kind, frame = self._waiting.take(line)
                self.frame(kind, number, frame)

    def _channel_frame(self, channel: Channel, kind: int, frame: bytes) -> None:
        if kind == frames.METHOD and channel.is_idle:
            index = int.from_bytes(frame[_HEAD : _HEAD + 4], "big")
            if index == methods.ChannelClose.index:
                del self._channels[channel.number]
                self._events.close_channel(channel.number)
                self.send(channel.number, methods.ChannelCloseOk())
                return
            if index == methods.ChannelOpen.index:
                raise channel_error("second 'channel.open' seen", index)
        channel.frame(kind, frame)

    def _frame_of_no_channel(self, kind: int, number: int, frame: bytes) -> None:
        index = int.from_bytes(frame[_HEAD : _HEAD + 4], "big") if kind == frames.METHOD else 0
        if number in self._closing:
            self._frame_of_closing_channel(number, index)
        elif index == methods.ChannelOpen.index:
            self._open_channel(number)
        else:
            raise channel_error("expected 'channel.open'", index)

    def _frame_of_closing_channel(self, number: int, index: int) -> None:
        """Book 1.5.2.5: after channel.close, everything but close and close-ok is discarded.

        When the client's close crossed ours, its close-ok is still to come.
        """
        if index == methods.ChannelOpen.index:
            raise channel_error("second 'channel.open' seen", index)
        if index == methods.ChannelClose.index:
            self.send(number, methods.ChannelCloseOk())
        elif index == methods.ChannelCloseOk.index:
            self._closing.discard(number)

    def _open_channel(self, number: int) -> None:
        assert self.agreement is not None
        limit = self.agreement.channel_max
        open_count = len(self._channels) + len(self._waiting)
        if limit and open_count >= limit:
            raise ProtocolViolation(
                ReplyCode.NOT_ALLOWED,
                f"number of channels opened ({open_count}) has reached the negotiated "
                f"channel_max ({limit})",
            )
        events = self._events.open_channel(number)
        channel = self._channels[number] = Channel(number, events, self._limits)
        channel.watch(is_watching=self._is_watching)
        self.send(number, methods.ChannelOpenOk())

    # Closing ---------------------------------------------------------------------------------

    def _answer(self, violation: ProtocolViolation) -> None:
        self._events.violated(violation)
        self.close(
            violation.code,
            str(violation),
            violation.index,
            is_explained=violation.is_explained,
        )

    def _close_as_told(self, method: Method) -> None:
        self._events.method(method)
        self._say_closed()

    def _say_closed(self) -> None:
        self.send(0, methods.ConnectionCloseOk())
        self._finish()

    def _await_end(self, data: bytes) -> None:
        assert self._last_words is not None
        index = self._last_words.receive(data)
        if index == methods.ConnectionClose.index:
            self._say_closed()
        elif index:
            self._finish()

    def _finish(self) -> None:
        self.state = State.CLOSED
        self._consume = self._ignore
        self._greeting = b""
        self._last_words = None
        self._drop_channels()
        self._events.closed()

    def _drop_channels(self) -> None:
        self._events.closing()
        numbers = [*self._channels, *self._waiting.numbers]
        self._channels.clear()
        self._waiting.clear()
        for number in numbers:
            self._events.close_channel(number)
        self._closing.clear()

    def _ignore(self, _data: bytes) -> None:
        """Nobody listens any more."""
