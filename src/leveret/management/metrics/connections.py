"""What Prometheus is told of connections. As in RabbitMQ their label is called `channel`."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final

from leveret.management.metrics.exposition import labels
from leveret.management.metrics.family import Family, Subject, counter, gauge

if TYPE_CHECKING:
    from leveret.management.metrics.scrape import Scrape
    from leveret.session.session import Session


def all_connections(scrape: Scrape) -> list[Session]:
    return scrape.sessions()


def labels_of_connection(session: Session) -> str:
    return labels(channel=session.pid)


def read_itself(session: Session, _scrape: Scrape) -> Session:
    """All there is to tell it knows itself."""
    return session


CONNECTIONS: Final = Subject(all_connections, labels_of_connection)

OCTETS: Final = Family(
    "connection_coarse_metrics",
    CONNECTIONS,
    read_itself,
    (
        counter(
            "connection_incoming_bytes_total",
            "Total number of bytes received on a connection",
            attrgetter("recv_oct"),
            attrgetter("recv_oct"),
        ),
        counter(
            "connection_outgoing_bytes_total",
            "Total number of bytes sent on a connection",
            attrgetter("send_oct"),
            attrgetter("send_oct"),
        ),
    ),
)

PACKETS: Final = Family(
    "connection_metrics",
    CONNECTIONS,
    read_itself,
    (
        counter(
            "connection_incoming_packets_total",
            "Total number of packets received on a connection",
            attrgetter("recv_cnt"),
        ),
        counter(
            "connection_outgoing_packets_total",
            "Total number of packets sent on a connection",
            attrgetter("send_cnt"),
        ),
        gauge(
            "connection_pending_packets",
            "Number of packets waiting to be sent on a connection",
            attrgetter("send_pend"),
        ),
        gauge(
            "connection_channels",
            "Channels on a connection",
            lambda session: len(session.channels),
        ),
    ),
)
