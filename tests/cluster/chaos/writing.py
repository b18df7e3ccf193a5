"""A writer of a log, as a process of its own: appends numbered records and says which are safe.

    python -m tests.cluster.chaos.writing NODE HOST PORT SEED

It takes the log over every now and then, whoever writes it: three of them keep deposing each other.
Each reign is a line, its records count up from 1. Safe ones are told on stdout, a line each.
"""

import asyncio
import contextlib
import os
import sys
from functools import partial
from random import Random

from leveret.cluster.nats.logs import Endpoint, NatsLogs
from leveret.cluster.ports import Deposed, NoMajority, SharedLog
from tests.cluster.chaos.history import Message

LOG = "chaos"
REPLICAS = 3
RECORD = 1
# Records appended per turn, and how long it rests: some thousand a second.
BURST = 5
REST_S = 0.005
WINDOW = 200
# How long others are let write before one takes over.
IDLE_S = (1.0, 6.0)


def endpoint(host: str, port: int) -> Endpoint:
    """As the servers' configuration has it: tests/cluster/nats/servers.py."""
    return Endpoint(host, port, "lev", "carrot", "sys", "clover")


async def opened(node: str, where: Endpoint) -> tuple[NatsLogs, SharedLog]:
    """For as long as it takes."""
    while True:
        with contextlib.suppress(NoMajority):
            logs = await NatsLogs.connect(node, where)
            while True:
                with contextlib.suppress(NoMajority):
                    return logs, await logs.open(LOG, REPLICAS)
        await asyncio.sleep(0.2)


class Writer:
    """What one reign after the other has appended."""

    def __init__(self, log: SharedLog, name: str, chance: Random) -> None:
        self._log = log
        self._name = name
        self._chance = chance
        self._reigns = 0
        self._unsafe = 0

    async def live(self) -> None:
        while True:
            await asyncio.sleep(self._chance.uniform(*IDLE_S))
            with contextlib.suppress(NoMajority, Deposed):
                await self._log.take_over()
                await self._reign()

    async def _reign(self) -> None:
        """Until Deposed."""
        self._reigns += 1
        self._unsafe = 0
        line, ordinal = f"{self._name}-{self._reigns}", 0
        while True:
            for _ in range(BURST if self._unsafe < WINDOW else 0):
                ordinal += 1
                self._append(Message(line, ordinal))
            if not self._log.is_writer:
                raise Deposed
            await asyncio.sleep(REST_S)

    def _append(self, message: Message) -> None:
        ticket = self._log.append(RECORD, message.octets())
        self._unsafe += 1
        self._log.when_safe(ticket, partial(self._tell, message))

    def _tell(self, message: Message) -> None:
        self._unsafe -= 1
        sys.stdout.write(f"{message.line} {message.ordinal}\n")
        sys.stdout.flush()


async def main(kind: type[Writer], node: str, host: str, port: str, seed: str) -> None:
    _logs, log = await opened(node, endpoint(host, int(port)))
    await kind(log, f"{node}.{os.getpid()}", Random(seed)).live()


if __name__ == "__main__":
    asyncio.run(main(Writer, *sys.argv[1:]))
