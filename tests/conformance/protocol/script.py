"""Scripts: short lists of steps, run alike on any broker, whose transcript is then compared.

Names that start with `~` belong to one run; what it leaves behind goes with the broker. A step
acts on the script's first connection unless `by("other", step)` says otherwise; connections open
as they are named.
"""

import contextlib
import itertools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.brokers import Admin
from tests.conformance.protocol import wire
from tests.conformance.raw import CAPABILITIES, PROTOCOL_HEADER, Client, Closed

FIRST = "a"
NARROW = "narrow"  # A connection of this name agrees on the smallest frames there are.
ELSEWHERE = "elsewhere"  # One whose name begins so enters a vhost of the script's own, "~v".


class Endpoint(Protocol):
    host: str
    port: int
    admin: Admin


Act = Callable[["Run", Client], None]


@dataclass(frozen=True, slots=True)
class Step:
    """Something done on one connection."""

    act: Act
    connection: str = FIRST


def by(connection: str, step: Step) -> Step:
    """The same step on another connection, which opens (with channel 1) when first named."""
    return Step(step.act, connection)


Script = Iterable[Step]
RUNS = itertools.count(1)


@dataclass(slots=True)
class Run:
    """One run of a script on one broker."""

    endpoint: Endpoint
    prefix: str
    bare: bool = False
    capabilities: dict[str, bool] = field(default_factory=lambda: dict(CAPABILITIES))
    user: str = "guest"
    transcript: list[str] = field(default_factory=list)
    clients: dict[str, Client] = field(default_factory=dict)

    def step(self, step: Step) -> None:
        client = self.client(step.connection)
        with contextlib.suppress(Closed):
            step.act(self, client)
        mark = "" if step.connection == FIRST else f"{step.connection}: "
        self.transcript += [mark + line for line in client.transcript]
        client.transcript.clear()

    def client(self, name: str) -> Client:
        if name not in self.clients:
            client = Client(self.endpoint.host, self.endpoint.port, self.prefix)
            self.clients[name] = client
            if not self.bare:
                client.handshake(
                    self.capabilities,
                    user=self.user if name == FIRST else "guest",
                    frame_max=4096 if name == NARROW else 131072,
                    vhost=f"{self.prefix}v" if name.startswith(ELSEWHERE) else "/",
                )
                client.open_channel()
        return self.clients[name]

    def end(self) -> None:
        for client in self.clients.values():
            client.hang_up()


def run(
    script: Script,
    endpoint: Endpoint,
    *,
    bare: bool = False,
    capabilities: dict[str, bool] | None = None,
    user: str = "guest",
) -> list[str]:
    """Run the steps on fresh connections; `bare` ones are sockets without a handshake.

    The first connection is the given user's, the others are guest's.
    """
    current = Run(endpoint, f"t{next(RUNS):06}-", bare, capabilities or dict(CAPABILITIES), user)
    try:
        for step in script:
            current.step(step)
        if not bare:
            for name in list(current.clients):
                current.step(by(name, sync()))
    finally:
        current.end()
    return current.transcript


# --- steps


def do(name: str, channel: int = 1, **values: Any) -> Step:
    """Send a method; if the book gives it an answer, read up to that."""

    def act(_: Run, client: Client) -> None:
        client.send_method(channel, name, values)
        answers = [f"{name}-ok", *(["basic.get-empty"] if name == "basic.get" else [])]
        if answers[0] not in wire.BY_NAME or values.get("nowait"):
            return
        client.receive_until(*answers, channel=channel)
        if name == "basic.get" and " basic.get-ok" in client.transcript[-1]:
            read_content(client)

    return Step(act)


def tell(name: str, channel: int = 1, **values: Any) -> Step:
    """Send a method and read nothing."""
    return Step(lambda _, client: client.send_method(channel, name, values))


def publish(
    routing_key: str, body: bytes = b"x", *, channel: int = 1, exchange: str = "", **rest: Any
) -> Step:
    """basic.publish with its content; mandatory and immediate aside, `rest` is properties."""
    flags = {name: rest.pop(name) for name in ("mandatory", "immediate") if name in rest}

    def act(_: Run, client: Client) -> None:
        method = {"exchange": exchange, "routing_key": routing_key, **flags}
        client.send_method(channel, "basic.publish", method)
        header = wire.encode_header(client.prefixed(rest), len(body))
        client.send(wire.encode_frame(wire.HEADER, channel, header))
        piece = client.frame_max - 8
        for start in range(0, len(body), piece):
            part = body[start : start + piece]
            client.send(wire.encode_frame(wire.BODY, channel, part))

    return Step(act)


def frame(kind: int, channel: int, payload: bytes) -> Step:
    return data(wire.encode_frame(kind, channel, payload))


