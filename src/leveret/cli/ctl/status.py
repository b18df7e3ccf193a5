"""What a node is and has: status, memory, settings, versions."""

from collections.abc import Iterator

from leveret.cli.ctl.command import (
    CONFIGURATION,
    MONITORING,
    ArgumentsRefused,
    Command,
    Given,
)
from leveret.cli.ctl.health import line_of
from leveret.cli.ctl.output import BOLD, PLAIN
from leveret.control.messages import Plain

UNITS = {"bytes": 1, "mb": 10**6, "gb": 10**9}
# Of a status's memory, what is no category.
NOT_CATEGORIES = {"total", "strategy"}


def check_unit(given: Given) -> None:
    unit = given.options.get("unit", "gb")
    if str(unit).lower() not in UNITS:
        raise ArgumentsRefused(
            f"\"unit '{unit}' is not supported. Please use one of: bytes, mb, gb\""
        )


def in_unit(octets: int, unit: str) -> str:
    """`0.0352 gb`, `35215862 bytes`."""
    told = octets if unit == "bytes" else round(octets / UNITS[unit], 4)
    return f"{told} {unit}"


def _unit(given: Given) -> str:
    return str(given.options.get("unit", "gb")).lower()


def _largest_first(categories: dict[str, int]) -> list[tuple[str, int, float]]:
    """Each with its share, in percent."""
    total = sum(categories.values()) or 1
    ordered = sorted(categories.items(), key=lambda each: -each[1])
    return [(name, octets, round(octets * 100 / total, 2)) for name, octets in ordered]


def _whole(value: Plain) -> int:
    assert isinstance(value, int)
    return value


def _map(value: Plain) -> dict[str, Plain]:
    assert isinstance(value, dict)
    return value


def _list(value: Plain) -> list[Plain]:
    assert isinstance(value, list)
    return value


def show_status(value: Plain, given: Given) -> Iterator[str]:
    """The sections of rabbitmqctl's status, in its order; what only Erlang has is left out."""
    told = _map(value)
    sections = {
        "Runtime": _runtime(told),
        "Plugins": [
            "Enabled plugin file: ",
            "Enabled plugins:",
            "",
            *_items(told["active_plugins"]),
        ],
        "Data directory": [f"Node data directory: {told['data_directory']}"],
        "Config files": _items(told["config_files"]),
        "Log file(s)": _items(told["log_files"]),
        "Alarms": list(map(str, _list(told["alarms"]))) or ["(none)"],
        "Memory": _memory(told, _unit(given)),
        "File Descriptors": _descriptors(_map(told["file_descriptors"])),
        "Free Disk Space": _disk(told, _unit(given)),
        "Totals": _totals(_map(told["totals"])),
        "Listeners": [line_of(_map(each)) for each in _list(told["listeners"])],
    }
    for at, (title, lines) in enumerate(sections.items()):
        yield from ([""] if at else [])
        yield from (f"{BOLD}{title}{PLAIN}", "", *lines)


def _items(value: Plain) -> list[str]:
    return [f" * {each}" for each in _list(value)] or ["(none)"]


def _runtime(told: dict[str, Plain]) -> list[str]:
    processes = _map(told["processes"])
    return [
        f"OS PID: {told['pid']}",
        f"OS: {told['os']}",
        f"Uptime (seconds): {told['uptime']}",
        f"Is under maintenance?: {str(told['is_under_maintenance']).lower()}",
        f"Leveret version: {told['product_version']}",
        f"RabbitMQ version: {told['rabbitmq_version']}",
        f"Node name: {told['node_name']}",
        f"Python configuration: {str(told['erlang_version']).removeprefix('none: ')}",
        f"Crypto library: {told['crypto_lib_version']}",
        f"Threads: {processes['used']} used, {processes['limit']} limit",
    ]


def _memory(told: dict[str, Plain], unit: str) -> list[str]:
    memory = _map(told["memory"])
    categories = {
        name: _whole(octets) for name, octets in memory.items() if name not in NOT_CATEGORIES
    }
    rows = (
        f"{name}: {in_unit(octets, unit)} ({share} %)"
        for name, octets, share in _largest_first(categories)
    )
    total = _whole(_map(memory["total"])["rss"])
    limit = in_unit(_whole(told["vm_memory_high_watermark_limit"]), unit)
    setting = _map(told["vm_memory_high_watermark_setting"])
    share = f"{setting['relative']} of available memory" if "relative" in setting else "absolute"
    return [
        f"Total memory used: {in_unit(total, unit)}",
        f"Calculation strategy: {memory['strategy']}",
        f"Memory high watermark setting: {share}, computed to: {limit}",
        "",
        *rows,
    ]


