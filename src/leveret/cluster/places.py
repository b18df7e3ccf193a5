"""What stands for a queue in this node's vhosts: the queue itself at its home, a remote one
elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.cluster.remote.placing import place

if TYPE_CHECKING:
    from leveret.broker.changes import QueueDeclared
    from leveret.broker.vhost import Vhost
    from leveret.cluster.metadata.changes import QueueHoused
    from leveret.cluster.remote.homes import Homes


class ClusterPlaces:
    """The port Places. node: this one."""

    def __init__(self, node: str, homes: Homes) -> None:
        self._node = node
        self._homes = homes

    def place(self, vhost: Vhost, declared: QueueDeclared, housed: QueueHoused) -> None:
        """One that this node leads is nobody's until its log has been read."""
        name, options, is_mirrored = declared.name, declared.options, bool(housed.log)
        if housed.node == self._node and not is_mirrored:
            vhost.place_queue(name, options, declared.number)
        else:
            place(vhost, name, options, self._homes.of(housed.node), is_mirrored=is_mirrored)

    def move(self, vhost: Vhost, name: str, housed: QueueHoused) -> None:
        """Mirroring hears of it, too, and knows more."""
