"""Answers as HTTP responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import Response, StreamingResponse

from leveret.management.answers import Done, Item, Json, Listing, Raw
from leveret.management.listing import listing_pieces
from leveret.management.rendering import to_json

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from leveret.management.answers import Answer
    from leveret.management.look import Look

JSON: Final = "application/json"
# What is there changes all the time, and is for who asked alone.
FRESH: Final = {"cache-control": "no-cache", "vary": "accept, accept-encoding, origin"}
# So much of a listing goes out in one piece.
_PIECE_BYTES: Final = 64 * 1024


async def response_to(answer: Answer, look: Look, *, is_head: bool) -> Response:
    """Raises HttpRefused, where the listing cannot be made as it is asked for."""
    match answer:
        case Listing():
            return await _listed(answer, look, is_head=is_head)
        case Item():
            shown = answer.view.render(answer.thing, look, look.query.columns())
            return Response(to_json(shown), headers=FRESH, media_type=JSON)
        case Json():
            headers = {**FRESH, **answer.headers}
            return Response(to_json(answer.value), answer.status, headers, JSON)
        case Raw():
            return _raw(answer, is_head=is_head)
        case Done():
            return Response(status_code=answer.status, headers=dict(answer.headers))


def _raw(answer: Raw, *, is_head: bool) -> Response:
    content, headers = answer.content, dict(answer.headers)
    if isinstance(content, bytes):
        return Response(content, answer.status, headers, answer.content_type)
    if is_head:
        # Who made the content may never end it.
        return Response(None, answer.status, headers, answer.content_type)
    return StreamingResponse(content, answer.status, headers, answer.content_type)


async def _listed(listing: Listing, look: Look, *, is_head: bool) -> Response:
    """A short one in one piece, with its length; a long one as it is rendered."""
    pieces = _gathered(listing_pieces(listing, look))
    first = await anext(pieces)
    if len(first) < _PIECE_BYTES:
        return Response(first, headers=FRESH, media_type=JSON)
    if is_head:
        await pieces.aclose()
        return Response(headers=FRESH, media_type=JSON)
    return StreamingResponse(_with_first(first, pieces), headers=FRESH, media_type=JSON)


async def _with_first(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


async def _gathered(pieces: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """The same in pieces of some size; the last one may be smaller."""
    waiting: list[bytes] = []
    size = 0
    async for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _PIECE_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)
