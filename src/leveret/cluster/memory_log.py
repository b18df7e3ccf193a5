"""Replicated logs in one process: several nodes' disks and the network between them, with faults.

    MemoryLogs(node) ──> post of the node ──(delay, while it has a majority)──> MemoryEngine
                    <── post of the node ──(delay, while it has a majority)──

Rule: everything that is said travels, in the order in which it was said, and arrives in a later
turn of the event loop; who is cut off neither says nor hears anything until the cut is healed. With
a `random.Random` and a loop whose clock is moved by hand, what happens is a matter of the seed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from leveret.cluster.ports import (
    FENCE,
    RECORD_BYTES_MAX,
    Deposed,
    Health,
    NoMajority,
    NoSuchLog,
    Record,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from random import Random

Answer = TypeVar("Answer")

PATIENCE_S: Final = 2.0
STALL_S: Final = 1.0
DELAY_S: Final = 0.001


class Post:
    """What one node says to the engine, and hears from it, on its way."""

    def __init__(self, engine: MemoryEngine, node: str) -> None:
        self._engine = engine
        self._node = node
        self._lines: tuple[deque[Callable[[], None]], ...] = (deque(), deque())
        self._is_due = [False, False]
        self.is_dead = False

    def say(self, action: Callable[[], None]) -> None:
        """It happens in the engine, later."""
        self._send(0, action)

    def hear(self, action: Callable[[], None]) -> None:
        """It happens on the node, later."""
        self._send(1, action)

    def die(self, survives: Callable[[], bool]) -> None:
        """What was said last may have been heard, up to some point; what was to be heard is not."""
        self.is_dead = True
        said, heard = self._lines
        while said and survives():
            said.popleft()()
        said.clear()
        heard.clear()

    def go_on(self) -> None:
        """The node may have its majority again."""
        for way in (0, 1):
            self._move(way)

    def _send(self, way: int, action: Callable[[], None]) -> None:
        if not self.is_dead:
            self._lines[way].append(action)
            self._move(way)

    def _move(self, way: int) -> None:
        if self._lines[way] and not self._is_due[way] and self._engine.reaches(self._node):
            self._is_due[way] = True
            asyncio.get_running_loop().call_later(self._engine.delay(), self._arrive, way)

    def _arrive(self, way: int) -> None:
        self._is_due[way] = False
        line = self._lines[way]
        if line and not self.is_dead and self._engine.reaches(self._node):
            line.popleft()()
        self._move(way)


class Kept:
    """A log as a majority has it."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.last_sequence = self.last_fence = 0
        self.purged_up_to = 0
        self.is_deleted = False
        self.holders: list[MemoryLog] = []

    def append(self, expected: int, kind: int, octets: bytes) -> int | None:
        """The sequence it has; None where the log does not end where it is expected to."""
        if self.is_deleted or expected != self.last_sequence:
            return None
        self.last_sequence += 1
        self.last_fence = self.last_sequence if kind == FENCE else self.last_fence
        self.records.append(Record(self.last_sequence, kind, octets))
        for each in self.holders:
            each.tell_news()
        return self.last_sequence

    def between(self, first: int, last: int) -> list[Record]:
        return [each for each in self.records if first <= each.sequence <= last]

    def purge(self, up_to: int) -> None:
        self.purged_up_to = max(self.purged_up_to, min(up_to, self.last_sequence))
        self.records = [each for each in self.records if each.sequence > up_to]


class MemoryEngine:
    """nodes: the names of all members. chance: how long things take; without it, all alike."""

    def __init__(self, nodes: Sequence[str], chance: Random | None = None) -> None:
        self.nodes = tuple(nodes)
        self.logs: dict[str, Kept] = {}
        self._chance = chance
        self._posts: dict[str, Post] = {}
        self._groups: list[set[str]] = [set(nodes)]
        self._down: set[str] = set()

    def delay(self) -> float:
        return DELAY_S if self._chance is None else DELAY_S * self._chance.expovariate(1.0)

    def reaches(self, node: str) -> bool:
        """Whether the node is up and sees a majority."""
        return len(self.seen_by(node)) * 2 > len(self.nodes)

    def seen_by(self, node: str) -> set[str]:
        """Who is up and reached, the node among them."""
        group: set[str] = next((each for each in self._groups if node in each), set())
        return set() if node in self._down else group - self._down

    def logs_of(self, node: str) -> MemoryLogs:
        """For a node that starts: what it had before it was killed is not heard of again."""
        self._down.discard(node)
        post = self._posts[node] = Post(self, node)
        self._go_on()
        return MemoryLogs(self, node, post)

    def split(self, *groups: Sequence[str]) -> None:
        """Nodes of different groups do not reach each other; all others are a group."""
        named = [set(group) for group in groups]
        rest = set(self.nodes).difference(*named)
        self._groups = [*named, rest]
        self._go_on()

    def heal(self) -> None:
        self._groups = [set(self.nodes)]
        self._go_on()

    def kill(self, node: str) -> None:
        self._down.add(node)
        if node in self._posts:
            self._posts.pop(node).die(self._survives)
        for kept in self.logs.values():
            kept.holders = [each for each in kept.holders if each.node != node]

    def _survives(self) -> bool:
        return self._chance is not None and self._chance.random() < 0.5

    def _go_on(self) -> None:
        for each in self._posts.values():
            each.go_on()


