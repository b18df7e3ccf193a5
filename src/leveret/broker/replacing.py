"""Another object comes to stand for a queue: its messages are led by another node from now on.

    vhost.queues[name]    old ──> new
    bindings, routes      lead to the new one
    consumers             those of this node's sessions go on there, unless they want to hear of it
    what is out           was the old one's: whatever becomes of it goes nowhere

Rule: the queue is the same, with its name, options and policy; nobody is told that anything began
or ended, and nothing is said to the store or the catalogue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from leveret.broker.following import follow
from leveret.broker.queues.distant import DistantQueue
from leveret.broker.queues.queue import Queue
from leveret.broker.streams.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.routing import Receiver
    from leveret.broker.vhost import Vhost


class Moving(Protocol):
    """A consumer of the queue, or a reader of the stream."""

    def move(self, queue: AnyQueue) -> None: ...


def replace_queue(vhost: Vhost, old: AnyQueue, new: AnyQueue) -> None:
    """new: has what waits already (`recover`), and nobody knows of it."""
    assert vhost.queues.get(old.name) is old
    # What was published so far is counted where it went.
    vhost.forget_routes()
    vhost.queues[old.name] = new
    vhost.bindings.redirect(old, new)
    new.owner = old.owner
    follow(vhost.policies, new)
    vhost.tally.pass_on(old.tally)
    consumers: Iterable[Moving] = old.give_way(new)
    for consumer in consumers:
        consumer.move(new)


def standing_for(receiver: Receiver) -> Receiver:
    """What has come to stand for a receiver that was found a while ago; often itself."""
    if not isinstance(receiver, Queue | Stream | DistantQueue):
        return receiver
    queue: AnyQueue = receiver
    while queue.successor is not None:
        queue = queue.successor
    return queue
