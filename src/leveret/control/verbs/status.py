"""What a node is and has: its versions, files, memory, settings."""

from __future__ import annotations

import os
import platform
import ssl
import sys
import time
from typing import TYPE_CHECKING, Final

from leveret.config.settings import ROWS
from leveret.control.messages import Plain
from leveret.control.verbs.health import alarms_of, listeners_of
from leveret.control.verbs.logs import locations
from leveret.server.memory_breakdown import STRATEGY, memory_breakdown
from leveret.server.readings import Readings, open_files_max, threads_max
from leveret.version import VERSION

if TYPE_CHECKING:
    from leveret.config import Settings
    from leveret.control.call import Call

# What nobody may read in a listing that goes into a support ticket.
SECRETS: Final = {"default_pass", "tls_password"}
SECRET_FLAGS: Final = {"--default-pass"}
HIDDEN: Final = "********"


def status(call: Call) -> Plain:
    """RabbitMQ's names, for all that there is here."""
    application, settings = call.application, call.host.settings
    readings = Readings(application.server, application.machine, settings.data_dir)()
    told: dict[str, Plain] = {
        "active_plugins": [],
        "alarms": list[Plain](alarms_of(call)),
        "config_files": _config_files(settings),
        "crypto_lib_version": ssl.OPENSSL_VERSION,
        "data_directory": str(settings.data_dir or ""),
        "disk_free": int(readings["disk_free"]),
        "disk_free_limit": application.monitor.disk_limit,
        "enabled_plugin_file": "",
        "erlang_version": f"none: {_python()}",
        "file_descriptors": {
            "sockets_limit": open_files_max(),
            "sockets_used": int(readings["sockets_used"]),
            "total_limit": open_files_max(),
            "total_used": int(readings["fd_used"]),
        },
        "is_under_maintenance": application.is_under_maintenance,
        "listeners": listeners_of(call),
        "log_files": list[Plain](locations(settings)),
        "memory": _memory(call),
        "node_name": settings.node,
        "os": platform.system(),
        "pid": os.getpid(),
        "processes": {"limit": threads_max(), "used": int(readings["proc_used"])},
        "product_name": "Leveret",
        "product_version": VERSION,
        "rabbitmq_version": settings.product_version,
        "run_queue": 0,
        "totals": _totals(call),
        "uptime": int(time.time()) - call.broker.started_at,
        "vm_memory_calculation_strategy": STRATEGY,
        "vm_memory_high_watermark_limit": application.monitor.memory_limit,
        "vm_memory_high_watermark_setting": _watermark(settings),
    }
    return told


def _python() -> str:
    loop = "uvloop" if "uvloop" in sys.modules else "asyncio"
    return f"{platform.python_implementation()} {platform.python_version()} on {loop}"


def _config_files(settings: Settings) -> Plain:
    usual = settings.data_dir / "leveret.conf" if settings.data_dir else None
    file = settings.config or usual
    return [str(file)] if file is not None and file.is_file() else []


def _memory(call: Call) -> Plain:
    breakdown = memory_breakdown(call.broker, call.application.machine)
    total = sum(breakdown.values())
    told: dict[str, Plain] = {**breakdown, "strategy": STRATEGY}
    return told | {"total": {"erlang": total, "rss": total, "allocated": total}}


def _totals(call: Call) -> Plain:
    broker = call.broker
    return {
        "virtual_host_count": len(broker.vhosts),
        "connection_count": len(call.application.server.transports),
        "queue_count": sum(len(vhost.queues) for vhost in broker.vhosts.values()),
    }


def _watermark(settings: Settings) -> Plain:
    watches = settings.watches
    if watches.memory_bytes is not None:
        return {"absolute": watches.memory_bytes}
    return {"relative": 0.4 if watches.memory_share is None else watches.memory_share}


def memory(call: Call) -> Plain:
    """Octets by category."""
    breakdown: dict[str, Plain] = {**memory_breakdown(call.broker, call.application.machine)}
    return breakdown


def server_version(_call: Call) -> Plain:
    return VERSION


def environment(call: Call) -> Plain:
    """Every setting, by the name of its row; secrets are not told."""
    settings = call.host.settings
    return {row.name: _told(settings, row.part, row.attribute, row.name) for row in ROWS}


def _told(settings: Settings, part: str, attribute: str, name: str) -> Plain:
    value: object = getattr(getattr(settings, part) if part else settings, attribute)
    if name in SECRETS and value:
        return HIDDEN
    return _plain(value)


def _plain(value: object) -> Plain:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case tuple() | list():
            return [_plain(each) for each in value]
        case set() | frozenset():
            return list[Plain](sorted(str(each) for each in value))
        case _:
            return str(value)


def os_env(_call: Call) -> Plain:
    """What of the environment speaks to a node; secrets are not told."""
    told = {name: text for name, text in os.environ.items() if _concerns_us(name)}
    secrets = {name for name in told if name.endswith(("COOKIE", "PASS", "PASSWORD"))}
    return {name: HIDDEN if name in secrets else told[name] for name in sorted(told)}


def _concerns_us(name: str) -> bool:
    return name.startswith(("LEVERET_", "RABBITMQ_"))


def command_line_arguments(_call: Call) -> Plain:
    """But not what was said after --default-pass."""
    told = list(sys.orig_argv)
    for at, word in enumerate(told):
        flag, has_value, _value = word.partition("=")
        if flag in SECRET_FLAGS and has_value:
            told[at] = f"{flag}={HIDDEN}"
        elif flag in SECRET_FLAGS and at + 1 < len(told):
            told[at + 1] = HIDDEN
    return list[Plain](told)


VERBS = {
    "status": status,
    "memory_breakdown": memory,
    "server_version": server_version,
    "environment": environment,
    "os_env": os_env,
    "command_line_arguments": command_line_arguments,
}
ALWAYS = frozenset({"server_version", "environment", "os_env", "command_line_arguments"})
