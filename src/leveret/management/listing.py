"""A listing as octets: sorted, filtered, cut into a page, rendered in slices.

Rule: no slice holds the loop for longer than SLICE_S; between two of them messages are delivered.
What is listed was there when it was asked for; what is shown of each is what it is by then.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final

from leveret.management.answers import HttpRefused
from leveret.management.rendering import to_json

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from leveret.management.answers import Listing
    from leveret.management.look import Look
    from leveret.management.query import Page

SLICE_S: Final = 0.004
# Things are looked at by so many at least before the clock is.
_BATCH: Final = 16


async def listing_pieces(listing: Listing, look: Look) -> AsyncIterator[bytes]:
    """The answer, piece by piece. Raises HttpRefused before the first."""
    page = look.query.page() if listing.is_paged else None
    things = await _ordered(listing, look)
    if page is None:
        yield b"["
        async for piece in _rendered(things, listing, look):
            yield piece
        yield b"]"
        return
    found = [each async for each in _wanted(things, listing, look, page)]
    head, things = _cut(found, len(things), page)
    yield head
    async for piece in _rendered(things, listing, look):
        yield piece
    yield b"]}"


def _cut(found: list[Any], total: int, page: Page) -> tuple[bytes, list[Any]]:
    """What stands before the items, and the items. Raises HttpRefused."""
    pages = max(-(-len(found) // page.size), 1)
    if page.number > pages:
        reason = f"Page out of range, page: {page.number} page size: {page.size}, len: {len(found)}"
        raise HttpRefused(400, "page_out_of_range", reason)
    items = found[(page.number - 1) * page.size : page.number * page.size]
    told = {
        "filtered_count": len(found),
        "item_count": len(items),
        "page": page.number,
        "page_count": pages,
        "page_size": page.size,
        "total_count": total,
    }
    return to_json(told)[:-1] + b',"items":[', items


async def _wanted(
    things: Iterable[Any], listing: Listing, look: Look, page: Page
) -> AsyncIterator[Any]:
    async for each in _in_slices(things):
        if page.is_wanted(str(listing.view.value(each, look, "name"))):
            yield each


async def _ordered(listing: Listing, look: Look) -> list[Any]:
    asked = look.query.text("sort")
    paths = (asked,) if asked else listing.order
    if not paths:
        return list(listing.things)
    view = listing.view
    keyed = [
        ([_rank(view.value(each, look, path)) for path in paths], each)
        async for each in _in_slices(listing.things)
    ]
    is_reversed = look.query.flag("sort_reverse")
    keyed.sort(key=lambda pair: pair[0], reverse=is_reversed)
    return [each for _, each in keyed]


async def _rendered(things: Iterable[Any], listing: Listing, look: Look) -> AsyncIterator[bytes]:
    wanted = look.query.columns()
    comma = b""
    async for each in _in_slices(things):
        yield comma + to_json(listing.view.render(each, look, wanted))
        comma = b","


async def _in_slices(things: Iterable[Any]) -> AsyncIterator[Any]:
    """Each thing, with a turn of the loop for everybody else after each slice of time."""
    until = time.perf_counter() + SLICE_S
    for number, each in enumerate(things):
        if not number % _BATCH and time.perf_counter() > until:
            await asyncio.sleep(0)
            until = time.perf_counter() + SLICE_S
        yield each


def _rank(value: object) -> tuple[int, Any]:
    """A value's place among values of any type, in the order of Erlang's terms: numbers, names
    (true, false and null are), all that is composed, text."""
    if value is None or isinstance(value, bool):
        return (1, {None: "null", True: "true", False: "false"}[value])
    if isinstance(value, int | float):
        return (0, value)
    if isinstance(value, str):
        return (4, value)
    return (2, str(value))
