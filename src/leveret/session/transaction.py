"""Class tx (book 1.9): publishes and acknowledgements that count at commit or not at all.

Routes are found when a message is published, as in RabbitMQ: an exchange deleted before commit
does not matter any more. A queue deleted before commit gets nothing. What is committed is
durable when commit is answered, if it has to be.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from leveret.broker.errors import PreconditionFailed
from leveret.broker.replacing import standing_for
from leveret.session import publish, unacked
from leveret.session.distant import PARTIAL, Commit
from leveret.wire import methods

if TYPE_CHECKING:
    from leveret.broker.message import Message
    from leveret.broker.routing import Route
    from leveret.session.channel import Channel
    from leveret.session.later import Later
    from leveret.session.unacked import Holder, Settling, Unacked


class Transaction:
    """What waits for the commit on one channel."""

    __slots__ = ("_publishes", "_settlements")

    def __init__(self) -> None:
        self._publishes: list[tuple[Message, Route, bool]] = []
        self._settlements: list[tuple[Unacked, Settling]] = []

    def publish(self, message: Message, route: Route, *, is_mandatory: bool) -> None:
        self._publishes.append((message, route, is_mandatory))

    def settle(self, deliveries: Unacked, how: Settling) -> None:
        self._settlements.append((deliveries, how))

    def rehold(self, holder: Holder, former: Holder) -> None:
        """What a holder had of its queue somebody else holds now."""
        for deliveries, _how in self._settlements:
            unacked.rehold(deliveries, holder, former)

    @property
    def publish_count(self) -> int:
        """How many messages are published once it is committed."""
        return len(self._publishes)

    @property
    def held(self) -> list[Unacked]:
        """What is settled once it is committed."""
        return [deliveries for deliveries, _how in self._settlements]

    @property
    def held_count(self) -> int:
        """How many are settled once it is committed, and out until then."""
        return sum(len(deliveries) for deliveries, _how in self._settlements)

    def commit(self, channel: Channel) -> None:
        """Make it so, publishes first, and begin anew.

        Raises PreconditionFailed when a queue refused a message: all else has happened.
        """
        publishes, settlements = self._publishes, self._settlements
        self._publishes, self._settlements = [], []
        is_stored = is_refused = False
        channel.commit = Commit()
        for message, route, is_mandatory in publishes:
            # Its place in line is where it stands now, behind what was published meanwhile.
            message.position = channel.session.next_position()
            there = _without_deleted(route)
            if not publish.deliver(channel, message, there, is_mandatory=is_mandatory):
                is_refused = True
            is_stored = is_stored or message.is_stored
        for deliveries, how in settlements:
            how(deliveries)
            if how is not unacked.requeue:
                is_stored = is_stored or any(each.is_stored for _, each in deliveries.values())
        if is_stored or channel.session.has_fed_stream:
            channel.session.durability.demand()
        if is_refused:
            raise PreconditionFailed(PARTIAL)

    def rollback(self, channel: Channel) -> None:
        """Forget the publishes; what was acknowledged is out again."""
        self._publishes.clear()
        deliveries = channel.unacked
        for returned, _how in self._settlements:
            deliveries.update(returned)
        self._settlements.clear()
        in_order = dict(sorted(deliveries.items()))
        deliveries.clear()
        deliveries.update(in_order)


def _without_deleted(route: Route) -> Route:
    """The route to what is still there, or stands there now."""
    if not any(receiver.is_deleted for receiver in route.receivers):
        return route
    now = [standing_for(receiver) for receiver in route.receivers]
    there = tuple(receiver for receiver in now if not receiver.is_deleted)
    return replace(route, receivers=there)


def select(channel: Channel, _method: methods.TxSelect) -> methods.TxSelectOk:
    if channel.confirms is not None:
        raise PreconditionFailed("cannot switch from confirm to tx mode")
    if channel.transaction is None:
        channel.transaction = Transaction()
        channel.look_further()
    return methods.TxSelectOk()


def commit(channel: Channel, _method: methods.TxCommit) -> methods.TxCommitOk | Later:
    _transaction(channel).commit(channel)
    under_way = channel.commit
    assert under_way is not None
    return under_way.end() or methods.TxCommitOk()


def rollback(channel: Channel, _method: methods.TxRollback) -> methods.TxRollbackOk:
    _transaction(channel).rollback(channel)
    return methods.TxRollbackOk()


def _transaction(channel: Channel) -> Transaction:
    if channel.transaction is None:
        raise PreconditionFailed("channel is not transactional")
    return channel.transaction
