"""One node's hold on a log that is a JetStream stream: the port SharedLog.

What is appended gathers in an entry while the entry before is on its way to the disks of a
majority: a group commit, as storage/journal.py has one for this machine's disk.

    append ──> entry being filled ──> on its way (one) ──> safe ──> when_safe
                                          │
                                          └─> another entry is where it should be ──> deposed

Rule: what this writer says is safe lies behind its own fence, with nothing of others between. That
holds because one entry is on its way at a time: of several, each expecting the one before, the
first may be lost, and the second find in a fence just the sequence that it expects (stream.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections import deque
from typing import TYPE_CHECKING, Final

from leveret.cluster.nats.client import Unanswered
from leveret.cluster.nats.connection import ApiError
from leveret.cluster.nats.entries import Entry, entry_of, records_of, sequence_of
from leveret.cluster.nats.patience import PATIENCE_S, patiently
from leveret.cluster.nats.reading import entries_from
from leveret.cluster.ports import FENCE, RECORD_BYTES_MAX, Deposed, NoMajority, NoSuchLog, Record

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from leveret.cluster.nats.stream import Stream

log = logging.getLogger("leveret.cluster.nats")

STALL_S: Final = 3.0


class NatsLog:
    """last_sequence, is_writer, safe_ticket: as the port has them."""

    def __init__(self, node: str, stream: Stream) -> None:
        self.last_sequence = 0
        self.is_writer = False
        self.safe_ticket = 0
        self.is_closed = False
        self._node = node
        self._stream = stream
        self._reign = 0
        # The one on its way first, the one being filled last.
        self._entries: deque[Entry] = deque()
        self._on_its_way: Entry | None = None
        self._next_number = 0
        self._fence_octets = b""
        # Our fence, in a log that has nothing before it: a new one, mostly.
        self._only_fence: Record | None = None
        self._purged_before = 0
        self._writing: asyncio.Task[None] | None = None
        self._purging: asyncio.Task[None] | None = None
        self._safe_actions: deque[tuple[int, Callable[[], None]]] = deque()
        self._deposed_actions: list[Callable[[], None]] = []
        self._stalled_actions: list[Callable[[bool], None]] = []
        self._is_stalled = False
        # Since it was last asked whether anybody else has taken over.
        self._has_written = False
        self._watch: asyncio.TimerHandle | None = None

    @property
    def birth(self) -> str:
        return self._stream.birth

    # Writing -----------------------------------------------------------------------------------

    def append(self, kind: int, octets: bytes) -> int:
        if not self.is_writer:
            raise Deposed
        assert len(octets) <= RECORD_BYTES_MAX
        last = self._entries[-1] if self._entries else None
        if last is None or last is self._on_its_way or not last.has_room(octets):
            last = self._open_entry()
        return last.append(kind, octets)

    def _open_entry(self) -> Entry:
        entry = Entry(self._next_number, self._reign, asyncio.get_running_loop().time())
        self._entries.append(entry)
        self._next_number += 1
        if self._writing is None:
            asyncio.get_running_loop().call_soon(self._start_writing, self._reign)
        if self._watch is None:
            self._watch_stall(STALL_S)
        return entry

    def _start_writing(self, reign: int) -> None:
        """At the end of the turn in which something was appended."""
        if reign == self._reign and self._entries and self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write())
            self._writing.add_done_callback(self._wrote)

    async def _write(self) -> None:
        while self._entries:
            self._on_its_way = entry = self._entries[0]
            if not await self._is_kept(entry):
                self._writing = None
                self._depose()
                return
            self._entries.popleft()
            self._became_safe(entry.last_sequence)
        self._writing = None

    def _wrote(self, task: asyncio.Task[None]) -> None:
        """Whoever fails writes no more, and says so: what it holds must be read anew."""
        if _has_failed(task):
            self._writing = None
            self._depose()

    async def _is_kept(self, entry: Entry) -> bool:
        try:
            return await self._stream.put(entry.octets(), entry.number - 1)
        except NoSuchLog:
            return False

    def when_safe(self, ticket: int, action: Callable[[], None]) -> None:
        if ticket <= self.safe_ticket:
            asyncio.get_running_loop().call_soon(action)
        else:
            self._safe_actions.append((ticket, action))

    def _became_safe(self, ticket: int) -> None:
        self.safe_ticket = self.last_sequence = ticket
        self._has_written = True
        while self._safe_actions and self._safe_actions[0][0] <= ticket:
            self._safe_actions.popleft()[1]()
        if self._is_stalled:
            self._stall(is_stalled=False)

    def purge(self, up_to: int) -> None:
        before = entry_of(up_to + 1)
        if up_to == self.last_sequence:
            # No record of this entry is missing.
            before = entry_of(up_to) + 1
        if before <= self._purged_before:
            return
        self._purged_before = before
        if self._purging is None:
            self._purging = asyncio.get_running_loop().create_task(self._purge())
            self._purging.add_done_callback(_has_failed)

    async def _purge(self) -> None:
        """One request after the other, each for all that was asked for meanwhile."""
        done_before = 0
        while done_before < self._purged_before:
            done_before = self._purged_before
            with contextlib.suppress(Unanswered, ApiError, NoSuchLog):
                await self._stream.purge(done_before)
        self._purging = None

    # Reigning ----------------------------------------------------------------------------------

    async def take_over(self) -> int:
        self._lay_down()
        reign = secrets.randbits(64)
        try:
            async with asyncio.timeout(PATIENCE_S):
                number = await self._fence(reign)
        except TimeoutError:
            raise NoMajority(f"{self._stream.name}: nobody keeps a fence") from None
        self._reign = reign
        self._next_number = number + 1
        self.last_sequence = self.safe_ticket = sequence_of(number)
        self.is_writer = True
        if self._is_stalled:
            self._stall(is_stalled=False)
        return self.last_sequence

    async def _fence(self, reign: int) -> int:
        """The number of the entry with the fence."""
        while True:
            extent = await patiently(self._stream.name, self._stream.extent)
            entry = Entry(extent.last + 1, reign)
            sequence = entry.append(FENCE, self._node.encode())
            self._fence_octets = entry.octets()
            if await self._stream.put(self._fence_octets, extent.last, is_fence=True):
                fence = Record(sequence, FENCE, self._node.encode())
                self._only_fence = fence if extent.first > extent.last else None
                return entry.number

    def on_deposed(self, action: Callable[[], None]) -> None:
        self._deposed_actions.append(action)

    def is_our_fence(self, octets: bytes) -> bool:
        """The entry with the fence that we have put there, or are about to."""
        return octets == self._fence_octets

    async def look_when_idle(self) -> None:
        """Whoever writes is told as it is."""
        if self._has_written:
            self._has_written = False
        else:
            await self.look_for_fence()

    async def look_for_fence(self) -> None:
        """Whether somebody else has taken over, as the stream has it."""
        if not self.is_writer:
            return
        reign = self._reign
        with contextlib.suppress(Unanswered, ApiError):
            try:
                last = (await self._stream.extent()).last
            except NoSuchLog:
                last = self._next_number
            # Ours end before the next number.
            if self.is_writer and reign == self._reign and last >= self._next_number:
                self._depose()

    def _depose(self) -> None:
        was_writer = self.is_writer
        self._lay_down()
        if was_writer:
            for action in self._deposed_actions:
                action()

    def _lay_down(self) -> None:
        """What is unanswered stays unanswered."""
        self.is_writer = False
        self._entries.clear()
        self._on_its_way = None
        self._safe_actions.clear()
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    async def close(self) -> None:
        self.is_closed = True
        self._lay_down()
        if self._purging is not None:
            self._purging.cancel()

    # Stalling ----------------------------------------------------------------------------------

    def on_stalled(self, action: Callable[[bool], None]) -> None:
        self._stalled_actions.append(action)

    def _watch_stall(self, delay_s: float) -> None:
        self._watch = asyncio.get_running_loop().call_later(delay_s, self._look_for_stall)

    def _look_for_stall(self) -> None:
        self._watch = None
        if not self._entries:
            return
        waited_s = asyncio.get_running_loop().time() - self._entries[0].asked_at
        if waited_s >= STALL_S and not self._is_stalled:
            self._stall(is_stalled=True)
        self._watch_stall(STALL_S if self._is_stalled else STALL_S - waited_s)

    def _stall(self, *, is_stalled: bool) -> None:
        self._is_stalled = is_stalled
        for action in self._stalled_actions:
            action(is_stalled)

    # Reading -----------------------------------------------------------------------------------

    async def read(self, first: int, last: int) -> AsyncGenerator[Record, None]:
        fence = self._only_fence
        if fence is not None and last == fence.sequence:
            if first <= last:
                yield fence
            return
        ends_at = await self._end_of_reading(last)
        async with contextlib.aclosing(self._patient(first, ends_at)) as records:
            async for record in records:
                if record.sequence > last:
                    return
                yield record

    async def _end_of_reading(self, last: int) -> int:
        """The last entry there is to read, or NoMajority."""
        extent = await patiently(self._stream.name, self._stream.extent)
        # Who was its leader a few seconds ago may know less than this node.
        ends_at = max(extent.last, entry_of(self.last_sequence))
        return 0 if extent.first > ends_at else min(entry_of(last), ends_at)

    async def _patient(self, first: int, ends_at: int) -> AsyncGenerator[Record, None]:
        """Up to an entry; raises NoMajority when the next does not come."""
        number = max(entry_of(first), 1) - 1
        async with contextlib.aclosing(entries_from(self._stream, number + 1)) as entries:
            while number < ends_at:
                try:
                    async with asyncio.timeout(PATIENCE_S):
                        number, octets = await anext(entries)
                except TimeoutError:
                    raise NoMajority(f"{self._stream.name}: nothing comes") from None
                if number > ends_at:
                    return
                for record in records_of(number, octets):
                    if record.sequence >= first:
                        yield record

    async def follow(self, first: int) -> AsyncGenerator[Record, None]:
        async with contextlib.aclosing(entries_from(self._stream, entry_of(first))) as entries:
            async for number, octets in entries:
                for record in records_of(number, octets):
                    if record.sequence >= first:
                        self.last_sequence = max(self.last_sequence, record.sequence)
                        yield record


def _has_failed(task: asyncio.Task[None]) -> bool:
    """Never, unless we are wrong; then the log tells where."""
    if task.cancelled() or task.exception() is None:
        return False
    log.error("a log's writer has failed", exc_info=task.exception())
    return True
