"""What the monitor looks at: memory in use, and free disk.

    memory   is short while the process uses more than its watermark; looked at in fixed intervals
    disk     is short while less than the limit is free; looked at the sooner the less is left

Rule: a watch looks, raises or ends its own part of an alarm, and says in how many seconds to look
again. Lines of the log begin as RabbitMQ's do, for whoever looks for those.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    from leveret.broker.alarms import Alarms
    from leveret.broker.queues.paging import Paging
    from leveret.config.watch_settings import WatchSettings
    from leveret.server.machine import Machine

log = logging.getLogger("leveret")

# RabbitMQ's defaults.
MEMORY_SHARE: Final = 0.4
DISK_FREE_BYTES: Final = 50_000_000
# RabbitMQ's looks at the disk: twice in the time in which 250 MB/s would fill what is left.
DISK_INTERVAL_S_MIN: Final = 0.1
DISK_INTERVAL_S_MAX: Final = 10.0
DISK_OCTETS_PER_S: Final = 250_000_000
# Whatever else takes the memory, queues keep so much of what waits: a part of the octets beyond
# which they would begin to let go. Small enough for messages of a few octets, each of which takes
# ten times as many.
KEPT_PART: Final = 1 / 32
MIB: Final = 1024 * 1024
# What waits may grow by a part of the memory that is left before it is looked at anew, whatever the
# interval: messages of a few octets take ten times as many. But a look each so many octets will do.
SEEN_PART: Final = 1 / 8
SEEN_OCTETS_MIN: Final = 4 * MIB


def total_memory(settings: WatchSettings, machine: Machine) -> int:
    return settings.memory_total or machine.total_memory()


class MemoryWatch:
    """The memory of this process. It also decides how much of it waiting messages may take."""

    resource: Final = "memory"
    advice: Final = "consume or purge what waits, or raise vm_memory_high_watermark"

    def __init__(
        self, settings: WatchSettings, machine: Machine, alarms: Alarms, paging: Paging
    ) -> None:
        self._machine = machine
        self._interval_s = settings.memory_interval_s
        self.follow(settings)
        self._alarms = alarms
        self._paging = paging
        self._is_paging = False
        self._is_short = False

    def follow(self, settings: WatchSettings) -> None:
        """These limits hold from now on."""
        self.allowed = memory_allowed(settings, self._machine)
        self._paging_point = self.allowed * settings.memory_paging_ratio
        self._total = total_memory(settings, self._machine)

    def __str__(self) -> str:
        allowed, total = self.allowed, self._total
        return (
            f"Memory high watermark set to {allowed // MIB} MiB ({allowed} bytes) "
            f"of {total // MIB} MiB ({total} bytes) total"
        )

    def look(self) -> float:
        """Seconds until the next look."""
        used = self._used()
        self._adjust_paging(used)
        room = max((self.allowed - used) * SEEN_PART, SEEN_OCTETS_MIN)
        self._paging.octets_seen = self._paging.octets + room
        is_short = used > self.allowed
        if is_short is not self._is_short:
            self._is_short = is_short
            verb, change = ("set", self._alarms.set) if is_short else ("clear", self._alarms.clear)
            text = "vm_memory_high_watermark %s. Memory used:%d allowed:%d"
            log.info(text, verb, used, self.allowed)
            change(self.resource, "watermark")
        return self._interval_s

    def _used(self) -> int:
        used = self._machine.resident_memory()
        if used > self.allowed or (used > self._paging_point and not self._is_paging):
            # Perhaps much of it is free, and was merely not given back.
            self._machine.give_memory_back()
            used = self._machine.resident_memory()
        return used

    def _adjust_paging(self, used: int) -> None:
        """Waiting messages leave memory when the process, not they alone, passes the point.

        Their octets are all that queues can count; what each takes besides shows in what the
        process uses, so they are allowed as much less as it uses more.
        """
        point = self._paging_point
        self._is_paging = used > point
        if self._is_paging:
            point = max(self._paging.octets * point / used, point * KEPT_PART)
        self._paging.octets_max = point


def memory_allowed(settings: WatchSettings, machine: Machine) -> int:
    """The watermark. A share comes before bytes, as in RabbitMQ."""
    if settings.memory_share is None and settings.memory_bytes is not None:
        return settings.memory_bytes
    share = MEMORY_SHARE if settings.memory_share is None else settings.memory_share
    return int(total_memory(settings, machine) * share)


class DiskWatch:
    """The file system of a directory."""

    resource: Final = "disk"

    def __init__(
        self, settings: WatchSettings, machine: Machine, alarms: Alarms, directory: Path
    ) -> None:
        self.advice = f"make room on the disk of {directory}, or lower disk_free_limit"
        self._machine = machine
        self.follow(settings)
        self._alarms = alarms
        self._directory = directory
        self._is_short = False
        self._is_readable = True

    def follow(self, settings: WatchSettings) -> None:
        """This limit holds from now on."""
        self.limit = disk_limit(settings, self._machine)

    def __str__(self) -> str:
        return f"Disk free limit set to {self.limit // 1_000_000}MB"

    def look(self) -> float:
        """Seconds until the next look."""
        try:
            free = self._machine.free_disk(self._directory)
        except OSError as error:
            self._cannot_tell(error)
            return DISK_INTERVAL_S_MAX
        self._is_readable = True
        self._judge(free)
        if self._is_short:
            # The longest interval: publishers are not to be let in and stopped all the time.
            return DISK_INTERVAL_S_MAX
        ideal_s = 2 * (free - self.limit) / DISK_OCTETS_PER_S
        return min(max(ideal_s, DISK_INTERVAL_S_MIN), DISK_INTERVAL_S_MAX)

    def _judge(self, free: int) -> None:
        is_short = free < self.limit
        if is_short is self._is_short:
            return
        self._is_short = is_short
        verb, change = (
            ("insufficient", self._alarms.set) if is_short else ("sufficient", self._alarms.clear)
        )
        log.info("Free disk space is %s. Free bytes: %d. Limit: %d", verb, free, self.limit)
        change(self.resource, "space")

    def _cannot_tell(self, error: OSError) -> None:
        """Nothing is known: what was said of the disk stands. Its writers say what fails."""
        if self._is_readable:
            self._is_readable = False
            reason = error.strerror or str(error)
            log.warning("cannot tell how much disk is free at %s: %s", self._directory, reason)


def disk_limit(settings: WatchSettings, machine: Machine) -> int:
    """How much must stay free. A share of all memory comes before bytes, as in RabbitMQ."""
    if settings.disk_free_share is not None:
        return int(total_memory(settings, machine) * settings.disk_free_share)
    if settings.disk_free_bytes is not None:
        return settings.disk_free_bytes
    return DISK_FREE_BYTES
