"""What Prometheus is told of the node itself: who it is, what it uses and what it may use."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from leveret.broker.queues.kinds import queues_here
from leveret.management.metrics.counts import THE_NODE
from leveret.management.metrics.exposition import labels
from leveret.management.metrics.family import Family, Subject, counter, gauge, untyped
from leveret.server.readings import Readings, open_files_max, threads_max
from leveret.version import VERSION

if TYPE_CHECKING:
    from leveret.broker.disk_work import DiskWork
    from leveret.management.metrics.scrape import Scrape

# Who it is ----------------------------------------------------------------------------------------


def build(scrape: Scrape) -> str:
    settings = scrape.host.settings
    return labels(
        rabbitmq_version=settings.product_version,
        prometheus_plugin_version=VERSION,
        product_name="Leveret",
        product_version=VERSION,
    )


def identity(scrape: Scrape) -> str:
    """Dashboards join every other metric with it to find the cluster."""
    parameters = scrape.broker.parameters
    settings = scrape.host.settings
    permanent = parameters.globals.get("internal_cluster_id")
    return labels(
        rabbitmq_node=settings.node,
        rabbitmq_cluster=parameters.cluster_name or settings.cluster_name or settings.node,
        rabbitmq_cluster_permanent_id=permanent if isinstance(permanent, str) else "",
        rabbitmq_endpoint=scrape.endpoint,
    )


def one(_node: Scrape, _scrape: Scrape) -> int:
    """What matters stands in the labels."""
    return 1


BUILD: Final = Family(
    "build_info",
    Subject(lambda scrape: [scrape], build),
    one,
    (untyped("build_info", "RabbitMQ & Erlang/OTP version info", lambda value: value),),
    is_aggregated=False,
    own_prefix="rabbitmq_",
)
IDENTITY: Final = Family(
    "identity_info",
    Subject(lambda scrape: [scrape], identity),
    one,
    (untyped("identity_info", "RabbitMQ node & cluster identity info", lambda value: value),),
    is_aggregated=False,
    own_prefix="rabbitmq_",
)


# What there is ------------------------------------------------------------------------------------


def started_at(_node: Scrape, scrape: Scrape) -> int:
    return scrape.broker.started_at


STARTED: Final = Family(
    "process",
    THE_NODE,
    started_at,
    (
        gauge(
            "process_start_time_seconds",
            "Start time of the process since unix epoch in seconds.",
            lambda seconds: seconds,
        ),
    ),
    own_prefix="",
)


class Present(NamedTuple):
    """How many of each there are now."""

    connections: int
    channels: int
    consumers: int
    queues: int


def count_present(_node: Scrape, scrape: Scrape) -> Present:
    return Present(
        connections=len(scrape.broker.connections),
        channels=scrape.broker.connections.channels(),
        consumers=scrape.totals.consumers,
        queues=sum(len(queues_here(vhost)) for vhost in scrape.broker.vhosts.values()),
    )


PRESENT: Final = Family(
    "totals",
    THE_NODE,
    count_present,
    (
        gauge("connections", "Connections currently open", attrgetter("connections")),
        gauge("channels", "Channels currently open", attrgetter("channels")),
        gauge("consumers", "Consumers currently connected", attrgetter("consumers")),
        gauge("queues", "Queues available", attrgetter("queues")),
    ),
)


def resources_short(_node: Scrape, scrape: Scrape) -> list[str]:
    return scrape.broker.alarms.resources


ALARMS: Final = Family(
    "alarms",
    THE_NODE,
    resources_short,
    (
        untyped(
            "alarms_file_descriptor_limit",
            "is 1 if file descriptor limit alarm is in effect",
            lambda _short: 0,  # Beyond the limit connections are refused; nobody has to wait.
        ),
        untyped(
            "alarms_free_disk_space_watermark",
            "is 1 if free disk space watermark alarm is in effect",
            lambda short: "disk" in short,
        ),
        untyped(
            "alarms_memory_used_watermark",
            "is 1 if VM memory watermark alarm is in effect",
            lambda short: "memory" in short,
        ),
    ),
)


# What it asks of its disk ------------------------------------------------------------------------


def read_disk_work(_node: Scrape, scrape: Scrape) -> DiskWork:
    return scrape.broker.storage.disk_work


DISK: Final = Family(
    "node_persister_metrics",
    THE_NODE,
    read_disk_work,
    (
        counter("io_read_ops_total", "Total number of I/O read operations", attrgetter("reads")),
        counter("io_read_bytes_total", "Total number of I/O bytes read", attrgetter("read_octets")),
        counter("io_write_ops_total", "Total number of I/O write operations", attrgetter("writes")),
        counter(
            "io_write_bytes_total",
            "Total number of I/O bytes written",
            attrgetter("written_octets"),
        ),
        counter("io_sync_ops_total", "Total number of I/O sync operations", attrgetter("syncs")),
        counter("io_read_time_seconds_total", "Total I/O read time", attrgetter("read_s")),
        counter("io_write_time_seconds_total", "Total I/O write time", attrgetter("write_s")),
        counter("io_sync_time_seconds_total", "Total I/O sync time", attrgetter("sync_s")),
    ),
)


# What it uses -------------------------------------------------------------------------------------


def read_use(_node: Scrape, scrape: Scrape) -> dict[str, int]:
    host = scrape.host
    return Readings(host.server, host.machine, host.settings.data_dir)()


USE: Final = Family(
    "node_coarse_metrics",
    THE_NODE,
    read_use,
    (
        gauge("process_open_fds", "Open file descriptors", lambda use: use["fd_used"]),
        gauge("process_open_tcp_sockets", "Open TCP sockets", lambda use: use["sockets_used"]),
        gauge("process_resident_memory_bytes", "Memory used in bytes", lambda use: use["mem_used"]),
        gauge(
            "disk_space_available_bytes",
            "Disk space available in bytes",
            lambda use: use["disk_free"],
        ),
        gauge("erlang_processes_used", "Erlang processes used", lambda use: use["proc_used"]),
        counter(
            "erlang_gc_runs_total",
            "Total number of Erlang garbage collector runs",
            lambda use: use["gc_num"],
        ),
        counter(
            "erlang_scheduler_context_switches_total",
            "Total number of Erlang scheduler context switches",
            lambda use: use["context_switches"],
        ),
    ),
)


class May(NamedTuple):
    """How far it may go."""

    open_files: int
    memory: int
    disk: int
    threads: int
    uptime_s: float


def read_limits(_node: Scrape, scrape: Scrape) -> May:
    monitor, broker = scrape.host.monitor, scrape.broker
    return May(
        open_files=open_files_max(),
        memory=monitor.memory_limit,
        disk=monitor.disk_limit,
        threads=threads_max(),
        uptime_s=max(0.0, round(broker.agenda.wall_clock() - broker.started_at, 3)),
    )


LIMITS: Final = Family(
    "node_metrics",
    THE_NODE,
    read_limits,
    (
        gauge("process_max_fds", "Open file descriptors limit", attrgetter("open_files")),
        gauge("process_max_tcp_sockets", "Open TCP sockets limit", attrgetter("open_files")),
        gauge(
            "resident_memory_limit_bytes",
            "Memory high watermark in bytes",
            attrgetter("memory"),
        ),
        gauge(
            "disk_space_available_limit_bytes",
            "Free disk space low watermark in bytes",
            attrgetter("disk"),
        ),
        gauge("erlang_processes_limit", "Erlang processes limit", attrgetter("threads")),
        gauge("erlang_uptime_seconds", "Node uptime", attrgetter("uptime_s")),
    ),
)
