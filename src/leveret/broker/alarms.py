"""Alarms: a resource runs short, and whoever publishes has to wait.

Rule, as in RabbitMQ: an alarm blocks connections that publish while it is on, and those alone;
they are free again when the last alarm is off. A node that does not reach the majority of its
cluster is no alarm: connections that have published to queues with copies on other nodes wait, and
all others go on.
"""

from __future__ import annotations

from typing import Protocol


class Watcher(Protocol):
    """A session, or who writes the log, as the alarms see it."""

    def alarms_changed(self) -> None:
        """An alarm went on or off."""


class Alarms:
    """The resources that run short: `memory`, `disk`.

    A resource has several sources that may call it short, each for itself (the disk: too little
    free space, a failed write). Its alarm is on while one of them does.

    is_minority: nothing can be copied to enough other nodes.
    watchers: whoever is told of changes, in the order of arrival.
    """

    def __init__(self) -> None:
        self.watchers: dict[Watcher, None] = {}
        self.is_minority = False
        self._short: dict[str, set[str]] = {}

    @property
    def is_on(self) -> bool:
        return bool(self._short)

    @property
    def resources(self) -> list[str]:
        """Those that run short, by name."""
        return sorted(self._short)

    @property
    def reason(self) -> str:
        """What blocked clients are told, in RabbitMQ's words where it has some."""
        if not self._short:
            return "no majority of the cluster's nodes is reached"
        return f"low on {' & '.join(self.resources)}"

    def set(self, resource: str, source: str = "") -> None:
        """It runs short, says the source."""
        sources = self._short.get(resource)
        if sources is not None:
            sources.add(source)
            return
        self._short[resource] = {source}
        self._tell()

    def clear(self, resource: str, source: str = "") -> None:
        """There is enough of it again, says the source; it may never have said otherwise."""
        sources = self._short.get(resource, set())
        if source not in sources:
            return
        sources.remove(source)
        if not sources:
            del self._short[resource]
            self._tell()

    def minority(self, *, is_on: bool) -> None:
        """This node reaches no majority of its cluster, or does again."""
        if is_on is not self.is_minority:
            self.is_minority = is_on
            self._tell()

    def _tell(self) -> None:
        for watcher in list(self.watchers):
            watcher.alarms_changed()
