"""What a node may use and how much it says, until it stops."""

from typing import TYPE_CHECKING

from leveret.cli.ctl.asking import Asking
from leveret.cli.ctl.command import (
    CONFIGURATION,
    MONITORING,
    OPERATIONS,
    ArgumentsRefused,
    Command,
    Given,
)
from leveret.cli.ctl.output import print_value
from leveret.control import exits

if TYPE_CHECKING:
    from leveret.control.messages import Arguments

ABSOLUTE = "absolute"
MEM_RELATIVE = "mem_relative"
NO_FRACTION = "Bad argument: The threshold should be a fraction between 0.0 and 1.0"


def check_watermark(given: Given) -> None:
    if _has_keyword(given, ABSOLUTE):
        _check_amount(given.words[1])
        return
    share = _number(given.words[0])
    if not 0 <= share <= 1:
        raise ArgumentsRefused(NO_FRACTION, exits.DATA)


def check_disk_limit(given: Given) -> None:
    if not _has_keyword(given, MEM_RELATIVE):
        _check_amount(given.words[0])
    elif _number(given.words[1]) < 0:
        raise ArgumentsRefused("Bad argument.", exits.DATA)


def _has_keyword(given: Given, keyword: str) -> bool:
    """Whether it is two words that begin with this one. Raises ArgumentsRefused."""
    has_it = given.words[0] == keyword
    if has_it and len(given.words) == 1:
        raise ArgumentsRefused("not enough arguments.")
    if not has_it and len(given.words) > 1:
        raise ArgumentsRefused("too many arguments.")
    return has_it


def _number(written: str) -> float:
    try:
        return float(written)
    except ValueError:
        raise ArgumentsRefused("Bad argument.", exits.DATA) from None


def _check_amount(written: str) -> None:
    from leveret.config import values  # noqa: PLC0415  # seldom used, and slow to import

    try:
        values.amount(written)
    except ValueError:
        raise ArgumentsRefused("Bad argument.", exits.DATA) from None


def watermark_banner(given: Given) -> str:
    told = f"{given.words[1]} bytes" if given.words[0] == ABSOLUTE else given.words[0]
    return f"Setting memory threshold on {given.node} to {told} ..."


def disk_banner(given: Given) -> str:
    told = f"{given.words[0]} bytes"
    if given.words[0] == MEM_RELATIVE:
        told = f"{given.words[1]} times the total RAM"
    return f"Setting disk free limit on {given.node} to {told} ..."


def set_watermark(given: Given, asking: Asking) -> None:
    name = ABSOLUTE if given.words[0] == ABSOLUTE else "fraction"
    arguments: Arguments = {name: given.words[-1]}
    print_value(given, asking.value("set_vm_memory_high_watermark", arguments), asking)


def set_disk_limit(given: Given, asking: Asking) -> None:
    name = MEM_RELATIVE if given.words[0] == MEM_RELATIVE else "limit"
    arguments: Arguments = {name: given.words[-1]}
    print_value(given, asking.value("set_disk_free_limit", arguments), asking)


COMMANDS = (
    Command(
        name="set_vm_memory_high_watermark",
        about="Sets the vm_memory_high_watermark setting",
        group=CONFIGURATION,
        usage="set_vm_memory_high_watermark <fraction> | absolute <value>",
        example="leveretctl set_vm_memory_high_watermark absolute 2GiB",
        parameters=("limit", "value?"),
        details=(
            ("<fraction>", "New limit as a fraction of total memory reported by the OS"),
            ("absolute <value>", "New limit as an absolute value with units, e.g. 1GB"),
        ),
        check=check_watermark,
        banner=watermark_banner,
        run=set_watermark,
    ),
    Command(
        name="set_disk_free_limit",
        about="Sets the disk_free_limit setting",
        group=CONFIGURATION,
        usage="set_disk_free_limit <disk_limit> | mem_relative <fraction>",
        example="leveretctl set_disk_free_limit 2GiB",
        parameters=("limit", "value?"),
        details=(
            ("<disk_limit>", "New limit as an absolute value with units, e.g. 1GB"),
            (
                "mem_relative <fraction>",
                "New limit as a fraction of total memory reported by the OS",
            ),
        ),
        check=check_disk_limit,
        banner=disk_banner,
        run=set_disk_limit,
    ),
    Command(
        name="activate_free_disk_space_monitoring",
        about="Activates free disk space monitoring on a node",
        group=MONITORING,
        usage="activate_free_disk_space_monitoring",
        example="leveretctl activate_free_disk_space_monitoring",
        banner=lambda given: f"Activating free disk space monitoring on node {given.node}...",
    ),
    Command(
        name="deactivate_free_disk_space_monitoring",
        about="Deactivates free disk space monitoring on a node",
        group=MONITORING,
        usage="deactivate_free_disk_space_monitoring",
        example="leveretctl deactivate_free_disk_space_monitoring",
        banner=lambda given: f"Deactivating free disk space monitoring on node {given.node}...",
    ),
    Command(
        name="set_log_level",
        about="Sets log level in the running node",
        group=CONFIGURATION,
        usage="set_log_level <log_level>",
        example="leveretctl set_log_level debug",
        parameters=("log_level",),
        details=(("<log_level>", "new log level: debug, info, warning, error, critical or none"),),
        banner=lambda given: f'Setting log level to "{given.words[0]}" ...',
    ),
    Command(
        name="force_gc",
        about="Makes the node look for memory that nothing refers to any more",
        group=OPERATIONS,
        usage="force_gc [--timeout <timeout>]",
        example="leveretctl force_gc",
        banner=lambda given: (
            f"Will ask all processes on node {given.node} to schedule a full sweep GC"
        ),
    ),
)
