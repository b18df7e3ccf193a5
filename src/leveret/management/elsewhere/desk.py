"""The desk at which other nodes ask: their questions become requests to the app, without a socket.

Rule: whoever reaches the desk is a node of the cluster, and is believed who asks.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from leveret.management.elsewhere.asking import Reply, decode_question, encode
from leveret.management.entry import ASKED

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Scope

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
        return encode(await _reply(app, decode_question(asked), prefix))


def _make_app(host: Host) -> ASGIApp:
    from leveret.management.app import make_app  # noqa: PLC0415  # when the first one asks

    return make_app(host)


async def _reply(app: ASGIApp, question: Question, prefix: str) -> Reply:
    """What the app answers to it."""
    body = [question.content]
    sent: list[Message] = []

    async def receive() -> Message:
        if not body:
            # A long answer watches for its client to go. This one stays.
            await asyncio.Event().wait()
        return {"type": "http.request", "body": body.pop(), "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(_scope(question, prefix), receive, send)
    start, *pieces = sent
    headers = dict(start["headers"])
    content = b"".join(piece.get("body", b"") for piece in pieces)
    return Reply(start["status"], content, headers.get(b"content-type", b"").decode("latin-1"))


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
