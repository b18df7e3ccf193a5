"""What another node has changed happens to this node's broker, which is in use meanwhile.

Each change does what it says (broker/restore.py), consumers and connections hear what they have to
hear (the broker's `drop_...`), and what has to follow follows: routes are forgotten, policies
applied, numbers taken.

Rule: nothing is committed and nothing announced: that was done where it was asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from leveret.broker.changes import (
    Bound,
    ExchangeDeclared,
    ExchangeDeleted,
    ParameterCleared,
    ParameterSet,
    PermissionCleared,
    PermissionSet,
    QueueDeclared,
    QueueDeleted,
    TopicPermissionCleared,
    TopicPermissionSet,
    Unbound,
)
from leveret.broker.restore import restore
from leveret.cluster.metadata.changes import QueueHoused, RollSet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leveret.broker.broker import Broker
    from leveret.broker.vhost import Vhost
    from leveret.cluster.metadata.changes import SharedChange

_PARAMETERS: Final = (ParameterSet, ParameterCleared)
_ROUTING: Final = (
    PermissionSet,
    PermissionCleared,
    TopicPermissionSet,
    TopicPermissionCleared,
    ExchangeDeclared,
    ExchangeDeleted,
    QueueDeclared,
    QueueDeleted,
    Bound,
    Unbound,
)


class Elsewhere:
    """Stands for the connection, on another node, that has an exclusive queue to itself."""

    def __str__(self) -> str:
        return "a connection of another node"


ELSEWHERE: Final = Elsewhere()


class Places(Protocol):
    """What stands for a queue on this node, wherever its messages are."""

    def place(self, vhost: Vhost, declared: QueueDeclared, housed: QueueHoused) -> None:
        """A queue was declared, and its messages are there: put something into `vhost.queues`."""

    def move(self, vhost: Vhost, name: str, housed: QueueHoused) -> None:
        """The queue's messages are there from now on, or their log is led from there."""


class AllHere:
    """Every node has every queue: a broker that follows another and has no clients."""

    def place(self, vhost: Vhost, declared: QueueDeclared, housed: QueueHoused) -> None:
        del housed
        queue = vhost.place_queue(declared.name, declared.options, declared.number)
        if declared.options.exclusive:
            queue.owner = ELSEWHERE

    def move(self, vhost: Vhost, name: str, housed: QueueHoused) -> None:
        """It stays."""


class Follower:
    """One broker that follows. keep: told of each change once it has happened."""

    def __init__(
        self, broker: Broker, places: Places, keep: Callable[[SharedChange], None]
    ) -> None:
        self._broker = broker
        self._places = places
        self._keep = keep
        # Of queues that are about to be declared.
        self._housed: dict[tuple[str, str], QueueHoused] = {}

    def apply(self, changes: Sequence[SharedChange]) -> None:
        """Raises Unrestorable."""
        for each in changes:
            self._apply(each)
            self._keep(each)
        for name in {each.vhost for each in changes if isinstance(each, _PARAMETERS)}:
            if name in self._broker.vhosts:
                self._broker.vhosts[name].follow_policies()

    def _apply(self, change: SharedChange) -> None:
        if isinstance(change, RollSet):
            return
        if isinstance(change, QueueHoused):
            self._house(change)
            return
        if isinstance(change, QueueDeclared):
            housed = self._housed.pop((change.vhost, change.name))
            self._places.place(self._broker.vhosts[change.vhost], change, housed)
        else:
            restore(self._broker, change)
        if isinstance(change, QueueDeclared | ExchangeDeclared):
            self._broker.take_number(change.number)
        if isinstance(change, _ROUTING) and change.vhost in self._broker.vhosts:
            self._broker.vhosts[change.vhost].forget_routes()

    def _house(self, change: QueueHoused) -> None:
        vhost = self._broker.vhosts[change.vhost]
        if change.name in vhost.queues:
            self._places.move(vhost, change.name, change)
        else:
            self._housed[change.vhost, change.name] = change
