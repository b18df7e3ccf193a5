"""The ways in which a request is answered where there are other nodes.

    Resource("/channels", ..., get=list_all, among={"GET": rows_of_all("name")})

A way is given the call and the handler that answers for this node alone. Rule: it is asked only
where a client asks, never for another node: nobody asks round in circles.
"""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from leveret.broker.queues.distant import DistantQueue
from leveret.management.answers import Answer, HttpRefused, Item, Listing, NotThere
from leveret.management.elsewhere.asking import (
    answered,
    ask,
    ask_all,
    ask_others,
    others,
    refusal_in,
    value_of,
)
from leveret.management.elsewhere.leading import once_led
from leveret.management.elsewhere.rows import (
    columns_needed,
    joined,
    question_for_rows,
    rows_in,
)
from leveret.management.elsewhere.sums import Sums
from leveret.peers import PeerAbsent

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from leveret.management.answers import Handler
    from leveret.management.call import Call

Way: TypeAlias = "Callable[[Call, Handler], Answer | Awaitable[Answer]]"

_NOT_FOUND: Final = 404


async def _own(call: Call, handler: Handler) -> Answer:
    told: Answer | Awaitable[Answer] = handler(call)
    return await told if inspect.isawaitable(told) else told


# Of all ----------------------------------------------------------------------------------------


def rows_of_all(*order: str) -> Way:
    """A listing of things each of which is on one node. order: what it is sorted by."""

    async def way(call: Call, handler: Handler) -> Answer:
        replies = await ask_others(call, question_for_rows(call, columns_needed(call)))
        call.look = replace(call.look, others=frozenset(replies))
        own = await _own(call, handler)
        return await joined(own, replies, order) if isinstance(own, Listing) else own

    return way


def sums_of_all(*counted: str, names: tuple[str, ...]) -> Way:
    """Things that every node has, each of which is counted where it happens.

    counted: the fields that add up. names: those by which a thing is known everywhere."""
    columns = frozenset((*names, *counted))

    async def way(call: Call, handler: Handler) -> Answer:
        own = await _own(call, handler)
        if not isinstance(own, Listing | Item):
            return own
        wants_rows = isinstance(own, Listing)
        question = question_for_rows(call, columns, is_paged=False)
        question = msgspec.structs.replace(question, wants_rows=wants_rows)
        replies = (await ask_others(call, question)).values()
        if wants_rows:
            rows = [row for reply in replies for row in rows_in(reply)]
        else:
            rows = [value_of(reply) for reply in replies]
        return replace(own, view=Sums(own.view, counted, names, rows))

    return way


async def everywhere(call: Call, handler: Handler) -> Answer:
    """Something that each node does with what it has."""
    await ask_others(call, call.question)
    return await _own(call, handler)


# Of one ----------------------------------------------------------------------------------------


async def found_anywhere(call: Call, handler: Handler) -> Answer:
    """A thing that is on one of the nodes."""
    try:
        return await _own(call, handler)
    except NotThere:
        replies = await ask_all(call.peers, others(call), call.question)
        for reply in replies.values():
            if reply.status != _NOT_FOUND:
                return answered(reply)
        raise


def at_node(call: Call, handler: Handler) -> Answer | Awaitable[Answer]:
    """What the node does that the path names."""
    return at(call, call.path["node"], handler)


async def at_home(call: Call, handler: Handler) -> Answer:
    """What the home of the queue does that the path names."""

    async def ask_home() -> Answer:
        told = at(call, home_of(call, call.path["name"]), handler)
        return await told if inspect.isawaitable(told) else told

    return await once_led(call, ask_home)


def at(call: Call, node: str, handler: Handler) -> Answer | Awaitable[Answer]:
    """What that node does, as long as it lives; else this one says what there is to say."""
    return _at(call, node, handler) if node in others(call) else handler(call)


async def _at(call: Call, node: str, handler: Handler) -> Answer:
    """Raises HttpRefused where nobody knows whether it was done."""
    try:
        reply = await ask(call.peers, node, call.question)
    except PeerAbsent:
        if call.question.method != "GET":
            reason = f"{node} has not answered: it may have done it or not"
            raise HttpRefused(503, "service_unavailable", reason) from None
        call.absent |= {node}
        return await _own(call, handler)
    if reply.status == _NOT_FOUND:
        raise refusal_in(reply)
    return answered(reply)


def home_of(call: Call, name: str) -> str:
    """The node where the queue is; this one, when there is no such queue."""
    vhost = call.broker.vhosts.get(call.path["vhost"])
    queue = None if vhost is None else vhost.queues.get(name)
    return queue.home if isinstance(queue, DistantQueue) else call.look.node
