"""What leveretctl is told of other nodes, and what they are told to do: through whichever is asked.

    a tool ─> answering.py ─> a way of `AMONG` ══Peers══> ControlDesk ─> the same verb over there

A verb's module names in AMONG how its verbs are answered where there are other nodes. Rule: a way
is asked only where a tool asks, never for another node: nobody asks round in circles.
"""

from __future__ import annotations

import asyncio
import inspect
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from leveret.broker.queues.distant import DistantQueue
from leveret.control import exits
from leveret.control.call import Rows, VerbRefused
from leveret.control.messages import Answer, Ask, Batch, Columns, Done, Refused, encode
from leveret.peers import PeerAbsent

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from leveret.control.call import Call, Reply, Verb
    from leveret.control.messages import Plain
    from leveret.peers import Peers

Way: TypeAlias = "Callable[[Call, Verb], Reply | Awaitable[Reply]]"

# The verb of the links (cluster/links).
CONTROL: Final = "control"
_ANSWERS: Final = msgspec.json.Decoder(list[Answer])


# Asking -----------------------------------------------------------------------------------------


def _peers(call: Call) -> Peers:
    peers = call.application.peers
    assert peers is not None, "the node is alone"
    return peers


def others(call: Call) -> list[str]:
    """The nodes that can be asked besides this one, in order."""
    return sorted(_peers(call).living - {call.broker.node})


async def _ask(call: Call, node: str, ask: Ask) -> list[Answer]:
    """Raises PeerAbsent."""
    return _ANSWERS.decode(await _peers(call).ask(node, CONTROL, encode(ask)))


async def _ask_others(call: Call, ask: Ask) -> dict[str, list[Answer]]:
    """What each says that answers, at the same time."""
    order = others(call)
    asked = (_ask(call, node, ask) for node in order)
    found = await asyncio.gather(*asked, return_exceptions=True)
    told: dict[str, list[Answer]] = {}
    for node, said in zip(order, found, strict=True):
        if isinstance(said, list):
            told[node] = said
        elif not isinstance(said, PeerAbsent):
            raise said
    return told


def value_of(told: list[Answer]) -> Plain:
    """What came of it. Raises VerbRefused as the other node did."""
    last = told[-1]
    if isinstance(last, Refused):
        raise VerbRefused(last.exit_code, last.text, last.needs)
    assert isinstance(last, Done)
    return last.value


async def values_of_others(call: Call, verb: str) -> dict[str, Plain]:
    """What a verb comes to at each other node that answers."""
    told = await _ask_others(call, Ask(verb, {}))
    return {node: said[-1].value for node, said in told.items() if isinstance(said[-1], Done)}


async def _own(call: Call, verb: Verb) -> Reply:
    reply = verb(call)
    return await reply if inspect.isawaitable(reply) else reply


# Ways -------------------------------------------------------------------------------------------


async def rows_of_all(call: Call, verb: Verb) -> Reply:
    """A listing of things each of which is on one node."""
    told = await _ask_others(call, Ask(call.verb, call.arguments))
    heard = {node: said for node, said in told.items() if isinstance(said[-1], Done)}
    own = await _own(replace(call, others=frozenset(heard)), verb)
    assert isinstance(own, Rows)
    rows = [row for said in heard.values() for row in _rows_in(said)]
    absent = [node for node in others(call) if node not in heard]
    return Rows(own.columns, _chained(own, rows), absent)


def _chained(own: Rows, rows: list[list[Plain]]) -> Iterator[list[Plain]]:
    for row in own.rows:
        yield list(row)
    yield from rows


def _rows_in(said: list[Answer]) -> Iterator[list[Plain]]:
    for each in said:
        if isinstance(each, Batch):
            yield from each.rows


async def lists_of_all(call: Call, verb: Verb) -> Reply:
    """What each has to tell, in one list: this node's first."""
    told = await _ask_others(call, Ask(call.verb, call.arguments))
    own = await _own(call, verb)
    assert isinstance(own, list)
    lists = [last.value for *_, last in told.values() if isinstance(last, Done)]
    return [*own, *(each for told in lists if isinstance(told, list) for each in told)]


async def everywhere(call: Call, verb: Verb) -> Reply:
    """Something that each node does with what it has; what came of it here is told."""
    await _ask_others(call, Ask(call.verb, call.arguments))
    return await _own(call, verb)


def at_home(call: Call, verb: Verb) -> Reply | Awaitable[Reply]:
    """What the home of the queue does that is named."""
    vhost = call.broker.vhosts.get(call.text("vhost"))
    queue = None if vhost is None else vhost.queues.get(call.text("queue"))
    return at(call, queue.home if isinstance(queue, DistantQueue) else "", verb)


def at(call: Call, node: str, verb: Verb) -> Reply | Awaitable[Reply]:
    """What that node does, as long as it lives; else this one says what there is to say."""
    return _at(call, node) if node in others(call) else verb(call)


async def _at(call: Call, node: str) -> Reply:
    """Raises VerbRefused also where nobody knows whether it was done."""
    try:
        return _reply_of(await _ask(call, node, Ask(call.verb, call.arguments)))
    except PeerAbsent:
        text = f"Error:\n{node} has not answered: it may have done it or not"
        raise VerbRefused(exits.UNAVAILABLE, text) from None


def _reply_of(told: list[Answer]) -> Reply:
    """A listing, or what came of it. Raises VerbRefused as the other node did."""
    value = value_of(told)
    for each in told:
        if isinstance(each, Columns):
            return Rows(each.names, list(_rows_in(told)))
    return value


async def in_turn(call: Call, node: str, verb: Verb) -> Reply:
    """What one node makes of it, this one or another; None of one that does not answer."""
    if node == call.broker.node:
        return await _own(call, verb)
    try:
        return value_of(await _ask(call, node, Ask(call.verb, call.arguments)))
    except PeerAbsent:
        return None