class MemoryLogs:
    """The engine, as one node has it."""

    def __init__(self, engine: MemoryEngine, node: str, post: Post) -> None:
        self.node = node
        self.post = post
        self.engine = engine
        self._open: dict[str, MemoryLog] = {}

    async def open(self, name: str, replicas: int, nodes: tuple[str, ...] = ()) -> MemoryLog:
        """replicas and nodes: all that is kept here is kept by all."""
        del replicas, nodes
        kept = await self.ask(lambda: self.engine.logs.setdefault(name, Kept()))
        if name not in self._open or self._open[name].is_gone:
            self._open[name] = MemoryLog(self, kept)
            kept.holders.append(self._open[name])
        return self._open[name]

    async def change_replicas(self, name: str, replicas: int, nodes: tuple[str, ...] = ()) -> None:
        """As at first: all have it."""
        del replicas, nodes
        await self.ask(lambda: self._kept(name))

    async def leader_of(self, name: str) -> str | None:
        kept = await self.ask(lambda: self._kept(name))
        return next((each.node for each in kept.holders if each.is_writer), None)

    async def move_leader(self, name: str, node: str) -> None:
        """Every node writes as quickly as any."""
        del node
        await self.ask(lambda: self._kept(name))

    async def delete(self, name: str) -> None:
        def delete() -> None:
            kept = self._kept(name)
            kept.is_deleted = True
            del self.engine.logs[name]
            for each in kept.holders:
                each.tell_news()

        await self.ask(delete)

    async def names(self) -> list[str]:
        return await self.ask(lambda: sorted(self.engine.logs))

    async def health(self) -> Health:
        seen = self.engine.seen_by(self.node)
        has_majority = self.engine.reaches(self.node)
        return Health(tuple(sorted(seen)), has_majority, min(seen) if has_majority else None)

    async def ask(self, question: Callable[[], Answer]) -> Answer:
        """What the engine answers. Raises NoMajority, and what the question raises."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.post.say(lambda: self._reply(answer, question))
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await answer
        except TimeoutError:
            raise NoMajority(f"{self.node} sees no majority") from None

    def _reply(self, answer: asyncio.Future[Answer], question: Callable[[], Answer]) -> None:
        try:
            found = question()
        except NoSuchLog as error:
            refusal = error
            self.post.hear(lambda: None if answer.done() else answer.set_exception(refusal))
            return
        self.post.hear(lambda: None if answer.done() else answer.set_result(found))

    def _kept(self, name: str) -> Kept:
        try:
            return self.engine.logs[name]
        except KeyError:
            raise NoSuchLog(name) from None


class MemoryLog:
    """One node's hold on a log. last_sequence, is_writer, safe_ticket: as the port has them."""

    def __init__(self, logs: MemoryLogs, kept: Kept) -> None:
        self.last_sequence = 0
        self.is_writer = False
        self.safe_ticket = 0
        self.is_gone = False
        self._logs = logs
        self._kept = kept
        # Where the log will end when all that was appended has arrived.
        self._end = self._fenced_at = 0
        self._safe_actions: deque[tuple[int, Callable[[], None]]] = deque()
        self._deposed_actions: list[Callable[[], None]] = []
        self._stalled_actions: list[Callable[[bool], None]] = []
        self._appended_at: deque[float] = deque()
        self._is_stalled = False
        self._watch: asyncio.TimerHandle | None = None
        self._news = asyncio.Event()

    @property
    def node(self) -> str:
        return self._logs.node

    def append(self, kind: int, octets: bytes) -> int:
        if not self.is_writer:
            raise Deposed
        assert len(octets) <= RECORD_BYTES_MAX
        expected, fence = self._end, self._fenced_at
        self._end += 1
        self._appended_at.append(asyncio.get_running_loop().time())
        self._logs.post.say(lambda: self._store(expected, fence, kind, octets))
        if self._watch is None:
            self._watch_stall(STALL_S)
        return self._end

    def when_safe(self, ticket: int, action: Callable[[], None]) -> None:
        if ticket <= self.safe_ticket:
            asyncio.get_running_loop().call_soon(action)
        else:
            self._safe_actions.append((ticket, action))

    async def take_over(self) -> int:
        fence = await self._logs.ask(self._fence)
        self._begin(fence)
        return fence

    def _fence(self) -> int:
        fence = self._kept.append(self._kept.last_sequence, FENCE, self.node.encode())
        if fence is None:
            raise NoSuchLog
        for each in self._kept.holders:
            if each is not self:
                each.tell_deposed(fence)
        return fence

    def _begin(self, fence: int) -> None:
        # What an earlier reign left unanswered stays unanswered.
        self._end = self.last_sequence = self.safe_ticket = self._fenced_at = fence
        self._safe_actions.clear()
        self._appended_at.clear()
        self.is_writer = True

    def on_deposed(self, action: Callable[[], None]) -> None:
        self._deposed_actions.append(action)

    def on_stalled(self, action: Callable[[bool], None]) -> None:
        self._stalled_actions.append(action)

    async def read(self, first: int, last: int) -> AsyncIterator[Record]:
        for each in await self._logs.ask(lambda: self._kept.between(first, last)):
            yield each

    async def follow(self, first: int) -> AsyncIterator[Record]:
        while True:
            self._news.clear()
            try:
                found = await self._logs.ask(partial(self._found, first))
            except NoMajority:
                continue
            for each in found:
                first = each.sequence + 1
                self.last_sequence = max(self.last_sequence, each.sequence)
                yield each
            if not found:
                await self._news.wait()

    def _found(self, first: int) -> list[Record]:
        if self._kept.is_deleted:
            raise NoSuchLog
        return self._kept.between(first, self._kept.last_sequence)

    def purge(self, up_to: int) -> None:
        self._logs.post.say(lambda: self._kept.purge(up_to))

    async def close(self) -> None:
        self.is_gone = True
        self.is_writer = False
        if self in self._kept.holders:
            self._kept.holders.remove(self)

    # From the engine ---------------------------------------------------------------------------

    def tell_news(self) -> None:
        self._logs.post.hear(self._news.set)

    def tell_deposed(self, fence: int) -> None:
        self._logs.post.hear(lambda: self._depose(fence))

    def _store(self, expected: int, fence: int, kind: int, octets: bytes) -> None:
        is_ours = fence == self._kept.last_fence
        is_stored = is_ours and self._kept.append(expected, kind, octets) is not None
        answer = self._became_safe if is_stored else self._depose
        self._logs.post.hear(lambda: answer(expected + 1))

    def _depose(self, fence: int) -> None:
        # News of an earlier reign's end.
        if not self.is_writer or fence <= self.last_sequence:
            return
        self.is_writer = False
        self._safe_actions.clear()
        self._appended_at.clear()
        for action in self._deposed_actions:
            action()

    def _became_safe(self, ticket: int) -> None:
        if ticket <= self.safe_ticket or not self.is_writer:
            return
        self.safe_ticket = self.last_sequence = ticket
        self._appended_at.popleft()
        while self._safe_actions and self._safe_actions[0][0] <= ticket:
            self._safe_actions.popleft()[1]()
        if self._is_stalled:
            self._stall(is_stalled=False)

    def _watch_stall(self, delay_s: float) -> None:
        self._watch = asyncio.get_running_loop().call_later(delay_s, self._look_for_stall)

    def _look_for_stall(self) -> None:
        self._watch = None
        if not self._appended_at:
            return
        waited_s = asyncio.get_running_loop().time() - self._appended_at[0]
        if waited_s >= STALL_S and not self._is_stalled:
            self._stall(is_stalled=True)
        self._watch_stall(STALL_S if self._is_stalled else max(STALL_S - waited_s, DELAY_S))

    def _stall(self, *, is_stalled: bool) -> None:
        self._is_stalled = is_stalled
        for action in self._stalled_actions:
            action(is_stalled)
