"""The broker: vhosts, users, permissions, and the way in.

Everything a node knows is reached from here. Time and chance come in as arguments, so that a
test or a simulation can replay a whole broker from one number.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from leveret.broker.access import Access
from leveret.broker.agenda import Agenda
from leveret.broker.alarms import Alarms
from leveret.broker.changes import PermissionCleared, PermissionSet, VhostAdded
from leveret.broker.errors import AccessRefused, NotAllowed
from leveret.broker.keeper import Keeper
from leveret.broker.memory import MEMORY
from leveret.broker.permissions import EVERYTHING, Permission, Permissions
from leveret.broker.queues.paging import Paging
from leveret.broker.restore import restore
from leveret.broker.users import User, Users
from leveret.broker.vhost import Vhost

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.ports import Storage


class Broker:
    """One broker.

    clock: seconds that never go back. random_bytes: that many unpredictable octets.
    loopback_users: accounts that may come from this machine only.
    storage: the engine that keeps what is durable.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        random_bytes: Callable[[int], bytes],
        loopback_users: frozenset[str] = frozenset({"guest"}),
        storage: Storage = MEMORY,
    ) -> None:
        self.storage = storage
        self.agenda = Agenda(clock)
        self.alarms = Alarms()
        self.random_bytes = random_bytes
        self._keeper = Keeper(storage)
        self.users = Users(random_bytes, self._keeper)
        self.permissions = Permissions()
        self.vhosts: dict[str, Vhost] = {}
        self.loopback_users = loopback_users
        # The order of publishing over all queues; see Message.position.
        self.next_position: Callable[[], int] = count(storage.first_position).__next__
        store = storage.messages if storage.keeps_messages else None
        self.paging = Paging(store, storage.spill, self.next_position, storage.spilling)

    def restore(self) -> bool:
        """Become what the engine has kept; False when that is nothing. Raises Unrestorable."""
        changes = list(self.storage.catalogue.load())
        for change in changes:
            restore(self, change)
        for vhost in self.vhosts.values():
            vhost.recover(self.storage.messages)
        return bool(changes)

    def add_vhost(self, name: str) -> Vhost:
        """The vhost, made if need be."""
        vhost = self.vhosts.get(name)
        if vhost is None:
            vhost = self.place_vhost(name)
            self._keeper.commit(("vhost", name), VhostAdded(name))
        return vhost

    def place_vhost(self, name: str) -> Vhost:
        """A new vhost, told to nobody."""
        vhost = Vhost(name, self.agenda, self.random_bytes, self._keeper, self.paging)
        self.vhosts[name] = vhost
        return vhost

    def remove_user(self, name: str) -> None:
        """The account and its permissions; one that is not there is no error."""
        self.users.remove(name)
        self.permissions.forget_user(name)
        for vhost in self.vhosts.values():
            vhost.forget_routes()

    def set_permission(self, user: str, vhost: str, permission: Permission = EVERYTHING) -> None:
        self.permissions.set(user, vhost, permission)
        self._forget_routes(vhost)
        self._keeper.commit(("permission", user, vhost), PermissionSet(user, vhost, permission))

    def clear_permission(self, user: str, vhost: str) -> None:
        self.permissions.clear(user, vhost)
        self._forget_routes(vhost)
        self._keeper.commit(("permission", user, vhost), PermissionCleared(user, vhost))

    def authenticate(self, name: str, password: str, *, is_loopback: bool) -> User:
        """The account. Raises AccessRefused, which says nothing about what was wrong with name
        or password."""
        user = self.users.authenticate(name, password)
        if user is None:
            raise AccessRefused("the user name or password is wrong")
        if name in self.loopback_users and not is_loopback:
            raise AccessRefused(f"user '{name}' can only connect via localhost")
        return user

    def enter(self, user: User, vhost_name: str, owner: object) -> Access:
        """Open a vhost for a connection. Raises NotAllowed."""
        vhost = self.vhosts.get(vhost_name)
        if vhost is None:
            raise NotAllowed(f"vhost {vhost_name} not found")
        if self.permissions.get(user.name, vhost_name) is None:
            raise NotAllowed(f"access to vhost '{vhost_name}' refused for user '{user.name}'")
        return Access(user, vhost, self.permissions, owner)

    def _forget_routes(self, vhost_name: str) -> None:
        vhost = self.vhosts.get(vhost_name)
        if vhost is not None:
            vhost.forget_routes()
