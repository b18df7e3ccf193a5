"""What Prometheus is told of queues and streams."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from leveret.broker.queues.holdings import Holdings, holdings
from leveret.broker.queues.kinds import queues_here
from leveret.management.metrics.exposition import labels
from leveret.management.metrics.family import Family, Subject, counter, gauge
from leveret.statistics.rows import lengths_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.queues.kinds import AnyQueue
    from leveret.management.metrics.scrape import Counted, Scrape
    from leveret.statistics.totals import Totals


class Lengths(NamedTuple):
    """What is quickly read of one queue."""

    all: int
    ready: int
    unacked: int


class QueueRow(NamedTuple):
    """All that is read of one queue."""

    holdings: Holdings
    consumers: int
    capacity: float
    disk_reads: int
    disk_writes: int


def all_queues(scrape: Scrape) -> list[AnyQueue]:
    """Those of this node: each node tells of its own."""
    return [queue for vhost in scrape.vhosts() for queue in queues_here(vhost)]


def labels_of_queue(queue: AnyQueue) -> str:
    return labels(vhost=queue.vhost_name, queue=queue.name)


def read_lengths(queue: AnyQueue, _scrape: Scrape) -> Lengths:
    return Lengths._make(lengths_row(queue))


def read_queue(queue: AnyQueue, scrape: Scrape) -> QueueRow:
    return QueueRow(
        holdings(queue),
        len(queue.consumers),
        scrape.host.statistics.consumer_capacity(queue),
        queue.tally.disk_reads,
        queue.tally.disk_writes,
    )


QUEUES: Final = Subject(all_queues, labels_of_queue)

LENGTHS: Final = Family(
    "queue_coarse_metrics",
    QUEUES,
    read_lengths,
    (
        gauge(
            "queue_messages_ready",
            "Messages ready to be delivered to consumers",
            attrgetter("ready"),
        ),
        gauge(
            "queue_messages_unacked",
            "Messages delivered to consumers but not yet acknowledged",
            attrgetter("unacked"),
        ),
        gauge(
            "queue_messages",
            "Sum of ready and unacknowledged messages - total queue depth",
            attrgetter("all"),
        ),
    ),
)

CONSUMERS: Final = Family(
    "queue_consumer_count",
    QUEUES,
    lambda queue, _scrape: len(queue.consumers),
    (gauge("queue_consumers", "Consumers on a queue", lambda count: count),),
)

HOLDINGS: Final = Family(
    "queue_metrics",
    QUEUES,
    read_queue,
    (
        gauge("queue_consumers", "Consumers on a queue", attrgetter("consumers")),
        gauge(
            "queue_consumer_capacity",
            "Consumer capacity",
            attrgetter("capacity"),
            is_summed=False,
        ),
        gauge("queue_consumer_utilisation", "Same as consumer capacity", attrgetter("capacity")),
        gauge(
            "queue_process_memory_bytes",
            "Memory in bytes used by the Erlang queue process",
            attrgetter("holdings.memory"),
        ),
        gauge(
            "queue_messages_ram",
            "Ready and unacknowledged messages stored in memory",
            attrgetter("holdings.messages_ram"),
        ),
        gauge(
            "queue_messages_ram_bytes",
            "Size of ready and unacknowledged messages stored in memory",
            attrgetter("holdings.message_bytes_ram"),
        ),
        gauge(
            "queue_messages_ready_ram",
            "Ready messages stored in memory",
            attrgetter("holdings.messages_ready_ram"),
        ),
        gauge(
            "queue_messages_unacked_ram",
            "Unacknowledged messages stored in memory",
            attrgetter("holdings.messages_unacknowledged_ram"),
        ),
        gauge(
            "queue_messages_persistent",
            "Persistent messages",
            attrgetter("holdings.messages_persistent"),
        ),
        gauge(
            "queue_messages_persistent_bytes",
            "Size in bytes of persistent messages",
            attrgetter("holdings.message_bytes_persistent"),
        ),
        gauge(
            "queue_messages_bytes",
            "Size in bytes of ready and unacknowledged messages",
            attrgetter("holdings.message_bytes"),
        ),
        gauge(
            "queue_messages_ready_bytes",
            "Size in bytes of ready messages",
            attrgetter("holdings.message_bytes_ready"),
        ),
        gauge(
            "queue_messages_unacked_bytes",
            "Size in bytes of all unacknowledged messages",
            attrgetter("holdings.message_bytes_unacknowledged"),
        ),
        gauge(
            "queue_messages_paged_out",
            "Messages paged out to disk",
            attrgetter("holdings.messages_paged_out"),
        ),
        gauge(
            "queue_messages_paged_out_bytes",
            "Size in bytes of messages paged out to disk",
            attrgetter("holdings.message_bytes_paged_out"),
        ),
        gauge(
            "queue_head_message_timestamp",
            "Timestamp of the first message in the queue, if any",
            attrgetter("holdings.head_message_timestamp"),
            is_summed=False,
        ),
        counter(
            "queue_disk_reads_total",
            "Total number of times queue read messages from disk",
            attrgetter("disk_reads"),
            attrgetter("disk_reads"),
        ),
        counter(
            "queue_disk_writes_total",
            "Total number of times queue wrote messages to disk",
            attrgetter("disk_writes"),
            attrgetter("disk_writes"),
        ),
    ),
)


# What went through -------------------------------------------------------------------------------


def read_counts(thing: Counted, scrape: Scrape) -> dict[str, int]:
    """What was counted of a thing, by RabbitMQ's names."""
    return scrape.counts(thing)


