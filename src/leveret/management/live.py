"""Server-sent events: the answers to some paths, again each time they have changed.

    data: {"path":"queues?page=1","status":200,"answer":{...}}

One request watches all that a page shows. Each path is asked for like any other request, by who
asked for the stream and with the rights of that moment.

Rule: all who watch take about a twentieth of the node's time together, and nobody more memory the
slower he reads: nothing is looked at while he has not read what was there.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from leveret.management.responses import JSON

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from leveret.management.elsewhere.asking import Reply
    from leveret.management.inward import Inward
    from leveret.management.streams import Streams

STREAMS_MAX: Final = 100
PATHS_MAX: Final = 32
LOOK_EVERY_S: Final = 1.0
# A look that takes long is taken seldom: the next comes after so many times as long, for each who
# watches, and at the latest when it is time to say that there is nothing new.
REST: Final = 20
# Proxies end what is silent for longer, and who has gone is noticed when something is sent.
HEARTBEAT_S: Final = 15.0
HEARTBEAT: Final = b": still here\n\n"
_UNAUTHENTICATED: Final = 401


async def watch(streams: Streams, inward: Inward, paths: Sequence[str]) -> AsyncIterator[bytes]:
    """Until nobody is let in any more, or the node ends it."""
    with streams.opened() as end:
        async for piece in _watched(streams, end, inward, paths):
            yield piece


async def _watched(
    streams: Streams, end: asyncio.Event, inward: Inward, paths: Sequence[str]
) -> AsyncIterator[bytes]:
    seen: dict[str, bytes] = {}
    sent_at = time.monotonic()
    while True:
        took_s, refused = 0.0, 0
        for path in paths:
            began = time.monotonic()
            reply = await inward.get(path)
            took_s += time.monotonic() - began
            refused += reply.status == _UNAUTHENTICATED
            mark = blake2b(b"%d" % reply.status + reply.content).digest()
            if seen.get(path) != mark:
                seen[path] = mark
                yield _event(path, reply)
                sent_at = time.monotonic()
        if refused == len(paths) or await _is_ended(end, _rest_s(took_s, streams.count)):
            return
        if time.monotonic() - sent_at >= HEARTBEAT_S:
            yield HEARTBEAT
            sent_at = time.monotonic()


def _rest_s(took_s: float, watchers: int) -> float:
    return min(max(LOOK_EVERY_S, REST * took_s * watchers), HEARTBEAT_S)


async def _is_ended(end: asyncio.Event, within_s: float) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            await end.wait()
    return end.is_set()


def _event(path: str, reply: Reply) -> bytes:
    answer = reply.content if reply.content_type == JSON and reply.content else b"null"
    said = json.dumps(path).encode()
    return b'data: {"path":%b,"status":%d,"answer":%b}\n\n' % (said, reply.status, answer)
