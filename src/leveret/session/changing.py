"""Which methods change what all nodes of a cluster know, and how they wait until this node may.

Rule: a node alone never comes here. A method is tried anew when the pen has come, and looks again:
it may be gone by the time it is this channel's turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.broker.awaiting import no_pen
from leveret.broker.errors import NotFound
from leveret.broker.queues.distant import DistantQueue
from leveret.session import queue
from leveret.session.later import Later
from leveret.wire import methods

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.ports import Pen
    from leveret.session.channel import Channel
    from leveret.session.later import Answer
    from leveret.wire.methods import Method

# Those that always do, as far as there is anything to change.
_CHANGING: Final = (
    methods.ExchangeDelete,
    methods.ExchangeBind,
    methods.ExchangeUnbind,
    methods.QueueBind,
    methods.QueueUnbind,
)
# Those that tell the client what there is.
_LOOKING: Final = (
    methods.ExchangeDeclare,
    methods.QueueDeclare,
    methods.QueuePurge,
    methods.BasicConsume,
    methods.BasicGet,
)


def changes(channel: Channel, method: Method) -> bool:
    """Whether the pen is needed here. A queue of another node is deleted by that node."""
    match method:
        case methods.ExchangeDeclare():
            return not method.passive
        case methods.QueueDeclare():
            return not method.passive and not queue.is_direct_reply(channel, method.queue)
        case methods.QueueDelete():
            name = method.queue or channel.last_queue
            return not isinstance(channel.access.vhost.queues.get(name), DistantQueue)
        case methods.BasicCancel():
            return _ends_queue(channel, method.consumer_tag)
        case _:
            return isinstance(method, _CHANGING)


def looks(method: Method) -> bool:
    """Whether what it does not find may be there all the same: another node was told of it a moment
    ago, and so may the client have been."""
    return isinstance(method, _LOOKING)


def _ends_queue(channel: Channel, tag: str) -> bool:
    """Whether an auto-delete queue goes with this consumer. (A client that is told that it has no
    consumer any more may look whether the queue is gone.)"""
    consumer = channel.consumers.get(tag)
    if consumer is None or isinstance(consumer.queue, DistantQueue):
        return False
    return consumer.queue.options.auto_delete and len(consumer.queue.consumers) == 1


class WithPen:
    """An action that is done when the pen is here.

    is_urgent: when the pen does not come, it is done without it.
    """

    __slots__ = ("_act", "_has_given_up", "_is_urgent", "_pen")

    def __init__(self, pen: Pen, act: Callable[[], Answer], *, is_urgent: bool) -> None:
        self._pen = pen
        self._act = act
        self._is_urgent = is_urgent
        self._has_given_up = False

    def __call__(self) -> Answer:
        """Raises Unavailable."""
        if self._pen.is_writable or (self._has_given_up and self._is_urgent):
            return self._act()
        if self._has_given_up:
            raise no_pen()
        return Later(self._register, self)

    def _register(self, go_on: Callable[[], None]) -> None:
        def give_up() -> None:
            self._has_given_up = True
            go_on()

        self._pen.when_writable(go_on, give_up)


class Looking:
    """An action that finds what is there by now, also what other nodes were told of just before."""

    __slots__ = ("_act", "_has_looked", "_pen")

    def __init__(self, pen: Pen, act: Callable[[], Answer]) -> None:
        self._pen = pen
        self._act = act
        self._has_looked = False

    def __call__(self) -> Answer:
        """Raises what the action does."""
        try:
            return self._act()
        except NotFound:
            if self._has_looked or self._pen.is_writable:
                raise
        self._has_looked = True
        return Later(self._pen.when_fresh, self)
