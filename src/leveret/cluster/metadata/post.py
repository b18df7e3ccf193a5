"""The way from pen to pen, over the links: who wants it asks who has it to let go.

"pen", nothing in it ──> the name of the node to ask next; nothing, once the pen is let go of
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from leveret.cluster.links.ports import LinkDown, Overdue, PeerRefused
from leveret.cluster.metadata.pen import Unanswered

if TYPE_CHECKING:
    from leveret.cluster.links.ports import Links
    from leveret.cluster.metadata.pen import Pen

ASK: Final = "pen"
# A node that does not answer so long is frozen, or has no majority.
ASK_S: Final = 5.0


class LinkPost:
    """The port Post (pen.py), and who answers what other nodes ask with it."""

    def __init__(self, links: Links) -> None:
        self._links = links

    async def ask(self, node: str) -> str | None:
        try:
            answer = await self._links.to(node).call(ASK, b"", ASK_S)
        except (LinkDown, Overdue, PeerRefused) as error:
            raise Unanswered(str(error)) from error
        return answer.decode() or None

    def serve(self, pen: Pen) -> None:
        """Others ask this node for its pen from now on."""

        async def answer(peer: str, _body: bytes) -> bytes:
            told: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

            def hear(where: str | None) -> None:
                if not told.done():
                    told.set_result(where)

            pen.asked(peer, hear)
            return (await told or "").encode()

        self._links.serve(ASK, answer)
