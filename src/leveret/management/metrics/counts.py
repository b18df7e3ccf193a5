"""What was counted since the start: churn, and messages by protocol and type of queue."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final

from leveret.management.metrics.exposition import labels
from leveret.management.metrics.family import AnyFamily, Family, Metric, Subject, counter, gauge

if TYPE_CHECKING:
    from leveret.broker.tallies import Deliveries
    from leveret.management.metrics.scrape import Scrape
    from leveret.statistics.totals import Totals

AMQP: Final = "amqp091"

THE_NODE: Final = Subject(lambda scrape: [scrape], lambda _scrape: "")


def read_totals(_node: Scrape, scrape: Scrape) -> Totals:
    return scrape.totals


CHURN: Final = Family(
    "connection_churn_metrics",
    THE_NODE,
    read_totals,
    (
        counter(
            "connections_opened_total",
            "Total number of connections opened",
            attrgetter("connection_created"),
        ),
        counter(
            "connections_closed_total",
            "Total number of connections closed or terminated",
            attrgetter("connection_closed"),
        ),
        counter(
            "channels_opened_total",
            "Total number of channels opened",
            attrgetter("channel_created"),
        ),
        counter(
            "channels_closed_total",
            "Total number of channels closed",
            attrgetter("channel_closed"),
        ),
        counter(
            "queues_declared_total",
            "Total number of queues declared",
            attrgetter("queue_declared"),
        ),
        counter(
            "queues_created_total",
            "Total number of queues created",
            attrgetter("queue_created"),
        ),
        counter(
            "queues_deleted_total",
            "Total number of queues deleted",
            attrgetter("queue_deleted"),
        ),
    ),
)

# By protocol --------------------------------------------------------------------------------------


BY_PROTOCOL: Final = Family(
    "global_protocol_metrics",
    Subject(lambda scrape: [scrape], lambda _scrape: labels(protocol=AMQP)),
    read_totals,
    (
        gauge("global_publishers", "Current number of publishers", attrgetter("publishers")),
        gauge("global_consumers", "Current number of consumers", attrgetter("consumers")),
        counter(
            "global_messages_received_total",
            "Total number of messages received from publishers",
            attrgetter("published"),
        ),
        counter(
            "global_messages_received_confirm_total",
            "Total number of messages received from publishers expecting confirmations",
            attrgetter("received_confirm"),
        ),
        counter(
            "global_messages_confirmed_total",
            "Total number of messages confirmed to publishers",
            attrgetter("confirmed"),
        ),
        counter(
            "global_messages_routed_total",
            "Total number of messages routed to queues or streams",
            attrgetter("routed"),
        ),
        counter(
            "global_messages_unroutable_dropped_total",
            "Total number of messages published as non-mandatory into an exchange and dropped as "
            "unroutable",
            attrgetter("unroutable_dropped"),
        ),
        counter(
            "global_messages_unroutable_returned_total",
            "Total number of messages published as mandatory into an exchange and returned to the "
            "publisher as unroutable",
            attrgetter("unroutable_returned"),
        ),
    ),
    is_aggregated=False,
)


# By type of queue ---------------------------------------------------------------------------------


def types(scrape: Scrape) -> list[tuple[str, Deliveries]]:
    return list(scrape.totals.by_type.items())


def labels_of_type(typed: tuple[str, Deliveries]) -> str:
    return labels(protocol=AMQP, queue_type=module_of(typed[0]))


def module_of(queue_type: str) -> str:
    """RabbitMQ names a type by the module that is it."""
    return f"rabbit_{queue_type}_queue"


def read_deliveries(typed: tuple[str, Deliveries], _scrape: Scrape) -> Deliveries:
    return typed[1]


BY_TYPE: Final = Family(
    "global_queue_type_metrics",
    Subject(types, labels_of_type),
    read_deliveries,
    (
        counter(
            "global_messages_delivered_total",
            "Total number of messages delivered to consumers",
            attrgetter("deliver_get"),
        ),
        counter(
            "global_messages_delivered_consume_manual_ack_total",
            "Total number of messages delivered to consumers using basic.consume with manual "
            "acknowledgment",
            attrgetter("deliver"),
        ),
        counter(
            "global_messages_delivered_consume_auto_ack_total",
            "Total number of messages delivered to consumers using basic.consume with automatic "
            "acknowledgment",
            attrgetter("deliver_no_ack"),
        ),
        counter(
            "global_messages_delivered_get_manual_ack_total",
            "Total number of messages delivered to consumers using basic.get with manual "
            "acknowledgment",
            attrgetter("get"),
        ),
        counter(
            "global_messages_delivered_get_auto_ack_total",
            "Total number of messages delivered to consumers using basic.get with automatic "
            "acknowledgment",
            attrgetter("get_no_ack"),
        ),
        counter(
            "global_messages_get_empty_total",
            "Total number of times basic.get operations fetched no message",
            attrgetter("get_empty"),
        ),
        counter(
            "global_messages_redelivered_total",
            "Total number of messages redelivered to consumers",
            attrgetter("redeliver"),
        ),
        counter(
            "global_messages_acknowledged_total",
            "Total number of messages acknowledged by consumers",
            attrgetter("ack"),
        ),
    ),
    is_aggregated=False,
)


# Dead letters -------------------------------------------------------------------------------------

# Which strategies may lead to a letter of each reason, by type of queue: RabbitMQ shows these lines
# from the start, and no others.
STRATEGIES: Final = ("at_least_once", "at_most_once", "disabled")
AT_MOST_ONCE: Final = ("at_most_once", "disabled")
DEAD_LETTERS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "expired": {"classic": AT_MOST_ONCE, "quorum": STRATEGIES},
    "maxlen": {"classic": AT_MOST_ONCE, "quorum": AT_MOST_ONCE},
    "rejected": {"classic": AT_MOST_ONCE, "quorum": STRATEGIES},
    "delivery_limit": {"quorum": STRATEGIES},
}
ABOUT: Final = {
    "expired": "Total number of messages dead-lettered due to message TTL exceeded",
    "maxlen": "Total number of messages dead-lettered due to overflow drop-head or "
    "reject-publish-dlx",
    "rejected": "Total number of messages dead-lettered due to basic.reject or basic.nack",
    "delivery_limit": "Total number of messages dead-lettered due to delivery-limit exceeded",
}

Letters = tuple[str, str, str]  # Type of queue, strategy, reason: as Totals.dead_letters has them.


def labels_of_letters(letters: Letters) -> str:
    queue_type, strategy, _reason = letters
    return labels(queue_type=module_of(queue_type), dead_letter_strategy=strategy)


def read_letters(letters: Letters, scrape: Scrape) -> int:
    return scrape.totals.dead_letters.get(letters, 0)


def letters_of(reason: str) -> Subject[Letters]:
    """Every way to a dead letter for a reason, and those ways that happened besides."""
    usual = [
        (queue_type, strategy, reason)
        for queue_type, strategies in DEAD_LETTERS[reason].items()
        for strategy in strategies
    ]

    def find(scrape: Scrape) -> list[Letters]:
        happened = [each for each in scrape.totals.dead_letters if each[2] == reason]
        return list(dict.fromkeys([*usual, *happened]))

    return Subject(find, labels_of_letters)


def _dead_lettered(reason: str) -> Family[Letters, int]:
    name = f"global_messages_dead_lettered_{reason}_total"
    metric: Metric[int] = counter(name, ABOUT[reason], lambda count: count)
    return Family(name, letters_of(reason), read_letters, (metric,), is_aggregated=False)


CONFIRMED: Final = Family(
    "global_messages_dead_lettered_confirmed_total",
    Subject(
        lambda scrape: [scrape],
        lambda _scrape: labels_of_letters(("quorum", "at_least_once", "")),
    ),
    read_totals,
    (
        counter(
            "global_messages_dead_lettered_confirmed_total",
            "Total number of messages dead-lettered and confirmed by target queues",
            attrgetter("dead_letters_confirmed"),
        ),
    ),
    is_aggregated=False,
)

DEAD_LETTERED: Final[tuple[AnyFamily, ...]] = (
    *(_dead_lettered(reason) for reason in ABOUT),
    CONFIRMED,
)
