"""One connection of raw frames, and the transcript of what the broker answered.

Rule: a transcript line says everything that a client could act on and nothing that changes from
run to run: generated names, tokens and the script's own name prefix are written as `*` or `~`.
"""

import re
import socket
import struct
import time
import zlib
from dataclasses import dataclass, field
from typing import Any

from tests.conformance.protocol import wire

PROTOCOL_HEADER = b"AMQP\x00\x00\x09\x01"
PATIENCE_S = 5.0
CAPABILITIES = {"authentication_failure_close": True, "consumer_cancel_notify": True}

VOLATILE = [
    (re.compile(r"amq\.gen-[A-Za-z0-9_-]{22}"), "amq.gen-*"),
    (re.compile(r"amq\.ctag-[A-Za-z0-9_-]{22}"), "amq.ctag-*"),
    (re.compile(r"amq\.rabbitmq\.reply-to\.[A-Za-z0-9_.+/=*-]+"), "amq.rabbitmq.reply-to.*"),
]


class Closed(Exception):
    """The broker closed the socket."""


@dataclass(frozen=True, slots=True)
class Frame:
    kind: int
    channel: int
    payload: bytes

    @property
    def method(self) -> str:
        return wire.decode_method(self.payload)[0] if self.kind == wire.METHOD else ""


