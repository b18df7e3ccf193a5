"""A request that a node hands to another: what is asked, in whose name, and what came of it.

Rule: who asks has been let in by the node that asks; whether he may is judged where it is done.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec

from leveret.management.answers import Done, HttpRefused, NotThere, Raw
from leveret.management.question import Question
from leveret.peers import PeerAbsent

if TYPE_CHECKING:
    from leveret.management.answers import Answer
    from leveret.management.call import Call
    from leveret.peers import Peers

# The verb of the links (cluster/links).
HTTP: Final = "http"
_OK: Final = 200
_REFUSED: Final = 400
_NOT_FOUND: Final = 404
_JSON: Final = "application/json"


class Reply(msgspec.Struct, frozen=True):
    """What a client would have got. content_type: empty where there is no content."""

    status: int
    content: bytes = b""
    content_type: str = ""


Replies: TypeAlias = dict[str, Reply]

_QUESTION: Final = msgspec.msgpack.Decoder(Question)
_REPLY: Final = msgspec.msgpack.Decoder(Reply)
_ENCODER: Final = msgspec.msgpack.Encoder()

encode: Final = _ENCODER.encode
decode_question: Final = _QUESTION.decode


async def ask(peers: Peers, node: str, question: Question) -> Reply:
    """Raises PeerAbsent."""
    return _REPLY.decode(await peers.ask(node, HTTP, encode(question)))


async def ask_all(peers: Peers, nodes: frozenset[str], question: Question) -> Replies:
    """What each says that answers, at the same time."""
    order = sorted(nodes)
    found = await asyncio.gather(
        *(ask(peers, node, question) for node in order), return_exceptions=True
    )
    replies: Replies = {}
    for node, reply in zip(order, found, strict=True):
        if isinstance(reply, Reply):
            replies[node] = reply
        elif not isinstance(reply, PeerAbsent):
            raise reply
    return replies


def others(call: Call) -> frozenset[str]:
    """The nodes that can be asked besides this one."""
    return call.peers.living - {call.look.node}


async def ask_others(call: Call, question: Question) -> Replies:
    """What the others say that answer with what was asked for; who does not answer is named."""
    asked = others(call)
    replies = await ask_all(call.peers, asked, question)
    call.absent |= asked - replies.keys()
    return {node: reply for node, reply in replies.items() if reply.status == _OK}


def answered(reply: Reply) -> Answer:
    """It, as the answer of this node."""
    if not reply.content:
        return Done(reply.status)
    return Raw(reply.content, reply.content_type or _JSON, status=reply.status)


def value_of(reply: Reply) -> Any:  # noqa: ANN401  # JSON
    """The JSON. Raises HttpRefused (NotThere), as the other node did."""
    if reply.status >= _REFUSED:
        raise refusal_in(reply)
    return msgspec.json.decode(reply.content)


def refusal_in(reply: Reply) -> HttpRefused:
    """As the other node said it."""
    told = msgspec.json.decode(reply.content or b"{}")
    error, reason = told.get("error", ""), told.get("reason", "")
    if reply.status == _NOT_FOUND:
        return NotThere(error, reason)
    return HttpRefused(reply.status, error, reason)
