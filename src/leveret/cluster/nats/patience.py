"""Asking again, while it may be that an election is held."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, TypeVar

from leveret.cluster.nats.client import Unanswered
from leveret.cluster.nats.connection import ApiError
from leveret.cluster.ports import NoMajority

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Answer = TypeVar("Answer")

# An election takes 4 to 9 seconds, which is fixed in the server; and one may follow the other.
PATIENCE_S: Final = 15.0
AGAIN_S: Final = 0.1


async def patiently(what: str, ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """What is answered at last. Raises NoMajority, saying why the last attempt came to nothing."""
    reason = ""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    return await ask()
                except (Unanswered, ApiError) as error:
                    reason = str(error)
                await asyncio.sleep(AGAIN_S)
    except TimeoutError:
        raise NoMajority(f"{what}: {reason or 'no answer'}") from None
