"""Keeps an eye on what a node uses of its machine, and writes down which alarms are on.

    watches.py   what is looked at, and when it is short
    machine.py   what the machine has

Rule, as in RabbitMQ: here it is only found out what runs short (broker/alarms.py). Who has to wait
for it is the sessions' business.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from leveret.broker.queues.paging import nobody_looks
from leveret.server.machine import Machine
from leveret.server.watches import DiskWatch, MemoryWatch

if TYPE_CHECKING:
    from leveret.broker.broker import Broker
    from leveret.config import Settings
    from leveret.config.watch_settings import WatchSettings

log = logging.getLogger("leveret")


class Monitor:
    """Watches for one node, from start() to stop(), in the running loop.

    A node without a directory has no disk to watch. settings: the limits that hold.
    """

    def __init__(self, broker: Broker, settings: Settings, machine: Machine | None = None) -> None:
        machine = machine or Machine()
        self._alarms = broker.alarms
        self._node = settings.node
        self._events = broker.events
        self._paging = broker.paging
        self.settings = settings.watches
        self._memory = MemoryWatch(settings.watches, machine, broker.alarms, broker.paging)
        self._watches: list[MemoryWatch | DiskWatch] = [self._memory]
        self._disk: DiskWatch | None = None
        if settings.data_dir is not None:
            self._disk = DiskWatch(settings.watches, machine, broker.alarms, settings.data_dir)
            self._watches.append(self._disk)
        self._timers: dict[MemoryWatch | DiskWatch, asyncio.TimerHandle] = {}
        self._is_disk_watched = True
        self._known: list[str] = []

    @property
    def memory_limit(self) -> int:
        """The process may use so many octets before publishers have to wait."""
        return self._memory.allowed

    @property
    def disk_limit(self) -> int:
        """So many octets must be free on the disk; 0 without one."""
        return 0 if self._disk is None else self._disk.limit

    def start(self) -> None:
        """Look for the first time, and go on looking. The node's directory exists."""
        self._alarms.watchers[self] = None
        self._paging.look = self._look_early
        for watch in self._watches:
            log.info("%s", watch)
            self._look(watch)

    def stop(self) -> None:
        """Look no more; what is short stays as it is."""
        self._alarms.watchers.pop(self, None)
        self._paging.look = nobody_looks
        for timer in self._timers.values():
            timer.cancel()

    def follow(self, settings: WatchSettings) -> None:
        """Other limits hold from now on, until the node stops."""
        self.settings = settings
        for watch in self._watches:
            watch.follow(settings)
            log.info("%s", watch)
            if watch is self._memory or self._is_disk_watched:
                self._look_at_once(watch)

    def watch_disk(self, *, is_on: bool) -> None:
        """Look at the disk again, or no more; an alarm that is on stays on meanwhile."""
        self._is_disk_watched = is_on
        if self._disk is None:
            return
        self._timers[self._disk].cancel()
        if is_on:
            self._look_at_once(self._disk)

    def _look_early(self) -> None:
        """What waits has grown much since the last look at the memory: the next is due at once."""
        self._look_at_once(self._memory)

    def _look_at_once(self, watch: MemoryWatch | DiskWatch) -> None:
        self._timers[watch].cancel()
        loop = asyncio.get_running_loop()
        self._timers[watch] = loop.call_later(0, self._look, watch)

    def _look(self, watch: MemoryWatch | DiskWatch) -> None:
        delay_s = watch.look()
        self._timers[watch] = asyncio.get_running_loop().call_later(delay_s, self._look, watch)

    def alarms_changed(self) -> None:
        """An alarm went on or off, whoever it was that said so."""
        before, self._known = self._known, self._alarms.resources
        for resource in sorted({*before} ^ {*self._known}):
            verb = "set" if resource in self._known else "cleared"
            fields = {"event": f"alarm_{verb}", "resource": resource}
            self._events.emit(f"alarm.{verb}", {"node": self._node, "source": resource}, by=None)
            log.warning(
                "%s resource limit alarm %s on node %s%s",
                resource,
                verb,
                self._node,
                self._advice(resource) if resource in self._known else "",
                extra={"fields": fields},
            )

    def _advice(self, resource: str) -> str:
        told = [watch.advice for watch in self._watches if watch.resource == resource]
        return "; ".join([". Publishers will be blocked until this alarm clears", *told])
