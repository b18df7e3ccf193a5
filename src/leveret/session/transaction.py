"""Class tx (book 1.9): publishes and acknowledgements that count at commit or not at all.

Routes are found when a message is published, as in RabbitMQ: an exchange deleted before commit
does not matter any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.errors import PreconditionFailed
from leveret.session import publish, unacked
from leveret.wire import methods

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leveret.broker.message import Message
    from leveret.broker.routing import Receiver
    from leveret.session.channel import Channel
    from leveret.session.unacked import Delivery, Unacked


class Transaction:
    """What waits for the commit on one channel."""

    __slots__ = ("_publishes", "_settlements")

    def __init__(self) -> None:
        self._publishes: list[tuple[Message, tuple[Receiver, ...], bool]] = []
        self._settlements: list[tuple[Unacked, bool]] = []

    def publish(
        self, message: Message, receivers: tuple[Receiver, ...], *, is_mandatory: bool
    ) -> None:
        self._publishes.append((message, receivers, is_mandatory))

    def settle(self, deliveries: Unacked, *, requeue: bool) -> None:
        self._settlements.append((deliveries, requeue))

    def held(self) -> Iterator[Delivery]:
        """What is settled once it is committed, and out until then."""
        for deliveries, _requeue in self._settlements:
            yield from deliveries.values()

    def commit(self, channel: Channel) -> None:
        """Make it so, publishes first, and begin anew."""
        publishes, settlements = self._publishes, self._settlements
        self._publishes, self._settlements = [], []
        for message, receivers, is_mandatory in publishes:
            # Its place in line is where it stands now, behind what was published meanwhile.
            message.position = channel.session.next_position()
            publish.hand_over(channel, message, receivers, is_mandatory=is_mandatory)
        for deliveries, requeue in settlements:
            if requeue:
                unacked.requeue(deliveries)
            else:
                unacked.settle(deliveries)

    def rollback(self, channel: Channel) -> None:
        """Forget the publishes; what was acknowledged is out again."""
        self._publishes.clear()
        deliveries = channel.unacked
        for returned, _requeue in self._settlements:
            deliveries.update(returned)
        self._settlements.clear()
        in_order = dict(sorted(deliveries.items()))
        deliveries.clear()
        deliveries.update(in_order)


def select(channel: Channel, _method: methods.TxSelect) -> methods.TxSelectOk:
    if channel.confirms is not None:
        raise PreconditionFailed("cannot switch from confirm to tx mode")
    if channel.transaction is None:
        channel.transaction = Transaction()
        channel.update_plainness()
    return methods.TxSelectOk()


def commit(channel: Channel, _method: methods.TxCommit) -> methods.TxCommitOk:
    _transaction(channel).commit(channel)
    return methods.TxCommitOk()


def rollback(channel: Channel, _method: methods.TxRollback) -> methods.TxRollbackOk:
    _transaction(channel).rollback(channel)
    return methods.TxRollbackOk()


def _transaction(channel: Channel) -> Transaction:
    if channel.transaction is None:
        raise PreconditionFailed("channel is not transactional")
    return channel.transaction
