"""Waiting until what was changed is safe, and everything that has to follow it has."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.broker import Broker
    from leveret.broker.errors import Refused


def when_settled(broker: Broker, call: Callable[[], None]) -> None:
    """Call once all that was changed so far is durable and every queue follows its policies."""
    loop = asyncio.get_running_loop()

    def look() -> None:
        # Many queues follow a policy over some turns.
        if any(vhost.is_following for vhost in broker.vhosts.values()):
            loop.call_soon(look)
        else:
            call()

    broker.storage.durability.when_durable(look)


async def wait_settled(broker: Broker, losses: int | None = None) -> None:
    """Return when when_settled would call. In a cluster that may never be: raises Undone, and
    Unavailable after a while.

    losses: `broker.awaiting.losses` from before anything was changed.
    """
    settled = asyncio.Event()
    if broker.storage.pen is None:
        when_settled(broker, settled.set)
        await settled.wait()
        return
    lost: list[Refused] = []

    def lose(refused: Refused) -> None:
        lost.append(refused)
        settled.set()

    awaiting = broker.awaiting
    if losses is not None:
        awaiting.check(losses)
    wait = awaiting.begin(lose)
    try:
        when_settled(broker, settled.set)
        await settled.wait()
    finally:
        awaiting.end(wait)
    if lost:
        raise lost[0]
