"""What two brokers reply, compared: field by field, with the places where they differ."""

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.conformance.management.conftest import Managed

# Times, sizes, rates, ports: as they happen to be.
MEASURED = re.compile(
    r"rate|avg|avg_rate|samples|timestamp|connected_at|idle_since|port|peer_port"
    r"|(recv|send)_(oct|cnt|pend)|reductions|minor_gcs|min_\w+|fullsweep_after|max_heap_size"
)
_CONNECTION = re.compile(r"127\.0\.0\.1:\d+ -> 127\.0\.0\.1:\d+")


def get(broker: Managed, path: str, user: str = "guest") -> Any:
    """What is replied with 200, node and connections by the same names."""
    reply = broker.ask("GET", f"/api{path}", user=f"{user}:{user}")
    assert reply.status == 200, (broker.name, path, reply)
    return alike(broker, reply.json)


def node_of(broker: Managed) -> str:
    return str(broker.get("/api/overview")["node"])


def alike(broker: Managed, value: Any) -> Any:
    written = json.dumps(value).replace(node_of(broker), "{node}")
    return json.loads(_CONNECTION.sub("{connection}", written))


def differences(
    theirs: Any, ours: Any, place: str = "", *, is_exact: bool = False
) -> Iterator[str]:
    """Where one has a field that the other has not, where kinds of values differ, and, if it is
    to be exact, where values do. A list of unlike things is compared by what any of them has."""
    if _kind(theirs) != _kind(ours):
        yield f"{place}: {_kind(theirs)} {theirs!r}, here {_kind(ours)} {ours!r}"
    elif isinstance(theirs, dict):
        yield from _fields(theirs, ours, place, is_exact=is_exact)
    elif isinstance(theirs, list):
        yield from _entries(theirs, ours, place, is_exact=is_exact)
    elif is_exact and theirs != ours and not MEASURED.fullmatch(place.rpartition(".")[2]):
        yield f"{place}: {theirs!r}, here {ours!r}"


def _fields(theirs: dict, ours: dict, place: str, *, is_exact: bool) -> Iterator[str]:
    for name in sorted(theirs.keys() | ours.keys()):
        below = f"{place}.{name}" if place else name
        if name not in ours:
            yield f"{below}: not here"
        elif name not in theirs:
            yield f"{below}: only here"
        else:
            yield from differences(theirs[name], ours[name], below, is_exact=is_exact)


def _entries(theirs: list, ours: list, place: str, *, is_exact: bool) -> Iterator[str]:
    if is_exact and not MEASURED.fullmatch(place.rpartition(".")[2]):
        if len(theirs) != len(ours):
            yield f"{place}: {len(theirs)} entries, here {len(ours)}"
        pairs = list(zip(theirs, ours, strict=False))
    else:
        pairs = [(_together(theirs), _together(ours))] if theirs and ours else []
    for their, our in pairs:
        yield from differences(their, our, place, is_exact=is_exact)


def _together(entries: list) -> Any:
    """One entry that has all fields that any has."""
    if not isinstance(entries[0], dict):
        return entries[0]
    return {name: value for each in entries for name, value in each.items()}


def _kind(value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return "number" if is_number else type(value).__name__
