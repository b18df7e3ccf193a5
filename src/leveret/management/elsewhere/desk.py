"""The desk at which other nodes ask: their questions become requests to the app, without a socket.

Rule: whoever reaches the desk is a node of the cluster, and is believed who asks.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from leveret.management.elsewhere.asking import decode_question, encode
from leveret.management.entry import ASKED
from leveret.management.inward import perform

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Scope

    from leveret.management.elsewhere.asking import Reply
    from leveret.management.host import Host
    from leveret.management.question import Question


class HttpDesk:
    """host: the application that is asked about."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._app: asyncio.Task[ASGIApp] | None = None

    async def answer(self, asked: bytes) -> bytes:
        """A question to its reply, both as octets (asking.py)."""
        if self._app is None:
            # In a thread: a hundred routes take longer than messages may wait.
            self._app = asyncio.create_task(asyncio.to_thread(_make_app, self._host))
        app = await asyncio.shield(self._app)
        prefix = self._host.settings.http.path_prefix
        return encode(await reply_to(app, decode_question(asked), prefix))


async def reply_to(app: ASGIApp, question: Question, prefix: str) -> Reply:
    """What the app answers to it."""
    return await perform(app, _scope(question, prefix), question.content)


def _make_app(host: Host) -> ASGIApp:
    from leveret.management.app import make_app  # noqa: PLC0415  # when the first one asks

    return make_app(host)


def _scope(question: Question, prefix: str) -> Scope:
    path = f"{prefix}/api{question.path}"
    headers = question.headers.items()
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": question.method,
        "path": path,
        "raw_path": path.encode("latin-1"),
        "root_path": "",
        "query_string": question.query.encode("latin-1"),
        "headers": [(name.encode("latin-1"), text.encode("latin-1")) for name, text in headers],
        "client": None,
        "server": None,
        ASKED: question,
    }
