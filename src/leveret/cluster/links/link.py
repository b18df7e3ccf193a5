"""A link as its node sees it, whatever carries its frames: calls, streams, and who is told what.

    up ── rise(carrier) ──> calls and frames go to the carrier; what arrives comes through hear()
    down ── fall(carrier) ──> calls fail, waiting senders are forgotten, everybody is told

Rule: only the carrier that holds the link is heard. State changes are told before anything else
happens: no frame of the new connection comes before its True, none of the old one after its False.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, Protocol

from leveret.cluster.links.frames import ANSWER, CALL, REFUSAL, call_octets, parse_refusal
from leveret.cluster.links.ports import KIND_MAX, KIND_MIN, STREAM_MAX, LinkDown, Overdue
from leveret.cluster.links.ports import PeerRefused as Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from leveret.cluster.links.desk import Desk
    from leveret.cluster.links.frames import Frame

log = logging.getLogger("leveret.cluster")

NEVER_UP: Final = "it has not been reached yet"


class Carrier(Protocol):
    """Takes frames to the peer, in order; from when it is over it takes them nowhere."""

    @property
    def is_behind(self) -> bool: ...

    def carry(self, kind: int, stream: int, octets: bytes) -> None: ...


class PeerLink:
    """The link to one other node.

    trouble: why it is down, for people.
    """

    def __init__(self, node: str, desk: Desk) -> None:
        self.node = node
        self.trouble = NEVER_UP
        self._desk = desk
        self._carrier: Carrier | None = None
        self._calls: dict[int, asyncio.Future[bytes]] = {}
        self._last_call = 0
        self._state_actions: list[Callable[[bool], None]] = []
        self._writable_actions: list[Callable[[], None]] = []
        self._risen = asyncio.Event()
        self._owes_turn = False

    @property
    def is_up(self) -> bool:
        return self._carrier is not None

    @property
    def is_behind(self) -> bool:
        return self._carrier is not None and self._carrier.is_behind

    async def call(self, verb: str, body: bytes, timeout_s: float) -> bytes:
        if self._carrier is None:
            raise self._down()
        number = self._next_call()
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._calls[number] = answer
        self._carrier.carry(CALL, number, call_octets(verb, body))
        try:
            async with asyncio.timeout(timeout_s):
                return await answer
        except TimeoutError:
            raise Overdue(f"{self.node} did not answer {verb} within {timeout_s:g} s") from None
        finally:
            del self._calls[number]

    def _next_call(self) -> int:
        while True:
            self._last_call = self._last_call % STREAM_MAX + 1
            if self._last_call not in self._calls:
                return self._last_call

    def _down(self) -> LinkDown:
        return LinkDown(f"{self.node} cannot be reached: {self.trouble}")

    def send(self, kind: int, stream: int, octets: bytes) -> None:
        assert KIND_MIN <= kind <= KIND_MAX, f"streams are of kinds {KIND_MIN} to {KIND_MAX}"
        if self._carrier is not None:
            self._carrier.carry(kind, stream, octets)

    def on_state(self, action: Callable[[bool], None]) -> None:
        self._state_actions.append(action)

    def when_writable(self, action: Callable[[], None]) -> None:
        if self._carrier is not None:
            self._writable_actions.append(action)
            asyncio.get_running_loop().call_soon(self._tell_writable, self._carrier)

    def _tell_writable(self, carrier: Carrier) -> None:
        if carrier is self._carrier and not carrier.is_behind:
            self.relieve()

    async def wait_up(self, timeout_s: float) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                await self._risen.wait()
        except TimeoutError:
            raise self._down() from None

    # What its carrier says.

    def rise(self, carrier: Carrier) -> None:
        """This one carries it now; another that did so has fallen before."""
        assert self._carrier is None, "a link has one carrier"
        self._carrier = carrier
        self._risen.set()
        self._tell(is_up=True)

    def fall(self, carrier: Carrier, trouble: str) -> None:
        """It carries nothing any more."""
        if carrier is not self._carrier:
            return
        self._carrier = None
        self.trouble = trouble
        self._risen.clear()
        self._writable_actions.clear()
        for answer in self._calls.values():
            if not answer.done():
                answer.set_exception(self._down())
        self._tell(is_up=False)

    def _tell(self, *, is_up: bool) -> None:
        for action in list(self._state_actions):
            try:
                action(is_up)
            except Exception:
                log.exception("whoever follows the link to %s failed", self.node)

    def relieve(self) -> None:
        """What waited to be sent has become little."""
        actions, self._writable_actions = self._writable_actions, []
        for action in actions:
            try:
                action()
            except Exception:
                log.exception("whoever waited to send to %s failed", self.node)

    async def hear(self, carrier: Carrier, frames: Iterable[Frame]) -> None:
        """Frames that came in. Raises BadPeer, and whatever a receiver raises.

        A call that came before a frame of a stream begins before it, and who waits for an answer
        that came before it goes on before it: each gets its turn of the loop.
        """
        for kind, stream, octets in frames:
            if kind >= KIND_MIN and self._owes_turn:
                self._owes_turn = False
                await asyncio.sleep(0)
            if carrier is not self._carrier:
                return
            self._take(carrier, kind, stream, octets)

    def _take(self, carrier: Carrier, kind: int, stream: int, octets: bytes) -> None:
        if kind >= KIND_MIN:
            receiver = self._desk.receivers.get(kind)
            if receiver is not None:
                receiver(self.node, stream, octets)
        elif kind == CALL:
            self._owes_turn = True
            self._desk.begin(
                self.node, octets, lambda kind, octets: carrier.carry(kind, stream, octets)
            )
        elif kind in (ANSWER, REFUSAL):
            self._owes_turn = True
            self._settle(kind, stream, octets)

    def _settle(self, kind: int, number: int, octets: bytes) -> None:
        answer = self._calls.get(number)
        refusal = Refused(*parse_refusal(octets)) if kind == REFUSAL else None
        if answer is None or answer.done():
            return  # Whoever asked has given up.
        if refusal is None:
            answer.set_result(octets)
        else:
            answer.set_exception(refusal)
