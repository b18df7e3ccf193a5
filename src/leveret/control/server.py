"""What is served on the node port: tools come in, prove that they have the cookie, and ask.

Other nodes of a cluster come in at the same door and prove the same; then they are handed over to
whoever serves peers, and are no longer counted here.

Rule: whoever has not proved itself costs a socket and a moment. At most so many are in at a time,
and when there is no room the stranger who has stood there longest gives way: who has the cookie
needs no time to prove it. Garbage, silence and a wrong cookie end their own connection only.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from typing import TYPE_CHECKING, Final

from leveret.control import challenge
from leveret.control.answering import answers
from leveret.control.challenge import Challenge, Purpose
from leveret.control.messages import BadMessage, decode_ask, encode
from leveret.control.wire import HEAD_OCTETS, BadFrame, Opener, Sealer

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable, Callable, Sequence

    from leveret.control.host import Host

    # Takes a peer that has proved itself, until it is gone.
    Welcome = Callable[
        [asyncio.StreamReader, asyncio.StreamWriter, Challenge, Purpose], Awaitable[None]
    ]

log = logging.getLogger("leveret")

# People and their scripts: more at once is a flood.
CONNECTIONS_MAX: Final = 128
PROOF_S_MAX: Final = 5.0
# The loop takes so many turns from a socket that knocks to its visit.
ACCEPT_TURNS: Final = 3
# Between one question and the next.
SILENCE_S_MAX: Final = 60.0
# A line in the log for each stranger would let strangers fill the disk.
WARNING_INTERVAL_S: Final = 1.0
BACKLOG: Final = 64

_GONE = (ConnectionError, asyncio.IncompleteReadError, TimeoutError)


class ControlServer:
    """host: whom the questions are about. cookie: what a tool has to have.

    peers: takes other nodes; without it they are sent away.
    """

    def __init__(self, host: Host, cookie: bytes, peers: Welcome | None = None) -> None:
        self.peers = peers
        self._host = host
        self._cookie = cookie
        self._servers: list[asyncio.Server] = []
        self._visits: set[asyncio.Task[None]] = set()
        # Who has not proved itself, the oldest first; and who is a peer.
        self._strangers: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._nodes: set[asyncio.Task[None]] = set()
        self._next_warning = 0.0
        self._is_stopping = False

    async def serve(self, sockets: Sequence[socket.socket]) -> None:
        """Let tools in; the sockets listen already."""
        for each in sockets:
            server = await asyncio.start_server(self._visit, sock=each, backlog=BACKLOG)
            self._servers.append(server)

    async def stop(self) -> None:
        """No new questions; who waits for an answer loses the connection."""
        self._is_stopping = True
        for server in self._servers:
            server.close()
        # Who is being let in just now has to be in before he can be sent away.
        for _turn in range(ACCEPT_TURNS):
            await asyncio.sleep(0)
        visits = [visit for visit in self._visits if visit is not asyncio.current_task()]
        for visit in visits:
            visit.cancel()
        await asyncio.gather(*visits, return_exceptions=True)
        self._servers.clear()
        await asyncio.sleep(0)  # The loop lets go of them in its next turn.

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = asyncio.current_task()
        assert visit is not None
        self._visits.add(visit)
        self._strangers[visit] = writer
        try:
            if self._has_room(visit) and not self._is_stopping:
                await self._receive(visit, reader, writer)
        except _GONE:
            pass  # It went, or never said what it came for.
        except asyncio.CancelledError:
            if not self._is_stopping:
                raise
        except challenge.NotOurs as error:
            self._warn(f"closing a connection to the node port from {_peer(writer)}: {error}")
        except (BadFrame, BadMessage) as error:
            self._warn(f"closing a connection to the node port from {_peer(writer)}: {error}")
        except challenge.Unproven:
            self._warn(
                f"a tool at {_peer(writer)} was refused at the node port: its cookie is not ours"
            )
        finally:
            self._visits.discard(visit)
            self._strangers.pop(visit, None)
            self._nodes.discard(visit)
            writer.close()

    def _has_room(self, visit: asyncio.Task[None]) -> bool:
        """For a visit that begins; another may have to end for it."""
        if len(self._visits) - len(self._nodes) <= CONNECTIONS_MAX:
            return True
        oldest = next(iter(self._strangers))
        if oldest is visit:
            return False
        self._strangers.pop(oldest).transport.abort()
        return True

    async def _receive(
        self,
        visit: asyncio.Task[None],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        async with asyncio.timeout(PROOF_S_MAX):
            keys, purpose = await self._prove(reader, writer)
        self._strangers.pop(visit, None)
        if purpose is Purpose.CONTROL:
            await self._answer(reader, writer, keys)
        elif self.peers is None:
            raise challenge.NotOurs(
                "it is a node of a cluster, and this node takes none: it has no data directory"
            )
        else:
            self._nodes.add(visit)
            await self.peers(reader, writer, keys, purpose)

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, keys: Challenge
    ) -> None:
        opener, sealer = Opener(keys.tool_key()), Sealer(keys.node_key())
        while True:
            async with asyncio.timeout(SILENCE_S_MAX):
                length = opener.begin(await reader.readexactly(HEAD_OCTETS))
                ask = decode_ask(opener.finish(await reader.readexactly(length)))
            async with contextlib.aclosing(answers(self._host, ask)) as said:
                async for answer in said:
                    writer.write(sealer.seal(encode(answer)))
                    await writer.drain()

    async def _prove(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> tuple[Challenge, Purpose]:
        # Looked at before the rest is awaited: somebody else's protocol may be shorter.
        begin = await reader.readexactly(len(challenge.MAGIC))
        if begin != challenge.MAGIC:
            raise challenge.NotOurs("it does not speak Leveret's protocol")
        hello = begin + await reader.readexactly(challenge.HELLO_OCTETS - len(begin))
        purpose = challenge.purpose_of(hello)
        greeting = challenge.greeting(os.urandom(challenge.NONCE_OCTETS))
        writer.write(greeting)
        keys = Challenge(self._cookie, hello, greeting)
        proof = await reader.readexactly(challenge.PROOF_OCTETS)
        try:
            keys.check_tool(proof)
        except challenge.Unproven:
            writer.write(challenge.REFUSED)
            raise
        writer.write(keys.node_verdict())
        return keys, purpose

    def _warn(self, sentence: str) -> None:
        now = time.monotonic()
        if now >= self._next_warning:
            self._next_warning = now + WARNING_INTERVAL_S
            log.warning(sentence)


def _peer(writer: asyncio.StreamWriter) -> str:
    peer = writer.get_extra_info("peername")
    return f"{peer[0]}:{peer[1]}" if peer else "an address that is gone"