def counted(name: str) -> Callable[[dict[str, int]], int]:
    """A count; nothing was counted of a thing that never saw it."""
    return lambda counts: counts.get(name, 0)


def of_all_types(name: str) -> Callable[[Totals], int]:
    """A count of all types of queues together."""
    read = attrgetter(name)
    return lambda totals: sum(map(read, totals.by_type.values()))


DELIVERIES: Final = Family(
    "queue_delivery_metrics",
    QUEUES,
    read_counts,
    (
        counter(
            "queue_get_ack_total",
            "Total number of messages fetched from a queue with basic.get in manual "
            "acknowledgement mode",
            counted("get"),
            of_all_types("get"),
        ),
        counter(
            "queue_get_total",
            "Total number of messages fetched from a queue with basic.get in automatic "
            "acknowledgement mode",
            counted("get_no_ack"),
            of_all_types("get_no_ack"),
        ),
        counter(
            "queue_messages_delivered_ack_total",
            "Total number of messages delivered from a queue to consumers in manual "
            "acknowledgement mode",
            counted("deliver"),
            of_all_types("deliver"),
        ),
        counter(
            "queue_messages_delivered_total",
            "Total number of messages delivered from a queue to consumers in automatic "
            "acknowledgement mode",
            counted("deliver_no_ack"),
            of_all_types("deliver_no_ack"),
        ),
        counter(
            "queue_messages_redelivered_total",
            "Total number of messages redelivered from a queue to consumers",
            counted("redeliver"),
            of_all_types("redeliver"),
        ),
        counter(
            "queue_messages_acked_total",
            "Total number of messages acknowledged by consumers on a queue",
            counted("ack"),
            of_all_types("ack"),
        ),
        counter(
            "queue_get_empty_total",
            "Total number of times basic.get operations fetched no message on a queue",
            counted("get_empty"),
            of_all_types("get_empty"),
        ),
    ),
)

# RabbitMQ tells it for each channel and exchange apart; here it is counted once for each queue.
PUBLISHED: Final = Family(
    "channel_queue_exchange_metrics",
    Subject(all_queues, lambda queue: labels(queue_vhost=queue.vhost_name, queue=queue.name)),
    read_counts,
    (
        counter(
            "queue_messages_published_total",
            "Total number of messages published to queues",
            counted("publish"),
            lambda totals: totals.routed,
        ),
    ),
)
