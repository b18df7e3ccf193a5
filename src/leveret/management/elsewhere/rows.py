"""Listings of several nodes as one: each tells its first rows, and the page is cut from all.

    {"total": 120, "filtered": 12, "rows": [...]}

Rule: the first hundred of all lie within the first hundred of each. So who asks for a page gets no
more of each node than all pages up to it hold, in the order that is wanted, and how many more
there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from leveret.management.answers import Beyond, Listing
from leveret.management.listing import gathered, named, ordered, rendered
from leveret.management.query import written
from leveret.management.view import ABSENT, View, follow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from leveret.management.call import Call
    from leveret.management.elsewhere.asking import Reply
    from leveret.management.look import Look
    from leveret.management.question import Question

# What listings are put in order by, and found by, whatever columns are asked for.
_ALWAYS: Final = ("name", "vhost")


class Part(msgspec.Struct):
    """What one node tells of a listing."""

    total: int
    filtered: int
    rows: list[msgspec.Raw]


_PART: Final = msgspec.json.Decoder(Part)


class Row(dict[str, Any]):
    """One thing of another node, as its view has shown it."""


class OfAll(View[object]):
    """Shows things of this node by its view, and rows of others as they are."""

    def __init__(self, own: View[Any]) -> None:
        super().__init__(own.columns, own.groups)

    def render(
        self, thing: object, look: Look, wanted: frozenset[str] | None = None
    ) -> dict[str, Any]:
        if wanted is None and isinstance(thing, Row):
            return thing
        return super().render(thing, look, wanted)

    def find(self, thing: object, look: Look, path: str) -> object:
        if not isinstance(thing, Row):
            return super().find(thing, look, path)
        first, _, rest = path.partition(".")
        return follow(thing.get(first, ABSENT), rest)


# Told -------------------------------------------------------------------------------------------


async def told(listing: Listing, look: Look) -> bytes:
    """The part of this node, for another."""
    page = look.query.page() if listing.is_paged else None
    things = await ordered(listing, look)
    total = len(things)
    if page is not None and not page.is_whole:
        things = await named(things, listing, look, page)
    filtered = len(things)
    if page is not None:
        things = things[: page.number * page.size]
    pieces = [piece async for piece in rendered(things, listing, look)]
    head = f'{{"total":{total},"filtered":{filtered},"rows":['.encode()
    return b"".join([head, *pieces, b"]}"])


# Put together -----------------------------------------------------------------------------------


def question_for_rows(
    call: Call, columns: frozenset[str] | None, *, is_paged: bool = True
) -> Question:
    """The same question, for rows with these columns; None for all."""
    query = call.query.told()
    if columns is not None:
        query["columns"] = ",".join(sorted(columns))
    if not is_paged:
        query.pop("page", None)
    return msgspec.structs.replace(call.question, query=written(query), wants_rows=True)


def columns_needed(call: Call) -> frozenset[str] | None:
    """What is asked for, and what the listing is put in order by; None for all."""
    asked = call.query.columns()
    if asked is None:
        return None
    sort = call.query.text("sort")
    return asked.union(_ALWAYS, [sort] if sort else [])


async def joined(own: Listing, replies: Mapping[str, Reply], order: tuple[str, ...]) -> Listing:
    """This node's things with the rows of the others."""
    parts = [_PART.decode(reply.content) for reply in replies.values()]
    rows = await gathered(_rows(parts))
    beyond = Beyond(
        sum(part.total - len(part.rows) for part in parts),
        sum(part.filtered - len(part.rows) for part in parts),
    )
    things = [*own.things, *rows]
    return Listing(things, OfAll(own.view), order, own.is_paged, beyond)


def rows_in(reply: Reply) -> list[dict[str, Any]]:
    """All of them."""
    return [msgspec.json.decode(row) for row in _PART.decode(reply.content).rows]


def _rows(parts: list[Part]) -> Iterator[Row]:
    for part in parts:
        for row in part.rows:
            yield Row(msgspec.json.decode(row))
