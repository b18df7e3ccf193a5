"""The engine of this node: started, watched, started again when it ends, stopped.

    start() ── spawn ── wait until it answers ── watch ──┐
                  ^                                      | it ended by itself, or was ended
                  └────────── after a pause ─────────────┘ as it did not work any more
    stop() ── hand over what it leads ── SIGTERM ── (15 s) ── SIGKILL

Its client port is chosen once and stays, so that whoever talks to it finds it again.

Rule: as long as the node is in a cluster its engine runs: stop_app leaves it alone, and a fault
of it ends nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
import shutil
from typing import TYPE_CHECKING, Final

from leveret.cluster.engine.child import Child, end_orphan
from leveret.cluster.engine.conf import SYSTEM_USER, USER, write_conf
from leveret.cluster.engine.plan import LOOPBACK
from leveret.cluster.engine.system import System
from leveret.cluster.nats.client import Address, Client, Unanswered
from leveret.cluster.nats.connection import ApiError
from leveret.cluster.nats.logs import Endpoint
from leveret.errors import StartRefused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from leveret.cluster.engine.log_lines import LogLine
    from leveret.cluster.engine.plan import EngineMember, Plan

log = logging.getLogger("leveret.cluster.engine")

# It reads its logs before it answers; a second for some hundred of them.
START_S: Final = 120.0
# Between two starts: soon at first, for one that cannot live not too often.
PAUSE_S: Final = 0.2
PAUSE_S_MAX: Final = 10.0
# Who has run for so long has not ended because of how it was started.
WELL_AFTER_S: Final = 30.0
# It is looked after so often; so many looks that find it ill are no accident.
LOOK_S: Final = 2.0
ILL_LOOKS: Final = 4
# What has to be free on a disk that was full.
ROOM_OCTETS: Final = 64 * 2**20
_LOOK_EVERY_S: Final = 0.05


class Engine:
    """One nats-server at a time. system: what it, and all engines, can be asked."""

    def __init__(self, program: Path, plan: Plan) -> None:
        self._program = program
        self._plan = plan
        self._client = Client(_system_address(plan))
        self.system = System(self._client, plan.member.server)
        self._child: Child | None = None
        self._watching: asyncio.Task[None] | None = None
        self._listeners: list[Callable[[bool], None]] = []

    @property
    def endpoint(self) -> Endpoint:
        """Where logs are kept (cluster/nats/logs.py)."""
        words = self._plan.passwords
        port = self._plan.client_port
        return Endpoint(LOOPBACK, port, USER, words.client, SYSTEM_USER, words.system)

    @property
    def pid(self) -> int | None:
        return None if self._child is None or self._child.exit_code is not None else self._child.pid

    def on_state(self, action: Callable[[bool], None]) -> None:
        """Call it with False when the engine has ended by itself, with True when it is back."""
        self._listeners.append(action)

    async def start(self) -> None:
        """Until it answers. Raises StartRefused."""
        assert self._watching is None
        write_conf(self._plan)
        if (orphan := await end_orphan(self._plan.lock_file)) is not None:
            log.warning("ended nats-server of an earlier start, process %d", orphan)
        spawning = asyncio.get_running_loop().create_task(self._spawn())
        try:
            child = await asyncio.shield(spawning)
        except asyncio.CancelledError:
            # A process that nobody knows of would outlive us.
            (await spawning).kill()
            raise
        try:
            await self._wait_answer(child)
        except BaseException:
            await child.end()
            await self._client.close()
            raise
        log.info("nats-server is %s, process %d", self._plan.member.server, child.pid)
        self._watching = asyncio.get_running_loop().create_task(self._watch(child))

    async def reload(
        self, members: tuple[EngineMember, ...], groups: tuple[tuple[str, ...], ...] = ()
    ) -> None:
        """The cluster has these members from now on. It goes on running. Raises StartRefused."""
        self._plan = dataclasses.replace(self._plan, members=members, groups=groups)
        write_conf(self._plan)
        if self._child is not None:
            self._child.reload()

    async def stop(self) -> None:
        """Others lead what it led before it ends."""
        if self._watching is None:
            return
        self._watching.cancel()
        await asyncio.wait((self._watching,))
        self._watching = None
        try:
            with contextlib.suppress(Unanswered, ApiError):
                await self.system.hand_over()
        except asyncio.CancelledError:
            if self._child is not None:
                self._child.kill()
            raise
        if self._child is not None:
            await self._child.end()
        await self._client.close()

    async def _spawn(self) -> Child:
        try:
            self._child = await Child.spawn(self._program, self._plan, _write)
        except OSError as error:
            raise StartRefused(f"cannot start {self._program}: {error.strerror}") from error
        return self._child

    async def _wait_answer(self, child: Child) -> None:
        """Raises StartRefused."""
        try:
            async with asyncio.timeout(START_S):
                while not await self._answers():
                    if child.exit_code is not None:
                        raise StartRefused(await _how_it_ended(child))
                    await asyncio.sleep(_LOOK_EVERY_S)
        except TimeoutError:
            raise StartRefused(f"nats-server says nothing for {START_S:.0f} s") from None

    async def _answers(self) -> bool:
        try:
            await self._client.connect()
            return await self.system.is_there()
        except Unanswered:
            return False

    async def _watch(self, child: Child) -> None:
        loop = asyncio.get_running_loop()
        pause = PAUSE_S
        while True:
            started_at = loop.time()
            await self._wait_end(child)
            if loop.time() - started_at > WELL_AFTER_S:
                pause = PAUSE_S
            log.error("%s; it is started again", await _how_it_ended(child))
            self._tell(is_there=False)
            child = await self._start_again(pause)
            pause = min(2 * pause, PAUSE_S_MAX)

    async def _wait_end(self, child: Child) -> None:
        tending = asyncio.get_running_loop().create_task(self._tend(child))
        try:
            await child.wait()
        finally:
            tending.cancel()
            await asyncio.wait((tending,))

    async def _tend(self, child: Child) -> None:
        """End it when it does not work: then it is started again."""
        ill = 0
        while ill < ILL_LOOKS:
            await asyncio.sleep(LOOK_S)
            ill = ill + 1 if await self._is_ill() else 0
        log.error("nats-server, process %d, does not do its work: it is ended", child.pid)
        child.kill()

    async def _is_ill(self) -> bool:
        """It says nothing; or it has kept no logs since its disk was full, and there is room."""
        try:
            await self._client.connect()
            return not await self.system.keeps_logs() and _has_room(self._plan.store)
        except (Unanswered, ApiError):
            return True

    async def _start_again(self, pause: float) -> Child:
        """One that answers, however often it takes."""
        while True:
            await asyncio.sleep(pause)
            try:
                child = await self._spawn()
                await self._wait_answer(child)
            except StartRefused as refused:
                log.error("%s", refused)
                pause = min(2 * pause, PAUSE_S_MAX)
            else:
                log.info("nats-server is back, process %d", child.pid)
                self._tell(is_there=True)
                return child

    def _tell(self, *, is_there: bool) -> None:
        for action in self._listeners:
            action(is_there)


def _system_address(plan: Plan) -> Address:
    return Address(LOOPBACK, plan.client_port, SYSTEM_USER, plan.passwords.system)


def _has_room(store: Path) -> bool:
    return shutil.disk_usage(store).free >= ROOM_OCTETS


async def _how_it_ended(child: Child) -> str:
    code = await child.wait()
    how = f"by signal {-code}" if code < 0 else f"with {code}"
    return f"nats-server ended {how}" + (f": {child.last_words}" if child.last_words else "")


def _write(line: LogLine) -> None:
    log.log(line.level, "nats-server: %s", line.text)
