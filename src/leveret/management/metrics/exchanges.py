"""What Prometheus is told of exchanges and vhosts: only where it asks for it by family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.management.metrics.exposition import labels
from leveret.management.metrics.family import PREFIX, Family, Subject, counter, gauge
from leveret.management.metrics.queues import counted, read_counts

if TYPE_CHECKING:
    from leveret.broker.exchanges.exchange import Exchange
    from leveret.broker.vhost import Vhost
    from leveret.management.metrics.scrape import Scrape

# What of a cluster is the same wherever it is asked for.
CLUSTER: Final = f"{PREFIX}cluster_"

# An exchange, and the vhost that it is in.
Placed = tuple["Vhost", "Exchange"]


def all_exchanges(scrape: Scrape) -> list[Placed]:
    return [(vhost, each) for vhost in scrape.vhosts() for each in vhost.exchanges.values()]


def named_exchanges(scrape: Scrape) -> list[Placed]:
    """As in RabbitMQ those of all vhosts, whichever are asked for, but the default exchanges: every
    queue is bound to them."""
    vhosts = scrape.broker.vhosts.values()
    return [(vhost, each) for vhost in vhosts for each in vhost.exchanges.values() if each.name]


def all_vhosts(scrape: Scrape) -> list[Vhost]:
    """All of them again."""
    return list(scrape.broker.vhosts.values())


def labels_of_exchange(placed: Placed) -> str:
    vhost, exchange = placed
    return labels(vhost=vhost.name, exchange=exchange.name)


def labels_with_type(placed: Placed) -> str:
    vhost, exchange = placed
    return labels(vhost=vhost.name, exchange=exchange.name, type=exchange.type.name)


def count_exchange(placed: Placed, scrape: Scrape) -> dict[str, int]:
    return read_counts(placed[1], scrape)


def count_bindings(placed: Placed, _scrape: Scrape) -> int:
    return len(placed[1].bindings)


PUBLISHES: Final = Family(
    "exchange_metrics",
    Subject(all_exchanges, labels_of_exchange),
    count_exchange,
    (
        counter(
            "exchange_messages_published_total",
            "Total number of messages published into an exchange",
            counted("publish_in"),
        ),
    ),
)

NAMED_EXCHANGES: Final = Subject(named_exchanges, labels_with_type)

BINDINGS: Final = Family(
    "exchange_bindings",
    NAMED_EXCHANGES,
    count_bindings,
    (
        gauge(
            "exchange_bindings",
            "Number of bindings for an exchange. This value is cluster-wide.",
            lambda count: count,
        ),
    ),
    own_prefix=CLUSTER,
)

NAMES: Final = Family(
    "exchange_names",
    NAMED_EXCHANGES,
    lambda _placed, _scrape: 1,
    (
        gauge(
            "exchange_name",
            "Enumerates exchanges without any additional info. This value is cluster-wide. "
            "A cheaper alternative to `exchange_bindings`",
            lambda one: one,
        ),
    ),
    own_prefix=CLUSTER,
)

VHOSTS: Final = Family(
    "vhost_status",
    Subject(all_vhosts, lambda vhost: labels(vhost=vhost.name)),
    lambda _vhost, _scrape: 1,
    (gauge("vhost_status", "Whether a given vhost is running", lambda running: running),),
    own_prefix=CLUSTER,
)
