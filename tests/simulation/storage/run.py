"""Runs seeds: lives of an engine, and after each life every crash it may have ended with.

A failure comes with its seed, the crash, the shortest list of steps that leads there, and the way
to see it again.
"""

from random import Random
from typing import Any

from tests.simulation.shrinking import shrink
from tests.simulation.storage.engine import start
from tests.simulation.storage.life import Life
from tests.simulation.storage.model import Found, Oracle, Wrong
from tests.simulation.storage.steps import LIVES, Step, steps_of
from tests.storage.faulty_disk import Crash, FaultyDisk, crashes

STEPS = 150
SCATTERINGS = 2
# Shrinking repeats whole lives with all their crashes.
ATTEMPTS_MAX = 150


class Failed(Exception):
    """What went wrong, in words."""


class Run:
    """One seed's lives.

    told: a line for everything. crashes: how many there were. operations: what the engine did to
    its disk, and to what kind of file.
    """

    def __init__(self, seed: int) -> None:
        self.told: list[str] = []
        self.crashes = 0
        self.operations: set[tuple[str, str]] = set()
        self._seed = seed

    def go(self, steps: list[Step]) -> None:
        """Raises Wrong, or whatever the engine raises that it should not."""
        disk, oracle = FaultyDisk(), Oracle()
        # Zeros that a commit leaves behind itself, as a real file has them in some lives.
        disk.room_octets = Random(self._seed).choice((0, 300, 1500))
        model = oracle.model
        for number in range(LIVES):
            self.told.append(f"life {number}")
            chance = Random(f"{self._seed} {number}")
            life = self._live(disk, model, [step for step in steps if step.life == number])
            disk, model, oracle = self._crash(life, disk, oracle, chance)
        self._end(disk, model)

    def _live(self, disk, model, steps):
        life = Life(disk.after_crash(), model, self.told)
        for step in steps:
            life.take(step)
        return life

    def _crash(self, life, disk, oracle_before, chance):
        """Every crash of that life; one of them is how it really ended."""
        self.operations.update(each.brief for each in life.disk.operations)
        chosen = None
        recovered: dict[tuple[Any, ...], Found] = {}
        for count, crash in enumerate(crashes(life.disk.operations, chance, SCATTERINGS, disk), 1):
            # Until it had started, nobody had heard anything from it.
            oracle = oracle_before if crash.done < life.started else life.oracle(crash)
            found = recovered.get(crash.disk.state)
            found = recovered[crash.disk.state] = self._check(crash, life, oracle, found)
            if chance.randrange(count) == 0:
                chosen = crash, found, oracle
        crash, found, oracle = chosen
        self.told.append(f"after operation {crash.begun}, {crash.what}")
        return crash.disk, oracle.reborn(found), oracle

    def _check(self, crash: Crash, life: Life, oracle: Oracle, found: Found | None) -> Found:
        """What a start finds after the crash (it may be known); it must be what the model says."""
        self.crashes += 1
        try:
            found = found or start(crash.disk.after_crash()).found()
            oracle.check(found)
        except Exception as error:
            self._tell_operations(life, crash)
            raise Wrong(f"crash at operation {crash.begun}, {crash.what}: {error!r}") from error
        return found

    def _tell_operations(self, life, crash):
        for number, operation in enumerate(life.disk.operations[: crash.begun], 1):
            self.told.append(f"    operation {number}: {operation}")

    def _end(self, disk, model):
        """An orderly end: everything settled, all written, hardly anything left on the disk."""
        self.told.append("the end")
        life = Life(disk.after_crash(), model, self.told)
        life.empty()
        life.settle_down()
        segments = [name for name in life.disk.names() if name.endswith(".segment")]
        if len(segments) > 2:
            raise Wrong(f"nothing waits, and there are still {segments}")
        life.engine.close()
        found = start(life.disk.after_crash()).found()
        model.check(found, model.events, model.events)


def fails(seed: int, steps: list[Step]) -> bool:
    return failure_of(seed, steps)[0] is not None


def failure_of(seed: int, steps: list[Step]) -> tuple[Exception | None, list[str]]:
    """What is raised, or None, and what had happened until then."""
    run = Run(seed)
    try:
        run.go(steps)
    except Exception as error:
        return error, run.told
    return None, run.told


def run_seed(seed: int, count: int = STEPS) -> None:
    """Raises Failed."""
    steps = steps_of(seed, count)
    error, _told = failure_of(seed, steps)
    if error is None:
        return
    shorter = shrink(steps, lambda some: fails(seed, some), ATTEMPTS_MAX)
    error, told = failure_of(seed, shorter)
    raise Failed(
        "\n".join(
            [
                f"seed {seed}, shrunk to {len(shorter)} steps: {type(error).__name__}: {error}",
                *told,
                f"again: make sim SEED={seed} COUNT=1",
            ]
        )
    ) from error
