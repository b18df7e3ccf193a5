"""leveretctl's commands on what a node may use and how much it says: until it stops."""

from __future__ import annotations

import gc
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from leveret.config import values
from leveret.control import exits
from leveret.control.verbs.refusing import refusal
from leveret.server.log_level import change_log_level

if TYPE_CHECKING:
    from leveret.control.call import Call, Reply

_DISK_SHARE_MAX: Final = 1000


def set_vm_memory_high_watermark(call: Call) -> Reply:
    """A share of all memory, or bytes."""
    settings = call.application.monitor.settings
    try:
        if call.optional_text("absolute") is None:
            share = values.share(1)(call.text("fraction"))
            settings = replace(settings, memory_share=share, memory_bytes=None)
        else:
            octets = values.amount(call.text("absolute"))
            settings = replace(settings, memory_share=None, memory_bytes=octets)
    except ValueError as error:
        raise refusal(exits.DATA, str(error)) from error
    call.application.monitor.follow(settings)
    return None


def set_disk_free_limit(call: Call) -> Reply:
    """Bytes, or a share of all memory."""
    settings = call.application.monitor.settings
    try:
        if call.optional_text("mem_relative") is None:
            octets = values.amount(call.text("limit"))
            settings = replace(settings, disk_free_share=None, disk_free_bytes=octets)
        else:
            share = values.share(_DISK_SHARE_MAX)(call.text("mem_relative"))
            settings = replace(settings, disk_free_share=share, disk_free_bytes=None)
    except ValueError as error:
        raise refusal(exits.DATA, str(error)) from error
    call.application.monitor.follow(settings)
    return None


def activate_free_disk_space_monitoring(call: Call) -> Reply:
    call.application.monitor.watch_disk(is_on=True)
    return None


def deactivate_free_disk_space_monitoring(call: Call) -> Reply:
    call.application.monitor.watch_disk(is_on=False)
    return None


def set_log_level(call: Call) -> Reply:
    level = call.text("log_level")
    if level not in values.LOG_LEVELS:
        known = ", ".join(values.LOG_LEVELS)
        text = f"level {level} is not supported. Try one of {known}"
        raise refusal(exits.UNAVAILABLE, text)
    change_log_level(level)
    return None


def force_gc(_call: Call) -> Reply:
    gc.collect()
    return None


VERBS = {
    "activate_free_disk_space_monitoring": activate_free_disk_space_monitoring,
    "deactivate_free_disk_space_monitoring": deactivate_free_disk_space_monitoring,
    "force_gc": force_gc,
    "set_disk_free_limit": set_disk_free_limit,
    "set_log_level": set_log_level,
    "set_vm_memory_high_watermark": set_vm_memory_high_watermark,
}
