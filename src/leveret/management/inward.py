"""Requests that reach the app without a socket: those of other nodes (elsewhere/desk.py), and those
that one request makes in turn (live.py).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from leveret.management.elsewhere.asking import Reply

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Scope

# Marks a request that another one makes.
_WITHIN: Final = "leveret.within"
# What such a request has in common with the one that makes it: who asks, and by which way.
_INHERITED: Final = (
    "type", "asgi", "http_version", "scheme", "root_path", "headers", "client", "server",
)  # fmt: skip


async def perform(app: ASGIApp, scope: Scope, content: bytes = b"") -> Reply:
    """What the app answers, whole."""
    body = [content]
    sent: list[Message] = []

    async def receive() -> Message:
        if not body:
            # A long answer watches for its client to go. This one stays.
            await asyncio.Event().wait()
        return {"type": "http.request", "body": body.pop(), "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start, *pieces = sent
    headers = dict(start["headers"])
    answered = b"".join(piece.get("body", b"") for piece in pieces)
    return Reply(start["status"], answered, headers.get(b"content-type", b"").decode("latin-1"))


class Inward:
    """The app that has a request, asked for other paths by whoever asks there.

    scope: the request's. api: the path that all others are below.
    """

    def __init__(self, scope: Scope, api: str) -> None:
        self._scope = scope
        self._api = api

    @property
    def is_within(self) -> bool:
        """Whether the request is itself made by another."""
        return _WITHIN in self._scope

    async def get(self, path: str) -> Reply:
        """path: below /api, in ASCII, with its query."""
        where, _, query = path.partition("?")
        raw = f"{self._api}/{where.lstrip('/')}"
        scope: Scope = {
            **{name: self._scope[name] for name in _INHERITED},
            _WITHIN: True,
            "method": "GET",
            "path": raw.rstrip("/"),
            "raw_path": raw.encode("ascii"),
            "query_string": query.encode("ascii"),
        }
        return await perform(self._scope["app"], scope)
