"""Which methods change what all nodes of a cluster know, and how they wait until this node may.

    WithPen    changes something: waits for the pen
    Making     makes something, unless it is there: looks what others were told just before, and
               waits for the pen only when it is not
    Looking    finds something: looks, too, when it does not

Rule: a node alone never comes here. A method is tried anew when the pen has come, and looks again:
it may be gone by the time it is this channel's turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.broker.awaiting import no_pen
from leveret.broker.bindings import Binding
from leveret.broker.errors import NotFound
from leveret.broker.names import without_line_breaks
from leveret.broker.queues.distant import DistantQueue
from leveret.session import queue
from leveret.session.later import Later
from leveret.wire import methods

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.bindings import Destination
    from leveret.broker.ports import Pen
    from leveret.broker.vhost import Vhost
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
_MAKING: Final = (
    methods.ExchangeDeclare,
    methods.ExchangeBind,
    methods.QueueDeclare,
    methods.QueueBind,
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


def makes(method: Method) -> bool:
    """Whether it changes nothing when what it names is there: it is as was asked, or is refused."""
    return isinstance(method, _MAKING)


def is_made(channel: Channel, method: Method) -> bool:
    """Whether it is there, as far as is known here. Raises NotFound where nothing is named."""
    vhost = channel.access.vhost
    match method:
        case methods.ExchangeDeclare():
            return without_line_breaks(method.exchange) in vhost.exchanges
        case methods.QueueDeclare():
            there = vhost.queues.get(without_line_breaks(method.queue))
            return there is not None and there not in vhost.retiring
        case methods.ExchangeBind():
            exchange = vhost.exchanges.get(method.destination)
            return _is_bound(vhost, method, exchange, method.routing_key)
        case methods.QueueBind():
            name, key = queue.bound(channel, method)
            return _is_bound(vhost, method, vhost.queues.get(name), key)
        case _:
            return False


def _is_bound(
    vhost: Vhost,
    method: methods.ExchangeBind | methods.QueueBind,
    destination: Destination | None,
    key: str,
) -> bool:
    name = method.source if isinstance(method, methods.ExchangeBind) else method.exchange
    source = vhost.exchanges.get(name)
    if source is None or destination is None:
        return False
    return Binding(source, destination, key, method.arguments) in vhost.bindings


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


class Making:
    """An action that makes what is not there.

    is_made: whether there is nothing to make. Another node may have deleted it a moment ago, and
    the client that asks may know that: so it is looked up before it is believed.
    """

    __slots__ = ("_act", "_has_looked", "_is_made", "_pen", "_with_pen")

    def __init__(self, pen: Pen, act: Callable[[], Answer], is_made: Callable[[], bool]) -> None:
        self._pen = pen
        self._act = act
        self._with_pen = WithPen(pen, act, is_urgent=False)
        self._is_made = is_made
        self._has_looked = False

    def __call__(self) -> Answer:
        """Raises Unavailable, and what the action does."""
        if self._pen.is_writable or not self._is_made():
            return self._with_pen()
        if self._has_looked:
            return self._act()
        self._has_looked = True
        return Later(self._pen.when_fresh, self)


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
