"""What the process's memory is for, by RabbitMQ's categories.

Rule: only what is counted is told. The octets of waiting messages are; all else is one heap, which
nobody divides: it stands under `other_system`. Categories of Erlang's machine are 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from leveret.broker.broker import Broker
    from leveret.server.machine import Machine

STRATEGY: Final = "rss"
_HOLDERS: Final = (
    "connection_readers",
    "connection_writers",
    "connection_channels",
    "connection_other",
    "queue_procs",
    "queue_slave_procs",
    "quorum_queue_procs",
    "quorum_queue_dlx_procs",
    "stream_queue_procs",
    "stream_queue_replica_reader_procs",
    "stream_queue_coordinator_procs",
    "plugins",
)
CATEGORIES: Final = (
    *_HOLDERS,
    "other_proc",
    "metrics",
    "mgmt_db",
    "mnesia",
    "quorum_ets",
    "other_ets",
    "binary",
    "msg_index",
    "code",
    "atom",
    "other_system",
    "allocated_unused",
    "reserved_unallocated",
)
# What RabbitMQ tells of the octets of messages, by who holds them.
BINARY_CATEGORIES: Final = (
    *_HOLDERS,
    "mgmt_db",
    "msg_index",
    "other",
)


def memory_breakdown(broker: Broker, machine: Machine) -> dict[str, int]:
    """Octets by category; together they are what the process uses."""
    used = machine.resident_memory()
    waiting = min(broker.paging.octets, used)
    told = dict.fromkeys(CATEGORIES, 0)
    return {**told, "queue_procs": waiting, "other_system": used - waiting}


def binary_breakdown(broker: Broker) -> dict[str, int]:
    """The octets of messages by who holds them."""
    return {**dict.fromkeys(BINARY_CATEGORIES, 0), "queue_procs": broker.paging.octets}


def in_percent(breakdown: dict[str, int]) -> dict[str, int]:
    """Shares of the whole, each rounded up, as RabbitMQ shows them."""
    total = sum(breakdown.values()) or 1
    return {name: -(-octets * 100 // total) for name, octets in breakdown.items()}