def header(size: int, channel: int = 1, **properties: Any) -> Step:
    return frame(wire.HEADER, channel, wire.encode_header(properties, size))


def body(content: bytes, channel: int = 1) -> Step:
    return frame(wire.BODY, channel, content)


def data(content: bytes) -> Step:
    return Step(lambda _, client: client.send(content))


def greet(content: bytes = PROTOCOL_HEADER, *, in_full: bool = False) -> Step:
    """Send a protocol header and read what comes of it."""

    def act(_: Run, client: Client) -> None:
        client.send(content)
        client.receive_until("connection.start", channel=0)
        if not in_full:
            client.transcript[-1] = re.sub(r"server_properties=.*", "...", client.transcript[-1])

    return Step(act)


def expect(count: int = 1) -> Step:
    """Read this many contents or bare methods that the broker sends on its own account."""

    def act(_: Run, client: Client) -> None:
        for _ in range(count):
            found = client.receive()
            if found is None:
                client.transcript.append("silence")
                return
            if found.method in {"basic.deliver", "basic.return"}:
                read_content(client)

    return Step(act)


def confirms(count: int) -> Step:
    """Read until so many publishes are confirmed; how they are grouped is the broker's choice."""

    def act(_: Run, client: Client) -> None:
        start = len(client.transcript)
        settled: dict[int, str] = {}
        while len(settled) < count:
            found = client.receive()
            if found is None or found.method not in {"basic.ack", "basic.nack"}:
                return
            values = wire.decode_method(found.payload)[1]
            last = values["delivery_tag"]
            for tag in range(1 if values["multiple"] else last, last + 1):
                if tag not in client.confirmed:
                    client.confirmed.add(tag)
                    settled[tag] = found.method
        client.transcript[start:] = [f"{tag} {settled[tag]}" for tag in sorted(settled)]

    return Step(act)


def read_content(client: Client) -> None:
    found = client.receive()
    assert found is not None
    assert found.kind == wire.HEADER, client.transcript
    remaining = wire.decode_header(found.payload)[1]
    while remaining:
        part = client.receive()
        assert part is not None
        remaining -= len(part.payload)


def quiet(seconds: float = 0.2) -> Step:
    """Read whatever comes until nothing has come for so long."""

    def act(_: Run, client: Client) -> None:
        while client.receive(seconds) is not None:
            pass

    return Step(act)


def sync(channel: int = 1) -> Step:
    """Read until the broker has handled all that this channel sent before, if it still is."""

    def act(_: Run, client: Client) -> None:
        if client.is_over or channel in client.channels_closed:
            return
        client.send_method(channel, "access.request", {"realm": "/", "read": 1})
        client.receive_until("access.request-ok", channel=channel)

    return Step(act)


def read_to_end() -> Step:
    """Read until the connection is closed; who then hangs up first, and when, is not compared."""

    def act(_: Run, client: Client) -> None:
        while found := client.receive():
            if found.method.startswith("connection.close"):
                return
        client.transcript.append("silence")

    return Step(act)


def hang_up() -> Step:
    """Drop the socket without a word."""

    def act(current: Run, client: Client) -> None:
        client.hang_up()
        current.clients = {
            name: each for name, each in current.clients.items() if each is not client
        }

    return Step(act)


def mannerless() -> Step:
    """From here on, leave the broker's closes unanswered."""

    def act(_: Run, client: Client) -> None:
        client.close_ok = False

    return Step(act)


def note(text: str) -> Step:
    return Step(lambda _, client: client.transcript.append(f"-- {text}"))


# --- the declarations that most scripts begin with


def queue(name: str = "~q", **values: Any) -> Step:
    return do("queue.declare", queue=name, **values)


def exchange(name: str = "~x", kind: str = "direct", **values: Any) -> Step:
    return do("exchange.declare", exchange=name, type=kind, **values)


def bind(queue_name: str, exchange_name: str, routing_key: str = "", **arguments: Any) -> Step:
    return do(
        "queue.bind",
        queue=queue_name,
        exchange=exchange_name,
        routing_key=routing_key,
        arguments=arguments,
    )


def get(queue_name: str = "~q", **values: Any) -> Step:
    return do("basic.get", queue=queue_name, **values)


def consume(queue_name: str = "~q", tag: str = "t", **values: Any) -> Step:
    return do("basic.consume", queue=queue_name, consumer_tag=tag, **values)


def open_channel(channel: int) -> Step:
    return do("channel.open", channel=channel)


def close_channel(channel: int = 1) -> Step:
    """Close; RabbitMQ puts back what the channel held a moment after its close-ok."""
    close = do("channel.close", channel=channel, reply_code=200)
    settle = quiet(0.1)

    def act(current: Run, client: Client) -> None:
        close.act(current, client)
        settle.act(current, client)

    return Step(act)
