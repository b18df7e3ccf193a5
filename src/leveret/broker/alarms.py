"""Alarms: a resource runs short, and whoever publishes has to wait.

Rule, as in RabbitMQ: an alarm blocks connections that publish while it is on, and those alone;
they are free again when the last alarm is off.
"""

from __future__ import annotations

from typing import Protocol


class Watcher(Protocol):
    """A session, as the alarms see it."""

    def alarms_changed(self) -> None:
        """An alarm went on or off."""


class Alarms:
    """The resources that run short: `memory`, `disk`.

    watchers: whoever is told of changes, in the order of arrival.
    """

    def __init__(self) -> None:
        self.watchers: dict[Watcher, None] = {}
        self._short: dict[str, None] = {}

    @property
    def is_on(self) -> bool:
        return bool(self._short)

    @property
    def reason(self) -> str:
        """What blocked clients are told, in RabbitMQ's words."""
        return f"low on {' & '.join(sorted(self._short))}"

    def set(self, resource: str) -> None:
        """It runs short."""
        if resource not in self._short:
            self._short[resource] = None
            self._tell()

    def clear(self, resource: str) -> None:
        """There is enough of it again."""
        if self._short.pop(resource, "absent") != "absent":
            self._tell()

    def _tell(self) -> None:
        for watcher in list(self.watchers):
            watcher.alarms_changed()
