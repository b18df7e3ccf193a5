"""A client of the nats-server beside this node: questions, publications, subscriptions.

It comes back after each loss, for ever, with its subscriptions; what was asked before is then
Unanswered. A server that says nothing for seconds, though asked, is lost.

Rule: nothing is kept for later: what can't be written now is Unanswered at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from leveret.cluster.nats.frames import MalformedFrame, Message, Reader, Word, publication

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("leveret.cluster.nats")

CONNECT_S: Final = 2.0
AGAIN_S: Final = 0.25
PING_S: Final = 2.0
SILENT_S: Final = 6.0
ANSWER_S: Final = 2.0
NO_RESPONDERS: Final = 503


class Unanswered(Exception):
    """Nobody answered in time, or nobody is there who could. It may be done all the same."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens, and as whom to talk to it."""

    host: str
    port: int
    user: str
    password: str


class Line(asyncio.Protocol):
    """One TCP connection. is_ready: the server has let us in."""

    def __init__(self, address: Address, take: Callable[[Message], None]) -> None:
        loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[None] = loop.create_future()
        self.lost: asyncio.Future[None] = loop.create_future()
        self._address = address
        self._take = take
        self._reader = Reader()
        self._transport: asyncio.WriteTransport | None = None
        self._heard_at = loop.time()
        self._is_greeted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's are none by inheritance.
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        try:
            for frame in self._reader.receive(data):
                if isinstance(frame, Message):
                    self._take(frame)
                else:
                    self._obey(frame)
        except MalformedFrame as error:
            log.warning("nats-server: %s", error)
            self.end()

    def _obey(self, word: Word) -> None:
        match word.verb:
            case "INFO" if not self._is_greeted:
                # It is told again when the cluster changes; who answers again is thrown out.
                self._is_greeted = True
                self.write(b"CONNECT " + self._introduction() + b"\r\nPING\r\n")
            case "PING":
                self.write(b"PONG\r\n")
            case "PONG" if not self.ready.done():
                self.ready.set_result(None)
            case "-ERR":
                log.warning("nats-server: %s", word.rest.decode("latin-1"))

    def _introduction(self) -> bytes:
        told = {
            "user": self._address.user,
            "pass": self._address.password,
            "verbose": False,
            "pedantic": False,
            "headers": True,
            "no_responders": True,
            "protocol": 1,
            "lang": "python",
            "version": "1",
            "name": "leveret",
        }
        return json.dumps(told).encode()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._transport = None
        if not self.lost.done():
            self.lost.set_result(None)

    def write(self, octets: bytes) -> None:
        """Raises Unanswered."""
        if self._transport is None or self._transport.is_closing():
            raise Unanswered("nats-server is not connected")
        self._transport.write(octets)

    async def wait_lost(self) -> None:
        """Until it is; pings a server that says nothing."""
        while not self.lost.done():
            if asyncio.get_running_loop().time() - self._heard_at > SILENT_S:
                self.end()
            with contextlib.suppress(Unanswered):
                self.write(b"PING\r\n")
            await asyncio.wait((self.lost,), timeout=PING_S)

    def end(self) -> None:
        if self._transport is not None:
            self._transport.abort()


class Client:
    """The connection that is there now, or will be."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._line: Line | None = None
        self._subscriptions: dict[int, tuple[str, Callable[[Message], None]]] = {}
        self._last_sid = 0
        self._inbox = f"_INBOX.{secrets.token_hex(8)}"
        self._questions: dict[str, asyncio.Future[Message]] = {}
        self._last_question = 0
        self._keeping: asyncio.Task[None] | None = None
        self.subscribe(f"{self._inbox}.*", self._answer)

    async def connect(self) -> None:
        """Raises Unanswered when there is nobody yet; from then on it stays connected."""
        if self._keeping is None:
            line = await self._open()
            self._keeping = asyncio.get_running_loop().create_task(self._keep(line))

    async def close(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait((self._keeping,))
            self._keeping = None
        self._fail_questions()

    def new_inbox(self) -> str:
        return f"_INBOX.{secrets.token_hex(11)}"

    def publish(self, subject: str, octets: bytes = b"", reply: str = "") -> None:
        """Raises Unanswered."""
        self._write(publication(subject, octets, reply))

    def subscribe(self, subject: str, take: Callable[[Message], None]) -> int:
        """The number of the subscription; it outlives the connection."""
        self._last_sid += 1
        self._subscriptions[self._last_sid] = (subject, take)
        with contextlib.suppress(Unanswered):
            self._write(f"SUB {subject} {self._last_sid}\r\n".encode())
        return self._last_sid

    def unsubscribe(self, sid: int) -> None:
        del self._subscriptions[sid]
        with contextlib.suppress(Unanswered):
            self._write(f"UNSUB {sid}\r\n".encode())

    async def request(
        self, subject: str, octets: bytes, headers: dict[str, str] | None = None
    ) -> Message:
        """The first answer. Raises Unanswered."""
        self._last_question += 1
        reply = f"{self._inbox}.{self._last_question}"
        self._write(publication(subject, octets, reply, headers))
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._questions[reply] = answer
        try:
            async with asyncio.timeout(ANSWER_S):
                message = await answer
        except TimeoutError:
            raise Unanswered("no answer in time") from None
        finally:
            self._questions.pop(reply, None)
        if message.status == NO_RESPONDERS:
            raise Unanswered("nobody leads it")
        return message

    def _answer(self, message: Message) -> None:
        answer = self._questions.get(message.subject)
        if answer is not None and not answer.done():
            answer.set_result(message)

    def _take(self, message: Message) -> None:
        if (subscription := self._subscriptions.get(message.sid)) is not None:
            subscription[1](message)

    def _write(self, octets: bytes) -> None:
        if self._line is None:
            raise Unanswered("nats-server is not connected")
        self._line.write(octets)

    async def _keep(self, line: Line | None) -> None:
        try:
            while True:
                if line is not None:
                    await line.wait_lost()
                    self._line = None
                    self._fail_questions()
                await asyncio.sleep(AGAIN_S)
                line = None
                with contextlib.suppress(Unanswered):
                    line = await self._open()
        finally:
            if self._line is not None:
                self._line.end()
                self._line = None

    async def _open(self) -> Line:
        """Let in, and subscribed to all that is wanted."""
        line = Line(self._address, self._take)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_S):
                await loop.create_connection(lambda: line, self._address.host, self._address.port)
                await asyncio.wait((line.ready, line.lost), return_when="FIRST_COMPLETED")
        except (OSError, TimeoutError) as error:
            line.end()
            raise Unanswered(f"nats-server: {error or 'silent'}") from None
        except asyncio.CancelledError:
            line.end()
            raise
        if not line.ready.done() or line.lost.done():
            raise Unanswered("nats-server lets us not in")
        for sid, (subject, _) in self._subscriptions.items():
            line.write(f"SUB {subject} {sid}\r\n".encode())
        self._line = line
        return line

    def _fail_questions(self) -> None:
        for answer in self._questions.values():
            if not answer.done():
                answer.set_exception(Unanswered("nats-server is lost"))