def _descriptors(told: dict[str, Plain]) -> list[str]:
    return [
        f"Total: {told['total_used']}, limit: {told['total_limit']}",
        f"Sockets: {told['sockets_used']}, limit: {told['sockets_limit']}",
    ]


def _disk(told: dict[str, Plain], unit: str) -> list[str]:
    return [
        f"Low free disk space watermark: {in_unit(_whole(told['disk_free_limit']), unit)}",
        f"Free disk space: {in_unit(_whole(told['disk_free']), unit)}",
    ]


def _totals(told: dict[str, Plain]) -> list[str]:
    return [
        f"Connection count: {told['connection_count']}",
        f"Queue count: {told['queue_count']}",
        f"Virtual host count: {told['virtual_host_count']}",
    ]


def show_breakdown(value: Plain, given: Given) -> Iterator[str]:
    categories = {name: _whole(octets) for name, octets in _map(value).items()}
    for name, octets, share in _largest_first(categories):
        yield f"{name}: {in_unit(octets, _unit(given))} ({share}%)"
    yield ""


def breakdown_as_json(value: Plain, _given: Given) -> Plain:
    categories = {name: _whole(octets) for name, octets in _map(value).items()}
    return {
        name: {"bytes": octets, "percentage": share}
        for name, octets, share in _largest_first(categories)
    }


def show_environment(value: Plain, _given: Given) -> Iterator[str]:
    for name, setting in sorted(_map(value).items()):
        yield f"{name} = {_written(setting)}"


def _written(setting: Plain) -> str:
    match setting:
        case None:
            return ""
        case bool():
            return str(setting).lower()
        case list():
            return ", ".join(map(_written, setting))
        case _:
            return str(setting)


def show_os_env(value: Plain, _given: Given) -> Iterator[str]:
    yield from (f"{name}={text}" for name, text in _map(value).items())


def os_env_as_json(value: Plain, given: Given) -> Plain:
    return {"node": given.node, "result": "ok", "variables": value}


def show_lines(value: Plain, _given: Given) -> Iterator[str]:
    yield from map(str, _list(value))


UNIT = (("--unit <bytes | mb | gb>", "byte multiple (bytes, megabytes, gigabytes) to use"),)

COMMANDS = (
    Command(
        name="command_line_arguments",
        about="Displays target node's command-line arguments",
        group=CONFIGURATION,
        usage="command_line_arguments",
        example="leveretctl command_line_arguments",
        banner=lambda given: f"Command line arguments of node {given.node} ...",
        show=show_lines,
    ),
    Command(
        name="environment",
        about="Displays the name and value of each setting of the target node, but no secrets",
        group=CONFIGURATION,
        usage="environment",
        example="leveretctl environment --formatter json",
        banner=lambda given: f"Application environment of node {given.node} ...",
        show=show_environment,
    ),
    Command(
        name="memory_breakdown",
        about="Provides a memory usage breakdown on the target node.",
        group=MONITORING,
        usage="memory_breakdown [--unit <unit>] [--timeout <timeout>]",
        example="leveretctl memory_breakdown --unit mb",
        options={"unit": str},
        details=UNIT,
        banner=lambda given: f"Reporting memory breakdown on node {given.node}...",
        check=check_unit,
        show=show_breakdown,
        as_json=breakdown_as_json,
    ),
    Command(
        name="os_env",
        about="Lists Leveret-specific environment variables set on target node",
        group=CONFIGURATION,
        usage="os_env [--timeout <timeout>]",
        example="leveretctl os_env",
        banner=lambda given: (
            f"Listing Leveret-specific environment variables defined on node {given.node}..."
        ),
        show=show_os_env,
        as_json=os_env_as_json,
    ),
    Command(
        name="server_version",
        about="Displays server version on the target node",
        group=MONITORING,
        usage="server_version [--timeout <timeout>]",
        example="leveretctl server_version -q",
        banner=lambda given: f"Asking node {given.node} for its Leveret version...",
        as_json=lambda value, _given: {"result": "ok", "value": value},
    ),
    Command(
        name="status",
        about="Displays status of a node",
        group=MONITORING,
        usage="status [--unit <unit>] [--timeout <timeout>]",
        example="leveretctl status --unit mb",
        options={"unit": str},
        details=UNIT,
        banner=lambda given: f"Status of node {given.node} ...",
        check=check_unit,
        show=show_status,
    ),
)
