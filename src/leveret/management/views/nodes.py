"""A node, as RabbitMQ's management API shows it.

Rule: what is counted here has its number; what only Erlang has is 0, so that tools which add it up
or draw it go on working (docs/differences.md says which). What changes comes from the statistics,
with its rate.
"""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING, Any, Final

from leveret.management.view import ABSENT, View
from leveret.management.views.listeners import contexts
from leveret.management.views.registries import auth_mechanisms, enabled_plugins, exchange_types
from leveret.server.memory_breakdown import (
    STRATEGY,
    binary_breakdown,
    in_percent,
    memory_breakdown,
)
from leveret.server.readings import open_files_max, threads_max
from leveret.statistics.span import Span
from leveret.version import VERSION

if TYPE_CHECKING:
    from leveret.management.host import Host
    from leveret.management.look import Look

# What only Erlang's machine and its databases count.
_WITHOUT_COUNTERPART: Final = (
    "gc_bytes_reclaimed",
    "io_seek_count",
    "io_seek_avg_time",
    "io_reopen_count",
    "mnesia_ram_tx_count",
    "mnesia_disk_tx_count",
    "msg_store_read_count",
    "msg_store_write_count",
    "queue_index_write_count",
    "queue_index_read_count",
)
_COLLECTED: Final = (
    "connection_closed",
    "channel_closed",
    "consumer_deleted",
    "exchange_deleted",
    "queue_deleted",
    "vhost_deleted",
    "node_node_deleted",
    "channel_consumer_deleted",
)
# A socket takes a file; some files are kept for the node itself. RabbitMQ reckons so.
_SOCKETS_SHARE: Final = 0.9
_FILES_KEPT: Final = 2


def memory(host: Host) -> dict[str, Any]:
    """Octets by category."""
    told = memory_breakdown(host.broker, host.machine)
    used = sum(told.values())
    total = {"erlang": used, "rss": used, "allocated": used}
    return {**told, "strategy": STRATEGY, "total": total}


def relative_memory(host: Host) -> dict[str, Any]:
    """Percents by category."""
    return {"total": 100, **in_percent(memory_breakdown(host.broker, host.machine))}


def _sockets_max(host: Host) -> int:
    asked = host.settings.limits.connection_max
    files = open_files_max()
    return asked or max(int(files * _SOCKETS_SHARE) - _FILES_KEPT, 0)


def _log_files(host: Host) -> list[str]:
    log = host.settings.log
    told = [str(log.file)] if log.file is not None else []
    return [*told, "<stdout>"] if log.is_on_console else told


def _applications() -> list[dict[str, str]]:
    return [
        {"name": "leveret", "description": "A message broker that speaks RabbitMQ",
         "version": VERSION},
        {"name": "python", "description": platform.python_implementation(),
         "version": platform.python_version()},
    ]  # fmt: skip


def _path(path: object) -> str:
    return "" if path is None else str(path)


def _uptime_ms(host: Host, now: float) -> int:
    return max(int((now - host.broker.started_at) * 1000), 0)


def _memory_if_asked(host: Host, look: Look) -> object:
    return memory(host) if look.query.flag("memory") else ABSENT


def _binary_if_asked(host: Host, look: Look) -> object:
    return binary_breakdown(host.broker) if look.query.flag("binary") else ABSENT


def _nothing(*_: object) -> int:
    return 0


def _disk_times(host: Host) -> dict[str, float]:
    """How long the disk takes, on the average since the start, in milliseconds."""
    work = host.broker.storage.disk_work
    return {
        "io_read_avg_time": work.read_s * 1000 / max(work.reads, 1),
        "io_write_avg_time": work.write_s * 1000 / max(work.writes, 1),
        "io_sync_avg_time": work.sync_s * 1000 / max(work.syncs, 1),
    }


def changing(host: Host, look: Look) -> dict[str, Any]:
    """What is sampled: the node's readings, and what came and went."""
    span, statistics = look.span, look.statistics
    at_rest = statistics.at_rest(span.node_stats)
    told: dict[str, Any] = {}
    still = {**dict.fromkeys(_WITHOUT_COUNTERPART, 0), **_disk_times(host)}
    for name, value in still.items():
        told[name], told[f"{name}_details"] = value, at_rest
    churn = statistics.churn(Span(msg_rates=span.node_stats))
    return {**told, **statistics.node(span), **churn}


def down(node: str) -> dict[str, Any]:
    """A member of the cluster that does not answer."""
    return {"name": node, "type": "disc", "running": False, "cluster_links": []}


# A node while statistics are not wanted.
NODE_IN_BRIEF: Final[View[Host]] = View(
    {
        "name": lambda host, _: host.broker.node,
        "type": lambda host, _: "ram" if host.settings.data_dir is None else "disc",
        "running": lambda *_: True,
    }
)
NODE: Final[View[Host]] = View(
    {
        **NODE_IN_BRIEF.columns,
        "partitions": lambda *_: [],
        "os_pid": lambda *_: str(os.getpid()),
        "fd_total": lambda *_: open_files_max(),
        "sockets_total": lambda host, _: _sockets_max(host),
        "mem_limit": lambda host, _: host.monitor.memory_limit,
        "mem_alarm": lambda host, _: "memory" in host.broker.alarms.resources,
        "disk_free_limit": lambda host, _: host.monitor.disk_limit,
        "disk_free_alarm": lambda host, _: "disk" in host.broker.alarms.resources,
        "proc_total": lambda *_: threads_max(),
        "rates_mode": lambda _, look: look.statistics.RATES_MODE,
        "uptime": lambda host, look: _uptime_ms(host, look.now),
        "run_queue": _nothing,
        "processors": lambda *_: os.cpu_count() or 1,
        "exchange_types": lambda *_: exchange_types(),
        "auth_mechanisms": lambda host, _: auth_mechanisms(host.settings),
        "applications": lambda *_: _applications(),
        "contexts": lambda host, _: contexts(host),
        "log_files": lambda host, _: _log_files(host),
        "db_dir": lambda host, _: _path(host.settings.data_dir),
        "config_files": lambda host, _: [_path(host.settings.config)][: bool(host.settings.config)],
        "net_ticktime": _nothing,
        "enabled_plugins": lambda host, _: enabled_plugins(host.settings),
        "mem_calculation_strategy": lambda *_: STRATEGY,
        "ra_open_file_metrics": lambda *_: {"ra_log_wal": 0, "ra_log_segment_writer": 0},
        "cluster_links": lambda *_: [],
        "metrics_gc_queue_length": lambda *_: dict.fromkeys(_COLLECTED, 0),
        "memory": _memory_if_asked,
        "binary": _binary_if_asked,
    },
    groups=(changing,),
)
