"""What stands for a queue in this node's vhosts: the queue itself at its home, a remote one
elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.cluster.remote.placing import place

if TYPE_CHECKING:
    from leveret.broker.changes import QueueDeclared
    from leveret.broker.vhost import Vhost
    from leveret.cluster.metadata.changes import QueueHoused
    from leveret.cluster.metadata.follower import Places
    from leveret.cluster.remote.homes import Homes


class ClusterPlaces:
    """The port Places. node: this one. mirrored: what stands for queues that have a log."""

    def __init__(self, node: str, homes: Homes, mirrored: Places) -> None:
        self._node = node
        self._homes = homes
        self._mirrored = mirrored

    def place(self, vhost: Vhost, declared: QueueDeclared, housed: QueueHoused) -> None:
        if housed.log:
            self._mirrored.place(vhost, declared, housed)
        elif housed.node == self._node:
            vhost.place_queue(declared.name, declared.options, declared.number)
        else:
            place(vhost, declared.name, declared.options, self._homes.of(housed.node))

    def move(self, vhost: Vhost, name: str, housed: QueueHoused) -> None:
        """Only queues that have a log, or had one, ever move."""
        self._mirrored.move(vhost, name, housed)
