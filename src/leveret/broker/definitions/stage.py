"""A broker to rehearse on: in memory, furnished from the real one with what is asked for.

Rule: what stands on the stage stands there as in the real broker, or as the play has made it since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.broker import Broker
from leveret.broker.definitions.making import vhost_of

if TYPE_CHECKING:
    from leveret.broker.vhost import Vhost


class Stage:
    """broker: what is played on."""

    def __init__(self, real: Broker) -> None:
        self.broker = Broker(real.agenda.clock, real.random_bytes)
        self._real = real
        # Vhosts all of whose queues stand here.
        self._crowded: set[str] = set()

    def bring_user(self, name: str) -> None:
        user = self._real.users.get(name)
        if user is not None and self.broker.users.get(name) is None:
            self.broker.users.place(user)
            self.broker.limits.place_user(name, self._real.limits.of_user(name))

    def bring_permission(self, user: str, vhost: str) -> None:
        self.bring_user(user)
        self.bring_vhost(vhost)
        real = self._real.permissions.get(user, vhost)
        if real is not None and self.broker.permissions.get(user, vhost) is None:
            self.broker.permissions.set(user, vhost, real)

    def bring_topic_permission(self, user: str, vhost: str, exchange: str) -> None:
        self.bring_user(user)
        self.bring_vhost(vhost)
        key = (user, vhost, exchange)
        real = self._real.topic_permissions.get(key)
        if real is not None and self.broker.topic_permissions.get(key) is None:
            self.broker.topic_permissions.set(key, real)

    def bring_global_parameter(self, name: str) -> None:
        if name in self._real.parameters.globals:
            value = self._real.parameters.globals[name]
            self.broker.parameters.globals.setdefault(name, value)

    def bring_vhost(self, name: str) -> None:
        """With what is known of it and its parameters, but without what is in it."""
        real = self._real.vhosts.get(name)
        if real is None or name in self.broker.vhosts:
            return
        self.broker.place_vhost(name).metadata = real.metadata
        for component, vhost, parameter, value in self._real.parameters.all():
            if vhost == name:
                self.broker.parameters.place(component, vhost, parameter, value)

    def vhost(self, name: str) -> Vhost:
        """Raises NotFound when it is nowhere."""
        self.bring_vhost(name)
        return vhost_of(self.broker, name)

    def bring_exchange(self, vhost: Vhost, name: str) -> None:
        real = self._real.vhosts.get(vhost.name)
        there = None if real is None else real.exchanges.get(name)
        if there is not None and name not in vhost.exchanges:
            vhost.place_exchange(name, there.type.name, there.options)

    def bring_queue(self, vhost: Vhost, name: str) -> None:
        real = self._real.vhosts.get(vhost.name)
        there = None if real is None else real.queues.get(name)
        if there is not None and name not in vhost.queues:
            vhost.place_queue(name, there.options, 0)

    def crowd(self, vhost: Vhost) -> None:
        """Bring all queues, where they are counted."""
        real = self._real.vhosts.get(vhost.name)
        if real is None or vhost.name in self._crowded or not vhost.limits:
            return
        self._crowded.add(vhost.name)
        for name in real.queues:
            self.bring_queue(vhost, name)
