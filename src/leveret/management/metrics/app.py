"""What the Prometheus port serves: pages of metrics, sent piece by piece.

Rule: between two pieces everybody else in the broker has a turn.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from leveret.management.metrics.endpoints import answer
from leveret.management.metrics.exposition import CONTENT_TYPE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from leveret.management.host import Host

# Smaller pieces are sent together: each costs a turn of the loop and a write.
SENT_OCTETS_MIN: Final = 32 * 1024
HEADERS: Final = {"content-type": CONTENT_TYPE}


def make_metrics_app(host: Host) -> ASGIApp:
    """The metrics of a running application."""

    async def metrics(request: Request) -> Response:
        if request.method not in {"GET", "HEAD"}:
            return Response(status_code=200 if request.method == "OPTIONS" else 405, headers=ALLOW)
        registry = request.path_params.get("registry", "default")
        pieces = answer(host, registry, request.query_params.multi_items())
        if pieces is None:
            return PlainTextResponse("Unknown Registry", status_code=404)
        if request.method == "HEAD":
            return Response(headers=HEADERS)
        return StreamingResponse(gathered(pieces), headers=HEADERS)

    async def not_found(_request: Request) -> Response:
        told = {"error": "Object Not Found", "reason": "Not Found"}
        return JSONResponse(told, status_code=404)

    first = host.settings.http.metrics_path
    paths = (first, f"{first}/", f"{first}/{{registry}}", f"{first}/{{registry}}/")
    methods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
    return Starlette(
        routes=[
            *[Route(path, metrics, methods=methods) for path in paths if path],
            Route("/{path:path}", not_found, methods=methods),
        ]
    )


ALLOW: Final = {"allow": "HEAD, GET, OPTIONS"}


async def gathered(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Pieces as they are worth sending. The others in the loop go first each time."""
    waiting: list[bytes] = []
    octets = 0
    for piece in pieces:
        if piece:
            waiting.append(piece)
            octets += len(piece)
        if octets >= SENT_OCTETS_MIN:
            yield b"".join(waiting)
            waiting, octets = [], 0
        await asyncio.sleep(0)
    yield b"".join(waiting)
