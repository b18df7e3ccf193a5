"""One connection of a link: frames gathered into blocks, blocks cut into frames, and heartbeats.

    carry() ─> gathered ──(next turn)──> blocks ─> socket      who sends faster than the socket
    link.hear() <── frames <── cutter <── blocks <── socket    takes it finds `is_behind`

Rule: a connection ends once, whatever ends it, and its link is told in the same turn. A peer that
says nothing for some heartbeats is gone; they are counted, not timed, so that a node that was
frozen itself listens before it judges.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leveret.cluster.links.frames import HEARTBEAT, BadPeer, Cutter, head, pieces
from leveret.cluster.links.ports import BEHIND_OCTETS
from leveret.cluster.links.sealed import BLOCK_OCTETS_MAX
from leveret.control.wire import BadFrame

if TYPE_CHECKING:
    from leveret.cluster.links.link import PeerLink
    from leveret.cluster.links.sealed import SealedSocket

log = logging.getLogger("leveret.cluster")

# Who sends on and on although the link is behind would fill the memory.
OVERFULL_OCTETS: Final = 256 * 1024 * 1024
HANG_UP_S_MAX: Final = 1.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How often and how long: of heartbeats, of proving oneself, of pauses between attempts."""

    heartbeat_s: float = 1.0
    silent_heartbeats: int = 5
    handshake_s: float = 5.0
    pause_s: float = 0.1
    pause_s_max: float = 2.0


class Connection:
    """The carrier (link.py) of one socket."""

    def __init__(self, socket: SealedSocket, link: PeerLink, pace: Pace) -> None:
        self._socket = socket
        self._link = link
        self._pace = pace
        self._gathered: list[bytes] = []
        self._queued_octets = 0
        self._has_more = asyncio.Event()
        self._is_empty = asyncio.Event()
        self._is_empty.set()
        self._has_said = False
        self._silent = 0
        self._is_over = False
        self._is_overfull = False
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_behind(self) -> bool:
        return self._queued_octets > BEHIND_OCTETS

    def carry(self, kind: int, stream: int, octets: bytes) -> None:
        if self._is_over or self._is_overfull:
            return
        if self._queued_octets > OVERFULL_OCTETS:
            self._overflow()
            return
        begin = head(kind, stream, octets)
        self._gathered += (begin, octets)
        self._queued_octets += len(begin) + len(octets)
        self._has_said = True
        self._has_more.set()
        self._is_empty.clear()

    def _overflow(self) -> None:
        log.error("%s takes less than it is sent; the link to it begins anew", self._link.node)
        asyncio.get_running_loop().call_soon(self.end, "it took less than it was sent")
        self._is_overfull = True
        self._gathered.clear()

    async def run(self) -> None:
        """Carry the link until the connection is over."""
        writing = asyncio.create_task(self._write())
        trouble = "the connection was closed here"
        try:
            self._link.rise(self)
            self._beat_later()
            trouble = await self._read()
        finally:
            writing.cancel()
            self.end(trouble)

    async def _read(self) -> str:
        """Until it ends; says why it did."""
        cutter = Cutter()
        try:
            while True:
                await self._link.hear(self, cutter.feed(await self._socket.receive()))
        except OSError as error:
            return error.strerror or str(error) or "the connection was lost"
        except (BadFrame, BadPeer) as error:
            log.warning("the link to %s begins anew: it sent %s", self._link.node, error)
            return f"it sent {error}"
        except Exception:
            log.exception("what %s sent could not be taken; the link begins anew", self._link.node)
            return "what it sent could not be taken"

    async def _write(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                await self._has_more.wait()
                self._has_more.clear()
                gathered, self._gathered = self._gathered, []
                for block in pieces(b"".join(gathered), BLOCK_OCTETS_MAX):
                    self._socket.say(block)
                    await self._socket.drain()
                    self._queued_octets -= len(block)
                self._look_at_queue()

    def _look_at_queue(self) -> None:
        if not self._gathered:
            self._is_empty.set()
        if not self.is_behind:
            self._link.relieve()

    def _beat_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._pace.heartbeat_s, self._beat)

    def _beat(self) -> None:
        self._silent = 0 if self._socket.heard else self._silent + 1
        self._socket.heard = False
        if self._silent >= self._pace.silent_heartbeats:
            silence_s = self._silent * self._pace.heartbeat_s
            self.end(f"nothing was heard of it for {silence_s:g} s")
            return
        if not self._has_said:
            self.carry(HEARTBEAT, 0, b"")
        self._has_said = False
        self._beat_later()

    def probe(self) -> None:
        """Say something: if the peer is not there any more, its machine says so."""
        self.carry(HEARTBEAT, 0, b"")

    def end(self, trouble: str) -> None:
        """It is over; whatever is under way is lost."""
        if self._is_over:
            return
        self._is_over = True
        if self._timer is not None:
            self._timer.cancel()
        self._socket.abort()
        self._link.fall(self, trouble)

    async def hang_up(self, trouble: str) -> None:
        """What was said is sent, if the peer takes it soon; then it is over."""
        with contextlib.suppress(OSError):
            async with asyncio.timeout(HANG_UP_S_MAX):
                await self._is_empty.wait()
                await self._socket.finish()
        self.end(trouble)
