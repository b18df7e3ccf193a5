"""What a node's own edges change: with the pen in hand, where the node is one of a cluster.

    await with_pen(broker, lambda: broker.add_vhost("jobs"))
    await wait_settled(broker)                                   (durable.py)

What a cluster changes for itself waits for the same pen, and until it is safe
(cluster/metadata/changing.py); a client's channel waits in session/changing.py.

Rule: what is done in one call is done on what all nodes know, and nothing comes between; whoever
awaits between two changes asks for the pen twice.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from leveret.broker.awaiting import no_pen
from leveret.unhurried import Slices

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.broker import Broker
    from leveret.broker.definitions.steps import Steps
    from leveret.broker.ports import Pen

Result = TypeVar("Result")


async def with_pen(broker: Broker, act: Callable[[], Result]) -> Result:
    """What it comes to. Raises Unavailable, and then it was not done; and what it raises itself."""
    pen = broker.storage.pen
    return act() if pen is None else await under_pen(pen, act)


async def under_pen(pen: Pen, act: Callable[[], Result]) -> Result:
    """The same, of a node in a cluster."""
    if pen.is_writable:
        return act()
    done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()

    def perform() -> None:
        if done.done():
            # Who asked has gone.
            return
        try:
            done.set_result(act())
        except Exception as error:  # it is raised where it was asked for
            done.set_exception(error)

    def give_up() -> None:
        if not done.done():
            done.set_exception(no_pen())

    pen.when_writable(perform, give_up)
    return await done


async def unhurried_with_pen(broker: Broker, steps: Steps[Result], actor: str) -> Result:
    """What the steps come to, the pen in hand for each slice. actor: who is told to do them."""
    slices = Slices(steps, broker.events, actor)
    while True:
        if await with_pen(broker, slices.advance):
            return slices.result
        await asyncio.sleep(0)
