"""The log of the metadata is opened, and has as many copies as is good."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from leveret.cluster.ports import NoMajority

if TYPE_CHECKING:
    from leveret.cluster.members.roll import Roll
    from leveret.cluster.ports import SharedLog, SharedLogs

log = logging.getLogger("leveret.cluster")

METADATA: Final = "metadata"
# More copies of the metadata than this make every change slower, and nothing safer.
REPLICAS_MAX: Final = 5


def replicas_of(roll: Roll) -> int:
    """How many copies of the metadata there are to be."""
    return min(len(roll.members), REPLICAS_MAX)


async def open_metadata(logs: SharedLogs, roll: Roll, node: str) -> SharedLog:
    """Waits for a majority."""
    while True:
        try:
            return await logs.open(METADATA, replicas_of(roll))
        except NoMajority as error:
            log.warning(
                "%s waits for a majority of the cluster's nodes (%s): start the others; or, where "
                "they never come back, let it go on without those that it does not reach: "
                "stop_app, force_boot, start_app",
                node,
                error,
            )


async def replicate_metadata(logs: SharedLogs, replicas: int) -> None:
    """So many copies from now on, as soon as a majority is there."""
    while True:
        try:
            await logs.change_replicas(METADATA, replicas)
        except NoMajority as error:
            log.warning("the metadata cannot have %d copies yet: %s", replicas, error)
        else:
            return
