"""One question answered: the verb is found, called, and what it gives is told in pieces.

Rule: a listing is rendered in slices of some milliseconds, with a turn of the loop between them,
so that nobody's messages wait for somebody's curiosity.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from functools import partial
from typing import TYPE_CHECKING, Final

from leveret.broker.errors import Refused as RefusedByBroker
from leveret.control import exits
from leveret.control.call import (
    ACTOR,
    Call,
    Feed,
    Reply,
    Rows,
    VerbRefused,
    app_running,
    app_stopped,
)
from leveret.control.messages import (
    Answer,
    Ask,
    Batch,
    Begun,
    Columns,
    Done,
    Plain,
    Refused,
    Told,
)
from leveret.control.verbs import Known, find
from leveret.durable import wait_settled
from leveret.peers import EVERYBODY
from leveret.unhurried import Slice
from leveret.writing import with_pen

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Container, Iterator

    from leveret.control.call import Verb
    from leveret.control.host import Host

log = logging.getLogger("leveret")

BATCH_ROWS_MAX: Final = 500


async def answers(
    host: Host, ask: Ask, others: Container[str] = frozenset()
) -> AsyncGenerator[Answer, None]:
    """Begun, what comes of it, and the last word: Done, or Refused at any place.

    others: see Call."""
    try:
        verb = _wanted(host, ask.verb)
        yield Begun()
        losses = 0 if host.application is None else host.application.broker.awaiting.losses
        reply = _performed(verb, Call(host, ask.arguments, ask.verb, others))
        if inspect.isawaitable(reply):
            reply = await reply
        async for answer in _told(host, reply, losses):
            yield answer
    except VerbRefused as refused:
        yield Refused(refused.exit_code, refused.text, refused.needs)
    except RefusedByBroker as refused:
        yield Refused(exits.UNAVAILABLE, f"Error:\n{refused}")
    except Exception:
        log.exception("the command %s failed", ask.verb)
        yield Refused(exits.SOFTWARE, f"Error:\nthe command {ask.verb} failed; see the node's log")


def _wanted(host: Host, name: str) -> Known:
    """The verb, if the node can do it now. Raises VerbRefused."""
    verb = find(name)
    if verb is None:
        raise VerbRefused(exits.SOFTWARE, f"this node does not know the command '{name}'")
    if verb.needs_app and host.application is None:
        raise app_stopped()
    if verb.needs_no_app and host.application is not None:
        raise app_running()
    return verb


def _performed(verb: Known, call: Call) -> Reply | Awaitable[Reply]:
    """What it comes to, here or among all nodes."""
    if call.host.application is None:
        return verb.function(call)
    act: Verb = partial(_acted, function=verb.function)
    if verb.commits and call.broker.storage.pen is not None:
        act = partial(_acted_with_pen, function=verb.function)
    if verb.among and call.application.peers is not None and call.others is not EVERYBODY:
        return verb.among(call, act)
    return act(call)


async def _acted_with_pen(call: Call, function: Verb) -> Reply:
    reply = await with_pen(call.broker, partial(_acted, call, function))
    return await reply if inspect.isawaitable(reply) else reply


def _acted(call: Call, function: Verb) -> Reply | Awaitable[Reply]:
    """What this node makes of it. Whose doing it was is told to whoever listens to events."""
    events = call.broker.events
    before, events.actor = events.actor, ACTOR
    try:
        return function(call)
    finally:
        events.actor = before


async def _told(host: Host, reply: Reply, losses: int) -> AsyncIterator[Answer]:
    if isinstance(reply, Rows):
        yield Columns(list(reply.columns))
        for batch in _batches(reply):
            yield batch
            await asyncio.sleep(0)
        yield Done(absent=list(reply.absent))
    elif isinstance(reply, Feed):
        async for value in reply.values:
            yield Told(value)
        yield Done()
    else:
        if host.application is not None:
            await wait_settled(host.application.broker, losses)
        yield Done(reply)


def _batches(listing: Rows) -> Iterator[Batch]:
    rows: list[list[Plain]] = []
    current = Slice()
    for row in listing.rows:
        rows.append(list(row))
        if len(rows) >= BATCH_ROWS_MAX or current.is_over:
            yield Batch(rows)
            rows = []
            current = Slice()
    if rows:
        yield Batch(rows)
