"""A node's part in mirroring, put together from what its application shares with the others."""

from __future__ import annotations

import json
import random
import secrets
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from leveret.cluster.links.ports import LinkDown, Overdue, PeerRefused
from leveret.cluster.mirroring.mirroring import Mirroring
from leveret.cluster.mirroring.ports import Around, GatherFailed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from leveret.broker.broker import Broker
    from leveret.cluster.links.ports import Links
    from leveret.cluster.metadata.changing import Changing
    from leveret.cluster.mirroring.housings import Place
    from leveret.cluster.mirroring.ports import Engine, Liveness, Stand, Store, Tasks
    from leveret.cluster.mirroring.wanted import Locators
    from leveret.cluster.ports import SharedLogs

GIVE: Final = "queue.give"
ANSWER_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Members:
    """nodes: all that there are. join_group: makes a set of them known to all as one on which logs
    are."""

    nodes: Callable[[], tuple[str, ...]]
    join_group: Callable[[tuple[str, ...]], Awaitable[None]]


def join_in(  # noqa: PLR0913, PLR0917  # a node's parts
    broker: Broker,
    links: Links,
    logs: SharedLogs,
    parts: tuple[Stand, Store, Engine, Changing, Tasks, Liveness],
    around: Members,
    locators: Locators,
) -> Mirroring:
    """It keeps what it hears of, and does nothing before it has begun."""
    stand, store, engine, changing, tasks, liveness = parts

    async def ask_to_give(leader: str, place: Place, node: str) -> None:
        await links.to(leader).call(GIVE, json.dumps([*place, node]).encode(), ANSWER_S)

    mirroring = Mirroring(
        Around(
            node=links.node,
            broker=broker,
            stand=stand,
            logs=logs,
            store=store,
            engine=engine,
            changing=changing,
            tasks=tasks,
            liveness=liveness,
            members=lambda: tuple(sorted(around.nodes())),
            gather=partial(_gather, around.join_group),
            ask_to_give=ask_to_give,
            locators=locators,
            choose=random.choice,
            token=lambda: secrets.token_hex(4),
        )
    )

    links.serve(GIVE, partial(_give, mirroring))
    return mirroring


async def _gather(
    join_group: Callable[[tuple[str, ...]], Awaitable[None]], nodes: tuple[str, ...]
) -> None:
    try:
        await join_group(nodes)
    except (LinkDown, Overdue, PeerRefused) as error:
        raise GatherFailed(str(error)) from error


async def _give(mirroring: Mirroring, _peer: str, body: bytes) -> bytes:
    """Another node asks for one of our queues to be led elsewhere."""
    vhost, name, node = json.loads(body)
    mirroring.give((vhost, name), node)
    return b""