@dataclass(slots=True)
class Client:
    """A socket to the broker that writes down each frame it receives."""

    host: str
    port: int
    prefix: str = ""
    transcript: list[str] = field(default_factory=list)
    closed: bool = False
    is_over: bool = False  # Either side has closed the connection; the socket may still be open.
    frame_max: int = 131072
    close_ok: bool = True  # Answer a close at once, as a well-mannered client does.
    received: bytes = b""
    generated: list[str] = field(default_factory=list)
    body: bytes = b""
    last_properties: dict[str, Any] = field(default_factory=dict)
    channels_closed: set[int] = field(default_factory=set)
    confirmed: set[int] = field(default_factory=set)
    sock: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        self.sock = socket.create_connection((self.host, self.port), timeout=PATIENCE_S)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    # --- sending

    def send(self, data: bytes) -> None:
        """Send; a broker that has already hung up shows itself when its frames are read."""
        try:
            self.sock.sendall(data)
        except OSError:
            return

    def send_method(self, channel: int, name: str, values: dict[str, Any]) -> None:
        payload = wire.encode_method(name, self.prefixed(values))
        self.send(wire.encode_frame(wire.METHOD, channel, payload))

    def prefixed(self, value: Any) -> Any:
        """`~jobs` becomes a name of this run alone; `@0` the first name that the broker made."""
        if isinstance(value, str):
            value = re.sub(r"@(\d)", lambda match: self.generated[int(match[1])], value)
            return value.replace("~", self.prefix)
        if isinstance(value, dict):
            return {name: self.prefixed(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.prefixed(each) for each in value]
        if isinstance(value, wire.Typed):
            return wire.Typed(value.letter, self.prefixed(value.value))
        return value

    # --- receiving

    def receive(self, patience_s: float = PATIENCE_S) -> Frame | None:
        """The next frame, written down; None if none comes in time. Raises Closed at the end."""
        frame = self.take_frame(time.monotonic() + patience_s)
        if frame is None:
            return None
        self.write_down(frame)
        if frame.method.startswith("connection.close"):
            self.is_over = True
        elif frame.method in {"channel.close", "channel.close-ok"}:
            self.channels_closed.add(frame.channel)
        elif frame.method == "channel.open-ok":
            self.channels_closed.discard(frame.channel)
        if frame.method in {"connection.close", "channel.close"} and self.close_ok:
            self.send_method(frame.channel, f"{frame.method}-ok", {})
        return frame

    def take_frame(self, deadline: float) -> Frame | None:
        while True:
            if self.received.startswith(b"AMQP") and len(self.received) >= 8:
                header, self.received = self.received[:8], self.received[8:]
                self.transcript.append(f"protocol header {header!r}")
            if len(self.received) >= 7:
                kind, channel, size = struct.unpack_from(">BHI", self.received)
                assert size + 8 <= self.frame_max, "larger than we agreed"
                if len(self.received) >= size + 8:
                    payload = self.received[7 : 7 + size]
                    assert self.received[7 + size : 8 + size] == wire.FRAME_END
                    self.received = self.received[8 + size :]
                    return Frame(kind, channel, payload)
            if not self.read_more(deadline):
                return None

    def read_more(self, deadline: float) -> bool:
        self.sock.settimeout(max(deadline - time.monotonic(), 0.001))
        try:
            data = self.sock.recv(1 << 20)
        except TimeoutError:
            return False
        except OSError:
            data = b""
        if not data:
            self.end()
        self.received += data
        return True

    def end(self) -> None:
        if not self.closed:
            self.closed = True
            self.transcript.append("end of stream")
        raise Closed

    def receive_until(self, *methods: str, channel: int, patience_s: float = PATIENCE_S) -> None:
        """Read up to an answer, or to a close that makes it impossible."""
        ends = {*methods, "connection.close"}
        while True:
            frame = self.receive(patience_s)
            if frame is None:
                self.transcript.append("silence")
                return
            if frame.method in ends or (frame.method, frame.channel) == ("channel.close", channel):
                return

    # --- writing down

    def write_down(self, frame: Frame) -> None:
        line = self.neutral(self.describe(frame))
        if frame.method != "access.request-ok":  # Our own marker of "all before is done".
            self.transcript.append(f"{frame.channel} {line}")

    def describe(self, frame: Frame) -> str:
        if frame.kind == wire.METHOD:
            name, values = wire.decode_method(frame.payload)
            self.remember(name, values)
            if name.endswith(".close"):
                cause = values["class_id"], values["method_id"]
                return f"{name} {values['reply_code']} {values['reply_text']!r} {cause}"
            return " ".join([name, *(f"{key}={shown(each)}" for key, each in values.items())])
        if frame.kind == wire.HEADER:
            properties, size = wire.decode_header(frame.payload)
            self.last_properties = properties
            self.body = b""
            listed = " ".join(f"{key}={shown(each)}" for key, each in properties.items())
            return f"header size={size} {listed}".rstrip()
        if frame.kind == wire.BODY:
            return self.describe_body(frame)
        return "heartbeat" if frame.kind == wire.HEARTBEAT else f"frame of type {frame.kind}"

    def describe_body(self, frame: Frame) -> str:
        """One line for a whole body: into how many frames it was cut is the broker's choice."""
        if self.body:
            self.transcript.pop()
        self.body += frame.payload
        return f"body of {len(self.body)} ({zlib.crc32(self.body):08x}) {self.body[:40]!r}"

    def remember(self, name: str, values: dict[str, Any]) -> None:
        made = values.get("queue" if name.startswith("queue") else "consumer_tag", "")
        if name.endswith("-ok") and made.startswith("amq.") and made not in self.generated:
            self.generated.append(made)

    def neutral(self, line: str) -> str:
        line = re.sub(r"\\n +", "", line)  # RabbitMQ prints long terms over several lines.
        if self.prefix:
            line = line.replace(self.prefix, "~")
        for pattern, replacement in VOLATILE:
            line = pattern.sub(replacement, line)
        return line

    # --- the usual ways in and out

    def handshake(
        self,
        capabilities: dict[str, bool] = CAPABILITIES,
        user: str = "guest",
        heartbeat: int = 0,
        frame_max: int = 131072,
        vhost: str = "/",
    ) -> None:
        """Open a connection without writing it down; every user's password is its name."""
        kept, self.transcript = self.transcript, []
        self.send(PROTOCOL_HEADER)
        self.receive_until("connection.start", channel=0)
        start_ok = {
            "client_properties": {"capabilities": dict(capabilities)},
            "mechanism": "PLAIN",
            "response": f"\x00{user}\x00{user}",
            "locale": "en_US",
        }
        self.send_method(0, "connection.start-ok", start_ok)
        self.receive_until("connection.tune", channel=0)
        self.frame_max = frame_max
        tune_ok = {"channel_max": 2047, "frame_max": frame_max, "heartbeat": heartbeat}
        self.send_method(0, "connection.tune-ok", tune_ok)
        self.send_method(0, "connection.open", {"virtual_host": vhost})
        self.receive_until("connection.open-ok", channel=0)
        assert "connection.open-ok" in self.transcript[-1], self.transcript
        self.transcript = kept

    def open_channel(self, channel: int = 1) -> None:
        self.send_method(channel, "channel.open", {})
        self.receive_until("channel.open-ok", channel=channel)
        self.transcript.pop()

    def hang_up(self) -> None:
        self.sock.close()


def shown(value: Any) -> str:
    """A value with its field type, so that a type lost on the way shows."""
    if isinstance(value, wire.Typed):
        inner = value.value
        if isinstance(inner, dict | list):
            return f"{value.letter}:{shown(inner)}"
        return f"{value.letter}:{inner!r}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={shown(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(shown(each) for each in value) + "]"
    return repr(value)
