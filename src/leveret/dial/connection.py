"""One AMQP connection over a blocking socket: handshake, calls, and the raw bytes behind them.

Rule: after the handshake and the declarations, which go method by method, the owner takes the
socket and what was received beyond the last answer (`take_received`) and works on bytes.
Neighbours: deliveries.py and confirms.py read those bytes, publishing.py makes what is sent.
"""

from __future__ import annotations

import socket
import struct
import time
from typing import TYPE_CHECKING, TypeVar

from leveret.wire import frames, methods
from leveret.wire.codec import decode, encode
from leveret.wire.codes import MalformedFrame
from leveret.wire.frames import encode_frame

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from leveret.dial.address import Address

Answer = TypeVar("Answer", bound=methods.Method)

# How long a silent broker is waited for: declaring on a busy one takes a while.
ANSWER_S_MAX = 60.0
# How long closing waits for the answer before it ends the stream as well.
CLOSE_S_MAX = 1.0
# The granularity at which a blocked send or receive looks up.
BLOCKED_S_MAX = 0.1
CHUNK_BYTES = 256 * 1024
# Some hundred acks; below what the allocator takes from the system and gives back each time.
CONFIRMS_BYTES = 16 * 1024
# Few enough that neither side's socket buffer fills up while the other one writes.
CALLS_AT_ONCE = 100
FRAME_BYTES_MAX = 131072
_CLOSING = frozenset(
    kind.index.to_bytes(4, "big")
    for kind in (methods.ConnectionClose, methods.ChannelClose, methods.BasicCancel)
)


class DialError(Exception):
    """The connection cannot be had, or not kept; the text says why, for a person."""


class ServerClosedError(DialError):
    """The broker closed the channel or the connection."""


class ConnectionLostError(DialError):
    """The socket ended without connection.close."""


class Connection:
    """An open connection with channel 1; more channels by `open_channel`."""

    def __init__(self, address: Address, name: str) -> None:
        self.address = address
        self._received = b""
        self.server_properties: dict[str, object] = {}
        self.frame_max = FRAME_BYTES_MAX
        self.tune = methods.ConnectionTune()
        try:
            self.socket = socket.create_connection((address.host, address.port), timeout=10)
        except OSError as error:
            raise DialError(f"cannot connect to {address}: {error.strerror or error}") from None
        set_up(self.socket)
        try:
            self._shake_hands(name)
        except BaseException:
            self.socket.close()
            raise

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def broker(self) -> str:
        """What the broker calls itself. Leveret's product and version are RabbitMQ's."""
        properties = self.server_properties
        if str(properties.get("platform", "")).startswith("Leveret"):
            return str(properties["platform"])
        named = [str(properties[key]) for key in ("product", "version") if key in properties]
        return " ".join(named) or "unknown"

    def _shake_hands(self, name: str) -> None:
        self.send(frames.PROTOCOL_HEADER)
        start = self.wait_for(0, methods.ConnectionStart)
        self.server_properties = dict(start.server_properties)
        tune = self.call(0, start_ok(self.address, name), methods.ConnectionTune)
        self.tune = tune
        self.frame_max = min(tune.frame_max or FRAME_BYTES_MAX, FRAME_BYTES_MAX)
        opening = tune_ok(tune) + method_frame(
            0, methods.ConnectionOpen(virtual_host=self.address.vhost)
        )
        self.send(opening)
        self.wait_for(0, methods.ConnectionOpenOk)
        self.open_channel(1)

    def open_channel(self, channel: int) -> None:
        self.call(channel, methods.ChannelOpen(), methods.ChannelOpenOk)

    def call(self, channel: int, method: methods.Method, answer: type[Answer]) -> Answer:
        """Send a method and wait for its answer."""
        self.send(method_frame(channel, method))
        return self.wait_for(channel, answer)

    def call_all(self, channel: int, calls: Sequence[methods.Method], answer: type[Answer]) -> None:
        """Send many methods and wait for the answers, many at a time."""
        for start in range(0, len(calls), CALLS_AT_ONCE):
            some = calls[start : start + CALLS_AT_ONCE]
            self.send(b"".join([method_frame(channel, each) for each in some]))
            for _ in some:
                self.wait_for(channel, answer)

    def send(self, data: bytes | bytearray | memoryview) -> None:
        """Send all of `data`."""
        view = memoryview(data)
        deadline = time.monotonic() + ANSWER_S_MAX
        while view:
            view = view[self.send_some(view) :]
            if view and time.monotonic() > deadline:
                raise DialError(f"{self.address} has read nothing for {ANSWER_S_MAX:.0f} s")

    def send_some(self, view: memoryview) -> int:
        """Send as much as goes within a tenth of a second."""
        try:
            return self.socket.send(view)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise self.lost(error) from None

    def receive_into(self, view: memoryview) -> int:
        """Receive what comes within a tenth of a second; 0 if nothing does."""
        try:
            size = self.socket.recv_into(view)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise self.lost(error) from None
        if not size:
            raise self.lost(None)
        return size

    def receive(self, flags: int = 0, octets_max: int = CHUNK_BYTES) -> bytes:
        """Receive what is there (or, unless flags say otherwise, comes soon)."""
        try:
            data = self.socket.recv(octets_max, flags)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise self.lost(error) from None
        if not data:
            raise self.lost(None)
        return data

    def receive_confirms(self, *, wait: bool) -> bytes:
        """The same in small pieces: a large buffer for each ack would cost more than the ack."""
        return self.receive(0 if wait else socket.MSG_DONTWAIT, CONFIRMS_BYTES)

    def lost(self, error: OSError | None) -> DialError:
        """The reason why the connection ended: the server's, if it gave one before."""
        try:
            while data := self.socket.recv(CHUNK_BYTES, socket.MSG_DONTWAIT):
                self._received += data
            while (found := self._next_method()) is not None:
                refuse(*found)
        except ServerClosedError as closed:
            return closed
        except (OSError, MalformedFrame):
            pass
        reason = f": {error.strerror}" if error is not None else ""
        return ConnectionLostError(f"the connection to {self.address} was lost{reason}")

    def take_received(self) -> bytes:
        """What came behind the last answer."""
        received, self._received = self._received, b""
        return received

    def wait_for(self, channel: int, answer: type[Answer]) -> Answer:
        """Read until the answer comes. Raises what the server closes with."""
        deadline = time.monotonic() + ANSWER_S_MAX
        while True:
            while (found := self._next_method()) is not None:
                payload = found[1]
                if found[0] == channel and int.from_bytes(payload[:4], "big") == answer.index:
                    method = decode(payload)
                    assert isinstance(method, answer)
                    return method
                refuse(*found)
            self._received += self.receive()
            if time.monotonic() > deadline:
                raise DialError(
                    f"{self.address} gave no {answer.__name__} within {ANSWER_S_MAX:.0f} s"
                )

    def _next_method(self) -> tuple[int, bytes] | None:
        """The next whole method frame as channel and payload; other frames are passed over."""
        while len(self._received) >= frames.FRAME_OVERHEAD:
            if self._received.startswith(b"AMQP"):
                raise DialError(f"{self.address} does not speak AMQP 0-9-1")
            kind, channel, size = frames.FRAME_HEAD.unpack_from(self._received)
            after = size + frames.FRAME_OVERHEAD
            if after > len(self._received):
                return None
            frame, self._received = self._received[:after], self._received[after:]
            if kind == frames.METHOD:
                return channel, frame[7:-1]
        return None

    def close(self) -> None:
        """Say connection.close and wait until all that was sent before it has been read.

        A socket that is closed while the broker has yet to read from it may lose messages.
        """
        closing = methods.ConnectionClose(reply_code=200, reply_text="Goodbye")
        try:
            # The socket may be full still: the broker has as long as for any other call.
            self.send(method_frame(0, closing))
            self.socket.settimeout(CLOSE_S_MAX)
            try:
                self._read_to_the_end()
            except TimeoutError:
                # Busy, or one that does not answer: the end of the stream it will notice.
                self.socket.shutdown(socket.SHUT_WR)
                self.socket.settimeout(ANSWER_S_MAX)
                self._read_to_the_end()
        except (OSError, DialError):
            pass  # It is gone already.
        finally:
            self.socket.close()

    def _read_to_the_end(self) -> None:
        close_ok = method_frame(0, methods.ConnectionCloseOk())
        tail = b""
        while not tail.endswith(close_ok) and (data := self.socket.recv(CHUNK_BYTES)):
            tail = (tail + data)[-len(close_ok) :]


