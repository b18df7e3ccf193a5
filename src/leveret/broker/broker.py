"""The broker: vhosts, users, permissions, and the way in.

Everything a node knows is reached from here. Time and chance come in as arguments, so that a
test or a simulation can replay a whole broker from one number.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from leveret.broker import announcing
from leveret.broker.access import Access
from leveret.broker.agenda import Agenda
from leveret.broker.alarms import Alarms
from leveret.broker.awaiting import Awaiting
from leveret.broker.changes import (
    PermissionCleared,
    PermissionSet,
    TopicPermissionCleared,
    TopicPermissionSet,
    VhostAdded,
    VhostDescribed,
    VhostRemoved,
)
from leveret.broker.connections import Connections
from leveret.broker.errors import NotAllowed, NotFound
from leveret.broker.firehose import Firehose
from leveret.broker.keeper import Keeper
from leveret.broker.limits import Limits, is_reached
from leveret.broker.logins import DEFAULT_ENTRY, Entry, Logins
from leveret.broker.memory import MEMORY
from leveret.broker.node_limits import NodeLimits
from leveret.broker.parameters import Parameters
from leveret.broker.permissions import EVERYTHING, Permission, Permissions
from leveret.broker.queues.paging import Paging
from leveret.broker.restore import restore
from leveret.broker.rights import Rights
from leveret.broker.tallies import Churn, VhostTally
from leveret.broker.topic_permissions import TopicPermissions
from leveret.broker.users import Users
from leveret.broker.vhost import Vhost
from leveret.broker.vhost_metadata import NO_METADATA, VhostMetadata

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.ports import Storage
    from leveret.broker.topic_permissions import TopicKey, TopicPermission
    from leveret.broker.users import User


class Broker:
    """One broker.

    clock: seconds that never go back. random_bytes: that many unpredictable octets.
    entry: what is asked of those who come in.
    storage: the engine that keeps what is durable.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        random_bytes: Callable[[int], bytes],
        entry: Entry = DEFAULT_ENTRY,
        storage: Storage = MEMORY,
    ) -> None:
        self.storage = storage
        self.agenda = Agenda(clock)
        self.alarms = Alarms()
        self.awaiting = Awaiting(self.agenda)
        self.random_bytes = random_bytes
        # The name of the node this is; the edge sets it.
        self.node = "leveret@localhost"
        # Set by the edge as well.
        self.node_limits = NodeLimits()
        # When it was started, in seconds since 1970; the edge sets it too.
        self.started_at = 0
        # Numbers for connections, none of which comes twice.
        self.next_connection: Callable[[], int] = count(1).__next__
        self._keeper = Keeper(storage)
        self.users = Users(random_bytes, self._keeper, entry.hashing_algorithm)
        self.events = self._keeper.events
        self.permissions = Permissions()
        self.topic_permissions = TopicPermissions()
        self.vhosts: dict[str, Vhost] = {}
        self.parameters = Parameters(self.vhosts, self._keeper)
        self.limits = Limits(self.parameters, self.users, self._keeper)
        self.connections = Connections()
        self.churn = Churn()
        # What was counted of vhosts that are gone.
        self.gone = VhostTally()
        self.logins = Logins(self.users, clock, entry)
        # The order of publishing over all queues; see Message.position.
        self.next_position: Callable[[], int] = count(storage.first_position).__next__
        store = storage.messages if storage.keeps_messages else None
        self.paging = Paging(store, storage.spill, self.next_position, storage.spilling)

    def restore(self) -> bool:
        """Become what the engine has kept; False when that is nothing. Raises Unrestorable."""
        changes = list(self.storage.catalogue.load())
        for change in changes:
            restore(self, change)
        self.recover()
        return bool(changes)

    def recover(self) -> None:
        """Everything is there: give it the messages that the engine has kept."""
        for vhost in self.vhosts.values():
            # The predeclared exchanges were there before the policies.
            vhost.follow_policies()
            vhost.recover(self.storage.messages)

    def add_vhost(self, name: str, metadata: VhostMetadata = NO_METADATA) -> Vhost:
        """The vhost, made if need be; one that is there stays as it is.

        Raises InvalidParameter.
        """
        metadata.check()
        vhost = self.vhosts.get(name)
        if vhost is None:
            vhost = self.place_vhost(name)
            self._keeper.commit(("vhost", name), VhostAdded(name))
            if metadata != NO_METADATA:
                self.describe_vhost(name, metadata)
            announcing.vhost_created(self.events, vhost, self.node)
        return vhost

    def describe_vhost(self, name: str, metadata: VhostMetadata) -> None:
        """Raises NotFound, InvalidParameter."""
        metadata.check()
        self._vhost(name).metadata = metadata
        self._keeper.commit(("vhost metadata", name), VhostDescribed(name, metadata))

    def remove_vhost(self, name: str) -> None:
        """The vhost with everything in it; its connections are closed. Raises NotFound."""
        vhost = self._vhost(name)
        for queue in list(vhost.queues.values()):
            vhost.remove_queue(queue)
        self.drop_vhost(vhost)
        self._keeper.commit(("vhost", name), VhostRemoved(name))

    def drop_vhost(self, vhost: Vhost) -> None:
        """It goes with everything in it, told to nobody but its connections."""
        vhost.clear()
        del self.vhosts[vhost.name]
        self.gone.add(vhost.tally)
        # Its connections will be gone in a moment.
        vhost.tally = self.gone
        self.permissions.forget_vhost(vhost.name)
        self.topic_permissions.forget_vhost(vhost.name)
        self.parameters.forget_vhost(vhost.name)
        if self.connections.in_vhost(vhost.name):
            # Next turn: consumers hear first that their queues are gone.
            self.agenda.soon(lambda: self._close_connections(vhost))

    def _close_connections(self, vhost: Vhost) -> None:
        for each in self.connections.in_vhost(vhost.name):
            if each.access.vhost is vhost:
                each.close_forced(f"vhost '{vhost.name}' is deleted")

    def _vhost(self, name: str) -> Vhost:
        if name not in self.vhosts:
            raise NotFound(f"Virtual host '{name}' does not exist")
        return self.vhosts[name]

    def place_vhost(self, name: str) -> Vhost:
        """A new vhost, told to nobody."""
        vhost = Vhost(name, self.agenda, self.random_bytes, self._keeper, self.paging)
        vhost.refuse_queue = self._refuse_queue
        self.vhosts[name] = vhost
        return vhost

    def _refuse_queue(self, name: str) -> None:
        """Another queue may be one too many. Raises PreconditionFailed."""
        if self.node_limits.queues:
            count = sum(len(vhost.queues) for vhost in self.vhosts.values())
            self.node_limits.refuse_queue(count, name)

    def take_number(self, number: int) -> None:
        """A queue or exchange of another node has this number; no other gets it here."""
        self._keeper.take_number(number)

    def trace(self, vhost_name: str, *, is_on: bool) -> None:
        """Switch a vhost's firehose. As in RabbitMQ it is off after a start. Raises NotFound."""
        vhost = self.vhosts.get(vhost_name)
        if vhost is None:
            raise NotFound(f"virtual host '{vhost_name}' does not exist")
        vhost.trace(Firehose(vhost, self.node) if is_on else None)

    # Who may do what -------------------------------------------------------------------------

    def remove_user(self, name: str) -> None:
        """The account, its permissions and its connections; one that is not there is no error."""
        self.users.remove(name)
        self.drop_user(name)

    def drop_user(self, name: str) -> None:
        """The same, told to nobody but the connections."""
        self.users.forget(name)
        self.permissions.forget_user(name)
        self.topic_permissions.forget_user(name)
        self.limits.forget_user(name)
        for vhost in self.vhosts.values():
            vhost.forget_routes()
        for connection in self.connections.of_user(name):
            connection.close_forced(f"user '{name}' is deleted")

    def set_permission(self, user: str, vhost: str, permission: Permission = EVERYTHING) -> None:
        """Raises InvalidPattern, or NotFound for the user or the vhost."""
        permission.check()
        place = self._place(user, vhost)
        self.permissions.set(user, vhost, permission)
        place.forget_routes()
        self._keeper.commit(("permission", user, vhost), PermissionSet(user, vhost, permission))

    def clear_permission(self, user: str, vhost: str) -> None:
        """Raises NotFound for the user or the vhost."""
        place = self._place(user, vhost)
        self.permissions.clear(user, vhost)
        place.forget_routes()
        self._keeper.commit(("permission", user, vhost), PermissionCleared(user, vhost))

    def set_topic_permission(self, key: TopicKey, permission: TopicPermission) -> None:
        """What a user may say to a topic exchange, which need not be there yet.

        Raises InvalidPattern, or NotFound for the user or the vhost.
        """
        permission.check()
        user, vhost, exchange = key
        place = self._place(user, vhost)
        self.topic_permissions.set(key, permission)
        place.forget_routes()
        change = TopicPermissionSet(user, vhost, exchange, permission)
        self._keeper.commit(("topic permission", *key), change)

    def clear_topic_permissions(self, user: str, vhost: str, exchange: str | None = None) -> None:
        """Those for one exchange, or for all. Raises NotFound for the user or the vhost."""
        place = self._place(user, vhost)
        every = self.topic_permissions.of(user, vhost)
        for each in every if exchange is None else [exchange]:
            if self.topic_permissions.clear((user, vhost, each)):
                change = TopicPermissionCleared(user, vhost, each)
                self._keeper.commit(("topic permission", user, vhost, each), change)
        place.forget_routes()

    def _place(self, user: str, vhost: str) -> Vhost:
        """The vhost, where both are there. Raises NotFound."""
        self.users.find(user)
        if vhost not in self.vhosts:
            raise NotFound(f'Virtual host "{vhost}" does not exist')
        return self.vhosts[vhost]

    # The way in ------------------------------------------------------------------------------

    def enter(self, user: User, vhost_name: str, owner: object) -> Access:
        """Open a vhost for a connection. Raises NotAllowed."""
        vhost = self.vhosts.get(vhost_name)
        if vhost is None:
            raise NotAllowed(f"vhost {vhost_name} not found")
        self._refuse_beyond_limits(user.name, vhost_name)
        if self.permissions.get(user.name, vhost_name) is None:
            raise NotAllowed(f"access to vhost '{vhost_name}' refused for user '{user.name}'")
        rights = Rights(user, vhost_name, self.permissions, self.topic_permissions)
        return Access(vhost, rights, owner)

    def _refuse_beyond_limits(self, user: str, vhost: str) -> None:
        """Another connection may be one too many. Raises NotAllowed."""
        limits, name = self.limits.of_vhost(vhost), "max-connections"
        if is_reached(limits, name, self.connections.count_in_vhost(vhost)):
            raise NotAllowed(
                f"access to vhost '{vhost}' refused for user '{user}': "
                f"connection limit ({limits[name]}) is reached"
            )
        limits = self.limits.of_user(user)
        if is_reached(limits, name, self.connections.count_of_user(user)):
            raise NotAllowed(
                f"connection refused for user '{user}': "
                f"user connection limit ({limits[name]}) is reached"
            )

    def refuse_channel_beyond_limit(self, user: str) -> None:
        """Another channel, of this user, may be one too many. Raises NotAllowed."""
        if self.node_limits.channels:
            self.node_limits.refuse_channel(self.connections.channels(), self.node)
        limits, name = self.limits.of_user(user), "max-channels"
        if limits and is_reached(limits, name, self.connections.channels_of_user(user)):
            raise NotAllowed(
                f"number of channels opened for user '{user}' has reached the maximum allowed "
                f"user limit of ({limits[name]})"
            )
