"""The desk at which other nodes ask for verbs of this one: see elsewhere.py.

Rule: whoever reaches the desk is a node of the cluster; it is told of what is this node's alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.control.answering import answers
from leveret.control.messages import decode_ask, encode
from leveret.peers import EVERYBODY

if TYPE_CHECKING:
    from leveret.control.host import Host


class ControlDesk:
    """host: the node that is asked about."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def answer(self, asked: bytes) -> bytes:
        """A question to all that is said to it, both as octets."""
        told = [encode(each) async for each in answers(self._host, decode_ask(asked), EVERYBODY)]
        return b"[%b]" % b",".join(told)