def set_up(connected: socket.socket) -> None:
    """No delay, and blocking calls that look up now and then (in the kernel, without poll)."""
    connected.settimeout(None)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    patience = struct.pack("@ll", 0, int(BLOCKED_S_MAX * 1_000_000))
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, patience)
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, patience)


def method_frame(channel: int, method: methods.Method) -> bytes:
    return encode_frame(frames.METHOD, channel, encode(method))


def start_ok(address: Address, name: str) -> methods.ConnectionStartOk:
    return methods.ConnectionStartOk(
        client_properties={
            "product": "leveret perf",
            "connection_name": name,
            "capabilities": {
                "authentication_failure_close": True,
                "consumer_cancel_notify": True,
                "publisher_confirms": True,
            },
        },
        mechanism="PLAIN",
        response=f"\0{address.user}\0{address.password}".encode(),
        locale="en_US",
    )


def tune_ok(tune: methods.ConnectionTune) -> bytes:
    """What the server proposes, without heartbeats: a busy client is not to be timed out."""
    return method_frame(
        0,
        methods.ConnectionTuneOk(
            channel_max=tune.channel_max,
            frame_max=min(tune.frame_max or FRAME_BYTES_MAX, FRAME_BYTES_MAX),
            heartbeat=0,
        ),
    )


def refuse(channel: int, payload: bytes) -> None:
    """Raise what the server closes a channel, a connection or a consumer with; ignore the rest."""
    if payload[:4] not in _CLOSING:
        return
    method = decode(payload)
    if isinstance(method, methods.ConnectionClose):
        raise ServerClosedError(f"the broker closed the connection: {method.reply_text}")
    if isinstance(method, methods.ChannelClose):
        raise ServerClosedError(f"the broker closed channel {channel}: {method.reply_text}")
    assert isinstance(method, methods.BasicCancel)
    raise ServerClosedError(f"the broker cancelled consumer {method.consumer_tag}")
