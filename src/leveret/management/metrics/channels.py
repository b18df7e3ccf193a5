"""What Prometheus is told of channels.

RabbitMQ tells what a channel published for each exchange apart; here it is counted once for each
channel, and in another family once for each exchange. What it consumed is told for each queue.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final, cast

from leveret.management.metrics.connections import all_connections
from leveret.management.metrics.exposition import labels
from leveret.management.metrics.family import Family, Subject, counter, gauge
from leveret.management.metrics.queues import (
    all_queues,
    counted,
    of_all_types,
    read_counts,
)
from leveret.session.figures import Figures, figures

if TYPE_CHECKING:
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.tallies import Deliveries
    from leveret.management.metrics.scrape import Scrape
    from leveret.session.channel import Channel


def all_channels(scrape: Scrape) -> list[Channel]:
    return [channel for session in all_connections(scrape) for channel in session.channels.values()]


def labels_of_channel(channel: Channel) -> str:
    return labels(channel=channel.pid)


def labels_with_vhost(channel: Channel) -> str:
    return labels(channel=channel.pid, vhost=channel.access.vhost.name)


def read_figures(channel: Channel, _scrape: Scrape) -> Figures:
    return figures(channel)


# What a channel has had of a queue.
Taken = tuple["Channel", "AnyQueue", "Deliveries"]


def all_taken(scrape: Scrape) -> list[Taken]:
    """Every pair of a channel and a queue that it has taken from."""
    return [
        (cast("Channel", taker), queue, deliveries)
        for queue in all_queues(scrape)
        for taker, deliveries in (queue.tally.taken or {}).items()
    ]


def labels_of_taken(taken: Taken) -> str:
    channel, queue, _deliveries = taken
    return labels(channel=channel.pid, vhost=queue.vhost_name, queue=queue.name)


def read_taken(taken: Taken, _scrape: Scrape) -> Deliveries:
    return taken[2]


CHANNELS: Final = Subject(all_channels, labels_of_channel)
CHANNELS_IN_VHOSTS: Final = Subject(all_channels, labels_with_vhost)

FIGURES: Final = Family(
    "channel_metrics",
    CHANNELS,
    read_figures,
    (
        gauge("channel_consumers", "Consumers on a channel", attrgetter("consumer_count")),
        gauge(
            "channel_messages_unacked",
            "Delivered but not yet acknowledged messages",
            attrgetter("messages_unacknowledged"),
        ),
        gauge(
            "channel_messages_unconfirmed",
            "Published but not yet confirmed messages",
            attrgetter("messages_unconfirmed"),
        ),
        gauge(
            "channel_messages_uncommitted",
            "Messages received in a transaction but not yet committed",
            attrgetter("messages_uncommitted"),
        ),
        gauge(
            "channel_acks_uncommitted",
            "Message acknowledgements in a transaction not yet committed",
            attrgetter("acks_uncommitted"),
        ),
        gauge(
            "consumer_prefetch",
            "Limit of unacknowledged messages for each consumer",
            attrgetter("prefetch_count"),
        ),
        gauge(
            "channel_prefetch",
            "Total limit of unacknowledged messages for all consumers on a channel",
            attrgetter("global_prefetch_count"),
        ),
    ),
)

PUBLISHES: Final = Family(
    "channel_exchange_metrics",
    CHANNELS_IN_VHOSTS,
    read_counts,
    (
        counter(
            "channel_messages_published_total",
            "Total number of messages published into an exchange on a channel",
            counted("publish"),
            attrgetter("published"),
        ),
        counter(
            "channel_messages_confirmed_total",
            "Total number of messages published into an exchange and confirmed on the channel",
            counted("confirm"),
            attrgetter("confirmed"),
        ),
        counter(
            "channel_messages_unroutable_returned_total",
            "Total number of messages published as mandatory into an exchange and returned to the "
            "publisher as unroutable",
            counted("return_unroutable"),
            attrgetter("unroutable_returned"),
        ),
        counter(
            "channel_messages_unroutable_dropped_total",
            "Total number of messages published as non-mandatory into an exchange and dropped as "
            "unroutable",
            counted("drop_unroutable"),
            attrgetter("unroutable_dropped"),
        ),
    ),
)

DELIVERIES: Final = Family(
    "channel_queue_metrics",
    Subject(all_taken, labels_of_taken),
    read_taken,
    (
        counter(
            "channel_get_ack_total",
            "Total number of messages fetched with basic.get in manual acknowledgement mode",
            attrgetter("get"),
            of_all_types("get"),
        ),
        counter(
            "channel_get_total",
            "Total number of messages fetched with basic.get in automatic acknowledgement mode",
            attrgetter("get_no_ack"),
            of_all_types("get_no_ack"),
        ),
        counter(
            "channel_messages_delivered_ack_total",
            "Total number of messages delivered to consumers in manual acknowledgement mode",
            attrgetter("deliver"),
            of_all_types("deliver"),
        ),
        counter(
            "channel_messages_delivered_total",
            "Total number of messages delivered to consumers in automatic acknowledgement mode",
            attrgetter("deliver_no_ack"),
            of_all_types("deliver_no_ack"),
        ),
        counter(
            "channel_messages_redelivered_total",
            "Total number of messages redelivered to consumers",
            attrgetter("redeliver"),
            of_all_types("redeliver"),
        ),
        counter(
            "channel_messages_acked_total",
            "Total number of messages acknowledged by consumers",
            attrgetter("ack"),
            of_all_types("ack"),
        ),
        counter(
            "channel_get_empty_total",
            "Total number of times basic.get operations fetched no message",
            attrgetter("get_empty"),
            of_all_types("get_empty"),
        ),
    ),
)
