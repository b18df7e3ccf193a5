"""What Prometheus is told of the node's memory, by what it is for (RabbitMQ 3.12 and later)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.management.metrics.counts import THE_NODE
from leveret.management.metrics.family import Family, Metric, gauge
from leveret.server.memory_breakdown import memory_breakdown

if TYPE_CHECKING:
    from leveret.management.metrics.scrape import Scrape

# Metric, what of the breakdown it is, help.
TABLE: Final = (
    ("code_module", "code", "Code module memory footprint"),
    (
        "client_connection_reader",
        "connection_readers",
        "Client connection reader processes footprint in bytes",
    ),
    (
        "client_connection_writer",
        "connection_writers",
        "Client connection writer processes footprint in bytes",
    ),
    (
        "client_connection_channel",
        "connection_channels",
        "Client connection channel processes footprint in bytes",
    ),
    (
        "client_connection_other",
        "connection_other",
        "Client connection other processes footprint in bytes",
    ),
    ("classic_queue_erlang_process", "queue_procs", "Classic queue processes footprint in bytes"),
    (
        "quorum_queue_erlang_process",
        "quorum_queue_procs",
        "Quorum queue processes footprint in bytes",
    ),
    (
        "quorum_queue_dlx_erlang_process",
        "quorum_queue_dlx_procs",
        "Quorum queue DLX worker processes footprint in bytes",
    ),
    ("stream_erlang_process", "stream_queue_procs", "Stream processes footprint in bytes"),
    (
        "stream_replica_reader_erlang_process",
        "stream_queue_replica_reader_procs",
        "Stream replica reader processes footprint in bytes",
    ),
    (
        "stream_coordinator_erlang_process",
        "stream_queue_coordinator_procs",
        "Stream coordinator processes footprint in bytes",
    ),
    ("plugin", "plugins", "Total plugin footprint in bytes"),
    ("other_erlang_process", "other_proc", "Other processes footprint in bytes"),
    ("metrics", "metrics", "Metric table footprint in bytes"),
    ("management_stats_db", "mgmt_db", "Management stats database footprint in bytes"),
    ("classic_metadata_store", "mnesia", "Classic metadata store footprint in bytes"),
    ("quorum_queue_ets_table", "quorum_ets", "Quorum queue ETS tables footprint in bytes"),
    ("other_ets_table", "other_ets", "Other ETS tables footprint in bytes"),
    ("binary_heap", "binary", "Binary heap size in bytes"),
    ("message_index", "msg_index", "Message index footprint in bytes"),
    ("atom_table", "atom", "Atom table size in bytes"),
    ("other_system", "other_system", "Other runtime footprint in bytes"),
    (
        "runtime_allocated_unused",
        "allocated_unused",
        "Runtime allocated but unused blocks size in bytes",
    ),
    (
        "runtime_reserved_unallocated",
        "reserved_unallocated",
        "Runtime reserved but unallocated blocks size in bytes",
    ),
)

Breakdown = dict[str, int]


def read_memory(_node: Scrape, scrape: Scrape) -> Breakdown:
    return memory_breakdown(scrape.broker, scrape.host.machine)


def _part(name: str, category: str, about: str) -> Metric[Breakdown]:
    return gauge(f"memory_{name}_bytes", about, lambda breakdown: breakdown[category])


MEMORY: Final = Family("node_memory", THE_NODE, read_memory, tuple(_part(*row) for row in TABLE))
