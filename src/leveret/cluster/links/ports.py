"""What a node has of the others: a link to each, for calls and for streams.

`links.py` keeps them over sockets of the node port; memory.py in one process, for tests, with
every fault. The suite in tests/cluster/links is what both must pass.

    a call     asked, and answered or not: verb and octets there, octets back
    a stream   frames one way, in order: a kind (what it is about), a number (whose), octets

Rule: a link that goes down forgets. What was sent may have arrived or not, what was called may
have been done or not, and nothing of the old connection is heard once the link is up again. Both
ends are told of every loss, also of one that lasts a moment: what hangs on it is to be begun anew.

Everything here belongs to one event loop. Callbacks come from the loop, never from within a call.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeAlias

# Kinds of streams: those below it are the links' own.
KIND_MIN: Final = 16
KIND_MAX: Final = 255
STREAM_MAX: Final = 2**32 - 1
# The largest message that a broker may be told to take (max_message_size), and what is around it.
FRAME_OCTETS_MAX: Final = 512 * 1024 * 1024 + 1024 * 1024
# What a link takes without being behind.
BEHIND_OCTETS: Final = 1024 * 1024

# peer, body -> answer. It may raise PeerRefused, which is raised again where the call was made.
Handler: TypeAlias = Callable[[str, bytes], Awaitable[bytes]]
# peer, stream, octets.
Receiver: TypeAlias = Callable[[str, int, bytes], None]


class LinkDown(Exception):
    """The peer cannot be reached, or was lost before it had answered."""


class Overdue(Exception):
    """No answer in the time that was given; it may still be done."""


class PeerRefused(Exception):
    """The peer's answer is no."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(code, text)
        self.code = code
        self.text = text

    def __str__(self) -> str:
        return f"{self.code}: {self.text}"


# The codes of refusals that come from the links themselves, as AMQP and HTTP number such things.
FAILED: Final = 541
NOT_IMPLEMENTED: Final = 540
TOO_MANY: Final = 506


class Link(Protocol):
    """From this node to another. It connects by itself, and again after a loss.

    node: the other's name.
    is_up: the peer has proved itself and was heard a moment ago.
    is_behind: more waits to be sent than BEHIND_OCTETS; a polite sender waits.
    """

    @property
    def node(self) -> str: ...

    @property
    def is_up(self) -> bool: ...

    @property
    def is_behind(self) -> bool: ...

    async def call(self, verb: str, body: bytes, timeout_s: float) -> bytes:
        """What the peer's handler of the verb answers. Raises LinkDown, PeerRefused, Overdue.

        Calls run side by side there, begun in the order in which they were made, also as seen from
        what was sent on streams before and after."""

    def send(self, kind: int, stream: int, octets: bytes) -> None:
        """One frame of a stream; lost while the link is down. All frames of a link are in order."""

    def on_state(self, action: Callable[[bool], None]) -> None:
        """Call it with False whenever the link has gone down, and with True when it is up."""

    def when_writable(self, action: Callable[[], None]) -> None:
        """Call it once, when the link is not behind any more; never, if it goes down before."""

    async def wait_up(self, timeout_s: float) -> None:
        """Until it is up. Raises LinkDown after that time."""


class Links(Protocol):
    """One for each node. node: its name."""

    @property
    def node(self) -> str: ...

    def to(self, node: str) -> Link:
        """The link to another node: always the same object. Asked for, it begins to connect."""

    def forget(self, node: str) -> None:
        """It is no member any more: hang up and connect no more, until asked for again."""

    def serve(self, verb: str, handler: Handler) -> None:
        """Who answers calls of this verb, whoever makes them. Each call is a task of its own, which
        goes on when the link goes down."""

    def receive(self, kind: int, action: Receiver) -> None:
        """Who is given the frames of this kind, as they come, one after the other."""

    def on_link(self, action: Callable[[Link], None]) -> None:
        """Call it with every link that comes to be, also those that a peer begins."""

    async def close(self) -> None:
        """Hang up, and let nobody in."""
