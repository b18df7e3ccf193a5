"""What somebody looks at, as it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.management.answers import BadRequest, HttpRefused, Raw
from leveret.management.live import PATHS_MAX, STREAMS_MAX, watch
from leveret.management.resource import MANAGEMENT, Resource

if TYPE_CHECKING:
    from leveret.management.answers import Answer
    from leveret.management.call import Call

EVENT_STREAM: Final = "text/event-stream"
# Proxies that gather answers let this one through as it comes.
_AT_ONCE: Final = {"cache-control": "no-cache", "x-accel-buffering": "no"}


def stream(call: Call) -> Answer:
    paths = list(dict.fromkeys(call.query.texts("path")))
    if not 1 <= len(paths) <= PATHS_MAX:
        raise BadRequest(f"give 1 to {PATHS_MAX} paths to watch: ?path=overview&path=nodes")
    if not all(each.isascii() and each.isprintable() for each in paths):
        raise BadRequest("a path to watch is ASCII, with everything else escaped")
    if call.inward.is_within:
        raise BadRequest("a stream cannot be watched")
    streams = call.host.streams
    if streams.count >= STREAMS_MAX:
        reason = f"{STREAMS_MAX} streams are open at this node, as many as there may be"
        raise HttpRefused(503, "too_many_streams", reason)
    return Raw(watch(streams, call.inward, paths), EVENT_STREAM, _AT_ONCE)


RESOURCES: Final = (
    Resource(
        "/live",
        MANAGEMENT,
        "Server-sent events: the answers to each `path=` below /api, again when they have changed.",
        get=stream,
    ),
)
