"""A listing as octets: sorted, filtered, cut into a page, rendered in slices.

Rule: no slice (unhurried.py) holds the loop for long; between two of them messages are delivered.
What is listed was there when it was asked for; what is shown of each is what it is by then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from leveret.management.answers import HttpRefused
from leveret.management.rendering import to_json
from leveret.unhurried import Slice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

    from leveret.management.answers import Beyond, Listing
    from leveret.management.look import Look
    from leveret.management.query import Page

# Things are looked at by so many at least before the clock is.
_BATCH: Final = 16


async def listing_pieces(listing: Listing, look: Look) -> AsyncIterator[bytes]:
    """The answer, piece by piece. Raises HttpRefused before the first."""
    page = look.query.page() if listing.is_paged else None
    things = await ordered(listing, look)
    if page is None:
        yield b"["
        async for piece in rendered(things, listing, look):
            yield piece
        yield b"]"
        return
    found = things if page.is_whole else await named(things, listing, look, page)
    head, things = _cut(found, len(things), page, listing.beyond)
    yield head
    async for piece in rendered(things, listing, look):
        yield piece
    yield b"]}"


async def gathered(things: Iterable[Any]) -> list[Any]:
    """All of them, with a turn of the loop for everybody else after each slice."""
    found: list[Any] = []
    current = Slice()
    for each in things:
        found.append(each)
        if not len(found) % _BATCH and current.is_over:
            await current.give_way()
    return found


def _cut(
    found: Sequence[Any], total: int, page: Page, beyond: Beyond
) -> tuple[bytes, Sequence[Any]]:
    """What stands before the items, and the items. Raises HttpRefused."""
    count = len(found) + beyond.filtered
    pages = max(-(-count // page.size), 1)
    # As in RabbitMQ the page that begins right behind the last item is an empty one.
    if (page.number - 1) * page.size > count:
        reason = f"Page out of range, page: {page.number} page size: {page.size}, len: {count}"
        raise HttpRefused(400, "page_out_of_range", reason)
    items = found[(page.number - 1) * page.size : page.number * page.size]
    told = {
        "filtered_count": count,
        "item_count": len(items),
        "page": page.number,
        "page_count": pages,
        "page_size": page.size,
        "total_count": total + beyond.total,
    }
    return to_json(told)[:-1] + b',"items":[', items


async def named(things: Sequence[Any], listing: Listing, look: Look, page: Page) -> list[Any]:
    """Those whose names belong to the page's listing."""
    found: list[Any] = []
    name_of, is_wanted = listing.view.value, page.is_wanted
    async for batch in _batches(things):
        found += [each for each in batch if is_wanted(str(name_of(each, look, "name")))]
    return found


async def ordered(listing: Listing, look: Look) -> Sequence[Any]:
    """What is alike stays in the order of the listing."""
    asked = look.query.text("sort")
    paths = (asked,) if asked else listing.order
    is_reversed = look.query.flag("sort_reverse")
    if not paths:
        return listing.things[::-1] if is_reversed else listing.things
    things, value_of = listing.things, listing.view.value
    ranks: list[Any] = []
    async for batch in _batches(things):
        for each in batch:
            first, *others = [_rank(value_of(each, look, path)) for path in paths]
            ranks.append((first, *others) if others else first)
    # Sorting holds the loop: with ranks of their own it takes a third of the time.
    order = sorted(range(len(ranks)), key=ranks.__getitem__, reverse=is_reversed)
    return [things[at] for at in order]


async def rendered(things: Sequence[Any], listing: Listing, look: Look) -> AsyncIterator[bytes]:
    """Items with commas between them, some in each piece."""
    wanted, render = look.query.columns(), listing.view.render
    comma = b""
    async for batch in _batches(things):
        items = to_json([render(each, look, wanted) for each in batch])
        yield comma + items[1:-1]
        comma = b","


async def _batches(things: Sequence[Any]) -> AsyncIterator[Sequence[Any]]:
    """Some things at a time, with a turn of the loop for everybody else after each slice."""
    current = Slice()
    for start in range(0, len(things), _BATCH):
        if current.is_over:
            await current.give_way()
        yield things[start : start + _BATCH]


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
