"""A socket between two nodes that have proved themselves: octets in sealed blocks, both ways.

A block is a frame of control/wire.py: its tag says that the peer wrote it, and that it is the next.
Sealing costs about 5 us a block and 1 us per KiB of it, so what gathers in a turn shares a block:
frames of 1 KiB cost 1 us each that way, and 6 us one by one.

Rule: blocks are small, so that life is noticed while a large frame is under way; the seals stay
when TLS is around them, for TLS alone does not know the cookie.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Final

from leveret.control import challenge
from leveret.control.challenge import Challenge, Purpose
from leveret.control.wire import HEAD_OCTETS, BadFrame, Opener, Sealer

if TYPE_CHECKING:
    import ssl

BLOCK_OCTETS_MAX: Final = 64 * 1024


class SealedSocket:
    """heard: something came since this was last set to False."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        opener: Opener,
        sealer: Sealer,
    ) -> None:
        self.heard = False
        self._reader = reader
        self._writer = writer
        self._opener = opener
        self._sealer = sealer

    async def receive(self) -> bytes:
        """The next block. Raises OSError when the peer is gone, BadFrame."""
        length = self._opener.begin(await self._exactly(HEAD_OCTETS))
        if length > BLOCK_OCTETS_MAX:
            raise BadFrame(f"a block of {length} octets, {BLOCK_OCTETS_MAX} may be had")
        return self._opener.finish(await self._exactly(length))

    async def _exactly(self, count: int) -> bytes:
        pieces = []
        while count:
            piece = await self._reader.read(count)
            if not piece:
                raise ConnectionResetError("the peer closed the connection")
            self.heard = True
            pieces.append(piece)
            count -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def say(self, block: bytes) -> None:
        assert len(block) <= BLOCK_OCTETS_MAX
        self._writer.write(self._sealer.seal(block))

    async def drain(self) -> None:
        """Until there is room for more. Raises OSError when the peer is gone."""
        await self._writer.drain()

    async def start_tls(self, context: ssl.SSLContext, host: str | None) -> None:
        """host: whose name the certificate must have, at the end that came. Raises OSError."""
        await self._writer.start_tls(context, server_hostname=host)

    async def finish(self) -> None:
        """What was said is sent, and then no more. Raises OSError."""
        self._writer.close()
        await self._writer.wait_closed()

    def abort(self) -> None:
        """It is over; what was not sent is lost."""
        self._writer.transport.abort()


async def dial(place: tuple[str, int], cookie: bytes, purpose: Purpose) -> SealedSocket:
    """The end that comes: both prove that they have the cookie.

    Raises OSError, NotOurs, Unproven.
    """
    reader, writer = await asyncio.open_connection(*place)
    try:
        keys = await _prove(reader, writer, cookie, purpose)
    except asyncio.IncompleteReadError as error:
        writer.transport.abort()
        raise ConnectionResetError("it closed the connection before it let us in") from error
    except BaseException:
        writer.transport.abort()
        raise
    return SealedSocket(reader, writer, Opener(keys.node_key()), Sealer(keys.tool_key()))


async def _prove(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cookie: bytes, purpose: Purpose
) -> Challenge:
    hello = challenge.hello(os.urandom(challenge.NONCE_OCTETS), purpose)
    writer.write(hello)
    greeting = await reader.readexactly(challenge.GREETING_OCTETS)
    challenge.check_greeting(greeting)
    keys = Challenge(cookie, hello, greeting)
    writer.write(keys.tool_proof())
    keys.check_node(await reader.readexactly(challenge.VERDICT_OCTETS))
    return keys


def welcomed(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, keys: Challenge
) -> SealedSocket:
    """The end that was come to: control/server.py has done the proving."""
    return SealedSocket(reader, writer, Opener(keys.tool_key()), Sealer(keys.node_key()))
