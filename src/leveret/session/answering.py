"""A method is answered: at once, or when what the answer waits for has come.

    changes what all nodes know ──the pen is elsewhere──> wait for it, unless it is so already
    act ──> refused: the channel closes; where nothing was found, look whether others know of it
      ├──> something was changed: the reply waits until that is safe
      ├──> Later: the reply waits for what that names
      └──> the reply

Rule: a channel that waits handles nothing further (protocol/waiting.py), and what it waits for
comes, or its connection ends.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from leveret.broker.awaiting import undone
from leveret.broker.errors import Refused
from leveret.broker.events import INTERNAL
from leveret.session import changing
from leveret.session.later import Later
from leveret.wire import methods

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.ports import Pen
    from leveret.session.channel import Channel
    from leveret.session.later import Answer
    from leveret.wire.methods import Method

# What these have changed lies with the messages: no majority of nodes need hear of it.
_OF_MESSAGES: Final = (methods.QueuePurge, methods.TxCommit)


def perform(channel: Channel, method: Method, act: Callable[[], Answer]) -> None:
    """Do what a method asks, and reply."""
    pen = channel.session.pen
    if pen is not None:
        act = _in_cluster(channel, method, act, pen)
    answer(channel, method, act)


def _in_cluster(
    channel: Channel, method: Method, act: Callable[[], Answer], pen: Pen
) -> Callable[[], Answer]:
    if changing.makes(method) and changing.changes(channel, method):
        return changing.Making(pen, act, partial(changing.is_made, channel, method))
    if changing.changes(channel, method):
        is_urgent = isinstance(method, methods.BasicCancel)
        return changing.WithPen(pen, act, is_urgent=is_urgent)
    return changing.Looking(pen, act) if changing.looks(method) else act


def answer(channel: Channel, method: Method, act: Callable[[], Answer]) -> None:
    """Act, and reply: at once, or when what that has changed is durable."""
    session = channel.session
    demands = session.durability.demands
    events = session.broker.events
    events.actor = channel.access.user.name
    try:
        reply = act()
    except Refused as refused:
        channel.refused(refused, method.index)
        return
    finally:
        events.actor = INTERNAL
    if session.durability.demands != demands:
        _wait(channel, method, Later(partial(_when_safe, channel, method), lambda: reply))
    elif isinstance(reply, Later):
        _wait(channel, method, reply)
    elif reply is not None and not getattr(method, "nowait", False):
        channel.send(reply)


def _when_safe(channel: Channel, method: Method, go_on: Callable[[], None]) -> None:
    """Go on when all that was said so far is safe; the connection ends when that may not come."""
    session = channel.session
    if session.pen is None:
        session.durability.when_durable(go_on)
        return
    if isinstance(method, _OF_MESSAGES):
        session.broker.storage.when_answerable(go_on, lambda: session.end_with(undone()))
        return
    awaiting = session.broker.awaiting
    wait = awaiting.begin(session.end_with)

    def safe() -> None:
        if awaiting.end(wait):
            go_on()

    session.durability.when_durable(safe)


def _wait(channel: Channel, method: Method, later: Later) -> None:
    """Handle nothing further until the method can be answered."""
    session = channel.session
    line = session.connection.wait(channel.number)
    later.register(lambda: session.resume_channel(line, lambda: answer(channel, method, later.act)))
