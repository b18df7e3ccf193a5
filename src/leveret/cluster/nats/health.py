"""Which servers are there: each is asked, and says whom it holds for the leader."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Final

from leveret.cluster.nats.client import Unanswered
from leveret.cluster.nats.naming import node_of
from leveret.cluster.ports import Health

if TYPE_CHECKING:
    from leveret.cluster.nats.client import Client
    from leveret.cluster.nats.connection import Json
    from leveret.cluster.nats.frames import Message

# Those that live answer within milliseconds.
ANSWERS_S: Final = 1.0
SUBJECT: Final = "$SYS.REQ.SERVER.PING.JSZ"


async def health_of(system: Client) -> Health:
    """As the servers on this side see it; a leader that has lost its majority notices late."""
    answers = await _answers(system)
    members = tuple(sorted(node_of(each["server"]["name"]) for each in answers))
    clusters = [each["data"].get("meta_cluster") or {} for each in answers]
    size = max((each.get("cluster_size", 0) for each in clusters), default=0)
    leaders = {node_of(each["leader"]) for each in clusters if each.get("leader")}
    leader = next(iter(sorted(leaders.intersection(members))), None)
    has_majority = leader is not None and 2 * len(members) > size
    return Health(members, has_majority, leader if has_majority else None)


async def _answers(system: Client) -> list[Json]:
    """One of each server that is reached."""
    found: list[Json] = []
    come: asyncio.Queue[Message] = asyncio.Queue()
    inbox = system.new_inbox()
    sid = system.subscribe(inbox, come.put_nowait)
    with contextlib.suppress(Unanswered, TimeoutError):
        system.publish(SUBJECT, b"{}", inbox)
        async with asyncio.timeout(ANSWERS_S):
            while len(found) < _expected(found):
                answer: Json = json.loads((await come.get()).octets)
                if "data" in answer:
                    found.append(answer)
    system.unsubscribe(sid)
    return found


def _expected(found: list[Json]) -> int:
    sizes = [(each["data"].get("meta_cluster") or {}).get("cluster_size", 1) for each in found]
    return max(sizes, default=1)
