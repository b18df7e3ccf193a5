"""Where a node answers what others ask: handlers by verb, receivers by kind of stream.

Rule: a call is a task of its own, and does not end because whoever made it is gone; a handler that
fails is an error in the log here and a refusal there, and ends nothing else.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from leveret.cluster.links.frames import ANSWER, REFUSAL, parse_call, refusal_octets
from leveret.cluster.links.ports import (
    FAILED,
    KIND_MAX,
    KIND_MIN,
    NOT_IMPLEMENTED,
    TOO_MANY,
    PeerRefused,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.cluster.links.ports import Handler, Link, Receiver

log = logging.getLogger("leveret.cluster")

# Nodes are polite; more than this at once means that something is going round in circles.
CALLS_MAX: Final = 10_000


class Desk:
    """receivers: who gets the frames of which kind."""

    def __init__(self) -> None:
        self.receivers: dict[int, Receiver] = {}
        self._handlers: dict[str, Handler] = {}
        self._link_actions: list[Callable[[Link], None]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def serve(self, verb: str, handler: Handler) -> None:
        assert verb not in self._handlers, f"{verb} is served already"
        self._handlers[verb] = handler

    def receive(self, kind: int, action: Receiver) -> None:
        assert KIND_MIN <= kind <= KIND_MAX, f"streams are of kinds {KIND_MIN} to {KIND_MAX}"
        assert kind not in self.receivers, f"kind {kind} is received already"
        self.receivers[kind] = action

    def on_link(self, action: Callable[[Link], None]) -> None:
        self._link_actions.append(action)

    def announce(self, link: Link) -> None:
        """A link has come to be."""
        for action in self._link_actions:
            action(link)

    def begin(self, peer: str, octets: bytes, reply: Callable[[int, bytes], None]) -> None:
        """Answer a call: its task begins in the next turn of the loop.

        reply: takes the kind of the answering frame and its octets. Raises BadPeer.
        """
        verb, body = parse_call(octets)
        if len(self._tasks) >= CALLS_MAX:
            text = f"RESOURCE_ERROR - {CALLS_MAX} calls wait for an answer already"
            reply(REFUSAL, refusal_octets(TOO_MANY, text))
            return
        task = asyncio.get_running_loop().create_task(self._answer(peer, verb, body, reply))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(
        self, peer: str, verb: str, body: bytes, reply: Callable[[int, bytes], None]
    ) -> None:
        try:
            answer = await self._handle(peer, verb, body)
        except PeerRefused as refused:
            reply(REFUSAL, refusal_octets(refused.code, refused.text))
        except Exception:
            log.exception("the call %s of %s failed", verb, peer)
            reply(REFUSAL, refusal_octets(FAILED, f"INTERNAL_ERROR - {verb} failed"))
        else:
            reply(ANSWER, answer)

    async def _handle(self, peer: str, verb: str, body: bytes) -> bytes:
        handler = self._handlers.get(verb)
        if handler is None:
            raise PeerRefused(NOT_IMPLEMENTED, f"NOT_IMPLEMENTED - {verb} is unknown here")
        return await handler(peer, body)

    def stop(self) -> None:
        """End the calls that are being answered."""
        for task in self._tasks:
            task.cancel()
