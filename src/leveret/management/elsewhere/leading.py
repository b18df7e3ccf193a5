"""A replicated queue that changes its leader: who asks for it waits until the next one leads it.

Rule: asked again is only what was not done: nobody has found the queue that it is about.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, TypeVar

from leveret.broker.queues.distant import DistantQueue
from leveret.management.answers import NotThere

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from leveret.management.call import Call

Told = TypeVar("Told")

# As long as AMQP's clients wait for a leader (cluster/remote/queue.py).
PATIENCE_S: Final = 15.0
LOOK_S: Final = 0.05


async def once_led(call: Call, ask: Callable[[], Awaitable[Told]]) -> Told:
    """What comes of it. Raises NotThere, for a replicated queue only when nobody leads it for
    long."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + PATIENCE_S
    while True:
        try:
            return await ask()
        except NotThere:
            if clock() > deadline or not _is_replicated_elsewhere(call):
                raise
        await asyncio.sleep(LOOK_S)


def _is_replicated_elsewhere(call: Call) -> bool:
    """The queue is known, and this node does not serve it."""
    vhost = call.broker.vhosts.get(call.path["vhost"])
    queue = None if vhost is None else vhost.queues.get(call.path["name"])
    return isinstance(queue, DistantQueue) and queue.is_mirrored
