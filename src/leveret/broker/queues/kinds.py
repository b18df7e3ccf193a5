"""The queue types: what x-queue-type makes of a queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from leveret.broker.arguments import STREAM, queue_type
from leveret.broker.queues.distant import DistantQueue
from leveret.broker.queues.queue import Queue
from leveret.broker.streams.stream import Stream

if TYPE_CHECKING:
    from leveret.broker.queues.queue import QueueHome, QueueOptions
    from leveret.broker.streams.log import StreamHome
    from leveret.broker.vhost import Vhost

AnyQueue: TypeAlias = Queue | Stream | DistantQueue


@dataclass(frozen=True, slots=True)
class Homes:
    """What the queues of a vhost have in common, by kind."""

    queues: QueueHome
    streams: StreamHome


def queues_here(vhost: Vhost) -> list[Queue | Stream]:
    """The queues of a vhost whose home is this node."""
    return [each for each in vhost.queues.values() if not isinstance(each, DistantQueue)]


def queues_elsewhere(vhost: Vhost) -> list[DistantQueue]:
    """The queues of a vhost whose home is another node."""
    return [each for each in vhost.queues.values() if isinstance(each, DistantQueue)]


def state_of(queue: AnyQueue, usual: str = "running") -> str:
    """In RabbitMQ's words, of a queue that is here: one that lacks a majority serves nobody."""
    return "minority" if isinstance(queue, Queue | Stream) and queue.is_paused else usual


def new_queue(homes: Homes, name: str, options: QueueOptions, number: int) -> AnyQueue:
    """The queue that its arguments ask for."""
    if queue_type(options.arguments) == STREAM:
        return Stream(homes.streams, name, options, number)
    return Queue(homes.queues, name, options, number)
