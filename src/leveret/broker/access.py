"""The only permission gate: a vhost as one user on one connection may use it.

Every front end (AMQP sessions now, HTTP and the command line later) holds an Access, never a
Vhost: what is not asked here can't be done. Each verb asks first, then acts.

    verb                      configure    write         read
    declare, delete exchange  exchange     alternate     exchange, with an alternate
    declare, delete queue     queue        dead letters  queue, with dead letters
    bind, unbind queue                     queue         exchange, topic
    bind, unbind exchange                  destination   source, topic
    publish                                exchange, topic
    get, consume, purge                                  queue
    look at what it holds                                queue, or exchange

What is asked, and how a refusal reads, stands in rights.py. An alternate exchange or one for dead
letters is asked about when its owner is made, not when a policy names it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakSet

from leveret.broker import arguments
from leveret.broker.bindings import Binding
from leveret.broker.errors import (
    AccessRefused,
    ResourceLocked,
)
from leveret.broker.exchanges.kinds import check_kind
from leveret.broker.names import refuse_reserved, without_line_breaks
from leveret.broker.queues.distant import DistantQueue
from leveret.broker.routing import REMEMBERED_MAX, Route
from leveret.broker.tallies import fold
from leveret.wire.properties import NO_PROPERTIES

if TYPE_CHECKING:
    from leveret.broker.exchanges.exchange import Exchange, ExchangeOptions
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.queues.queue import QueueOptions
    from leveret.broker.rights import Rights
    from leveret.broker.vhost import Vhost
    from leveret.wire.properties import Properties
    from leveret.wire.values import Table


class Access:
    """What one connection may do in its vhost.

    owner: stands for the connection; its exclusive queues are its own alone.
    routes: remembered routes the user may publish to, by address; see `route`.
    """

    def __init__(self, vhost: Vhost, rights: Rights, owner: object) -> None:
        self.user = rights.user
        self.vhost = vhost
        self.routes: dict[bytes, Route] = vhost.routes.setdefault(self.user.name, {})
        self._ask = rights.ask
        self._ask_topics = rights.ask_topics
        self._owner = owner
        self._own_queues: WeakSet[AnyQueue] = WeakSet()

    # Exchanges -------------------------------------------------------------------------------

    def declare_exchange(self, name: str, kind: str, options: ExchangeOptions) -> None:
        """Make the exchange, or see that it is as asked."""
        check_kind(kind)
        self._refuse_default_exchange(name)
        self._ask("configure", "exchange", name)
        alternate = options.arguments.get("alternate-exchange")
        if isinstance(alternate, str) and name not in self.vhost.exchanges:
            self._ask("read", "exchange", name)
            self._ask("write", "exchange", alternate)
        self.vhost.declare_exchange(name, kind, options)

    def check_exchange(self, name: str) -> None:
        """A passive declare: raises NotFound unless it is there."""
        self._refuse_default_exchange(name)
        name = without_line_breaks(name)
        self.vhost.exchange(name)
        self.vhost.vouch_for("exchange", name)

    def readable_exchange(self, name: str) -> Exchange:
        """One whose held messages are to be looked at. Raises NotFound."""
        self._ask("read", "exchange", name)
        return self.vhost.exchange(name)

    def delete_exchange(self, name: str, *, if_unused: bool) -> None:
        self._refuse_default_exchange(name)
        self.vhost.refuse_system_exchange(name)
        self._ask("configure", "exchange", name)
        self.vhost.delete_exchange(name, if_unused=if_unused)

    def bind_exchange(self, destination: str, source: str, key: str, table: Table) -> None:
        self._ask_to_bind("exchange", destination, source, key)
        binding = Binding(self.vhost.exchange(source), self.vhost.exchange(destination), key, table)
        self._bind(binding)

    def unbind_exchange(self, destination: str, source: str, key: str, table: Table) -> None:
        """Unbinding what is not bound, or is not there at all, is no error."""
        self._ask_to_bind("exchange", destination, source, key)
        exchanges = self.vhost.exchanges
        if source in exchanges and destination in exchanges:
            self.vhost.unbind(Binding(exchanges[source], exchanges[destination], key, table))

    # Queues ----------------------------------------------------------------------------------

    def declare_queue(self, name: str, options: QueueOptions) -> AnyQueue:
        """The queue, made if need be; an empty name asks for a generated one."""
        name = without_line_breaks(name)
        options = self.vhost.metadata.with_default_type(options)
        if name:
            refuse_reserved("queue", name)
        else:
            arguments.refuse_unnamed(options)
            name = self.vhost.generate_queue_name()
        self._ask("configure", "queue", name)
        queue = self.vhost.queues.get(name)
        if queue is None:
            return self._create_queue(name, options)
        _refuse_absent(queue)
        self._refuse_locked(queue, is_locked=queue.options.exclusive != options.exclusive)
        arguments.check_same_queue(queue, options)
        self.vhost.tally.queue_declared += 1
        self.vhost.vouch_for("queue", name)
        queue.touch()
        return queue

    def _create_queue(self, name: str, options: QueueOptions) -> AnyQueue:
        self._ask_to_dead_letter(name, options.arguments)
        owner = self._owner if options.exclusive else None
        queue = self.vhost.create_queue(name, options, owner)
        self.vhost.tally.queue_declared += 1
        if options.exclusive:
            self._own_queues.add(queue)
        return queue

    def check_queue(self, name: str) -> AnyQueue:
        """A passive declare: raises NotFound unless it is there."""
        queue = self.usable_queue(name)
        self.vhost.vouch_for("queue", name)
        queue.touch()
        return queue

    def delete_queue(self, name: str, *, if_unused: bool, if_empty: bool) -> int:
        """How many messages it held; a missing queue is no error."""
        queue = self.deletable_queue(name)
        if queue is None:
            return 0
        queue.check_deletion(if_unused=if_unused, if_empty=if_empty)
        return self.vhost.remove_queue(queue)

    def deletable_queue(self, name: str) -> AnyQueue | None:
        """A queue that the user may delete; None when there is none."""
        self._ask("configure", "queue", name)
        if name in self.vhost.queues:
            return self.usable_queue(name)
        self.vhost.vouch_for("queue", name)
        return None

    def purge_queue(self, name: str) -> int:
        """How many messages were dropped."""
        return self.readable_queue(name).purge()

    def bind_queue(self, name: str, source: str, key: str, table: Table) -> None:
        self._ask_to_bind("queue", name, source, key)
        exchange = self.vhost.exchange(source)
        self._bind(Binding(exchange, self.usable_queue(name), key, table))

    def unbind_queue(self, name: str, source: str, key: str, table: Table) -> None:
        """Unbinding what is not bound, or is not there at all, is no error."""
        self._ask_to_bind("queue", name, source, key)
        exchange, queue = self.vhost.exchanges.get(source), self.vhost.queues.get(name)
        if exchange is None or queue is None:
            return
        _refuse_absent(queue)
        binding = Binding(exchange, queue, key, table)
        if binding in self.vhost.bindings:
            self._refuse_locked(queue)
        self.vhost.unbind(binding)

    def readable_queue(self, name: str) -> AnyQueue:
        """A queue to get or consume from."""
        self._ask("read", "queue", name)
        return self.usable_queue(name)

    def usable_queue(self, name: str) -> AnyQueue:
        """A queue that is there and not another connection's own."""
        queue = self.vhost.queue(name)
        _refuse_absent(queue)
        self._refuse_locked(queue)
        return queue

    def delete_exclusive_queues(self) -> None:
        """The connection is gone, and its exclusive queues with it."""
        for queue in list(self._own_queues):
            self.vhost.retiring.retire(queue)

    # Publishing ------------------------------------------------------------------------------

    def route(
        self,
        exchange_name: str,
        routing_key: str,
        properties: Properties = NO_PROPERTIES,
        copy_keys: tuple[str, ...] = (),
    ) -> Route:
        """Where the user's messages go. Raises NotFound or AccessRefused."""
        self._ask("write", "exchange", exchange_name)
        route = self.vhost.route(exchange_name, routing_key, properties, copy_keys)
        if route.exchange.options.internal:
            raise AccessRefused(f"cannot publish to internal {route.exchange}")
        self._ask_topics("write", route.exchange, routing_key, *copy_keys)
        return route

    def remember(self, address: bytes, route: Route) -> None:
        """Keep a route for messages with the same address, until something changes.

        Not while the vhost is traced: every publish is to be looked at then.
        """
        if self.vhost.firehose is not None:
            return
        if len(self.routes) >= REMEMBERED_MAX:
            fold(self.routes.values(), self.vhost.tally)
            self.routes.clear()
        self.routes[address] = route

    # Rules -----------------------------------------------------------------------------------

    def _ask_to_bind(self, kind: str, destination: str, source: str, routing_key: str) -> None:
        self._ask("write", kind, destination)
        if kind == "exchange":
            self._refuse_default_exchange(destination)
        self._refuse_default_exchange(source)
        self._ask("read", "exchange", source)
        exchange = self.vhost.exchanges.get(source)
        if exchange is not None:
            self._ask_topics("read", exchange, routing_key)

    def _ask_to_dead_letter(self, queue: str, arguments: Table) -> None:
        exchange = arguments.get("x-dead-letter-exchange")
        if isinstance(exchange, str):
            self._ask("read", "queue", queue)
            self._ask("write", "exchange", exchange)

    def _bind(self, binding: Binding) -> None:
        binding.source.type.check_binding(binding)
        self.vhost.bind(binding)

    def _refuse_locked(self, queue: AnyQueue, *, is_locked: bool = False) -> None:
        if is_locked or (queue.owner is not None and queue.owner is not self._owner):
            raise ResourceLocked(
                f"cannot obtain exclusive access to locked {queue}. It could be originally "
                "declared on another connection or the exclusive property value does not match "
                "that of the original declaration."
            )

    def _refuse_default_exchange(self, name: str) -> None:
        if not name:
            raise AccessRefused("operation not permitted on the default exchange")


def _refuse_absent(queue: AnyQueue) -> None:
    """A queue whose home is down. Raises NotFound."""
    if isinstance(queue, DistantQueue):
        queue.check_home()
