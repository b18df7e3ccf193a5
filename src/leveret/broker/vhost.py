"""A virtual host: a name space of exchanges, queues and bindings.

It knows what exists and keeps it consistent; who may do what is asked before, in access.py, and
what arguments are worth in arguments.py.

Rule: whatever can change where a message goes calls `forget_routes`, and what becomes of durable
things is committed (restore.py builds them again without asking anybody).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker import announcing, arguments, limits
from leveret.broker.bindings import Binding, Bindings
from leveret.broker.changes import (
    Bound,
    ExchangeDeclared,
    ExchangeDeleted,
    QueueDeclared,
    QueueDeleted,
    Unbound,
)
from leveret.broker.dead_letters import DeadLetters
from leveret.broker.errors import AccessRefused, NotFound, PreconditionFailed
from leveret.broker.exchanges.exchange import Exchange, ExchangeHome, ExchangeOptions, Foundation
from leveret.broker.exchanges.kinds import HOLDING, KINDS, PREDECLARED
from leveret.broker.following import Following, follow
from leveret.broker.keeper import Keeper
from leveret.broker.memory import MEMORY
from leveret.broker.message import pack_address
from leveret.broker.names import RESERVED_PREFIX, generate, refuse_reserved, without_line_breaks
from leveret.broker.policies import Policies
from leveret.broker.queues.kinds import AnyQueue, Homes, new_queue
from leveret.broker.queues.queue import Queue, QueueHome, QueueOptions
from leveret.broker.replacing import replace_queue
from leveret.broker.reply_to import ReplyConsumers
from leveret.broker.retiring import Retiring
from leveret.broker.routing import TO_BE_ASKED, Route, find_route
from leveret.broker.sending import Sender, compose
from leveret.broker.streams.log import StreamHome
from leveret.broker.tallies import VhostTally, fold
from leveret.broker.vhost_metadata import NO_METADATA
from leveret.wire.properties import NO_PROPERTIES
from leveret.wire.values import octets

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.agenda import Agenda
    from leveret.broker.bindings import Destination
    from leveret.broker.firehose import Firehose
    from leveret.broker.keeper import Thing
    from leveret.broker.ports import MessageStore
    from leveret.broker.queues.paging import Paging
    from leveret.wire.properties import Properties


class Vhost:
    """One virtual host.

    firehose: what copies its messages while it is traced.
    refuse_queue: asked before each new queue; raises when the node has as many as it may.
    retiring: queues that are about to go and were not asked to.
    keeper, paging: the broker's, for what is durable and for what leaves memory.
    policies, limits: what parameters.py has for this vhost.
    tally: what is counted of it, once `count_routes` was called.
    """

    def __init__(
        self,
        name: str,
        agenda: Agenda,
        random_bytes: Callable[[int], bytes],
        keeper: Keeper,
        paging: Paging,
    ) -> None:
        self.name = name
        self.metadata = NO_METADATA
        self.policies = Policies()
        self.limits = limits.NO_LIMITS
        self.exchanges: dict[str, Exchange] = {}
        self.queues: dict[str, AnyQueue] = {}
        self.bindings = Bindings()
        self.firehose: Firehose | None = None
        self.tally = VhostTally()
        self.refuse_queue: Callable[[str], None] = _nobody_refuses
        self.reply_consumers = ReplyConsumers(random_bytes, self._forget_route_to)
        # Remembered routes by user: a route also says that the user may publish.
        self.routes: dict[str, dict[bytes, Route]] = {}
        self.dead_letters = DeadLetters(self, agenda)
        bury = self.dead_letters.take
        self.sender = Sender(keeper.messages, paging.next_position, keeper.moves)
        self.retiring = Retiring(keeper.do_internally, self.remove_queue)
        self._homes = Homes(
            QueueHome(name, agenda, paging, self.retiring.retire, bury, self.tally.deaths),
            StreamHome(name, agenda, paging, keeper),
        )
        self._exchange_home = ExchangeHome(
            random_bytes, agenda, paging, self.route, self.sender.send
        )
        self._keeper = keeper
        self._following = Following(agenda, self)
        self._random_bytes = random_bytes
        for exchange_name, kind, internal in PREDECLARED:
            options = ExchangeOptions(durable=True, internal=internal)
            self.place_exchange(exchange_name, kind, options)

    def forget_routes(self) -> None:
        """Something changed: every route is found anew."""
        self.count_routes()
        for remembered in self.routes.values():
            remembered.clear()

    def count_routes(self) -> None:
        """Count what was published along the remembered routes since the last time."""
        for remembered in self.routes.values():
            fold(remembered.values(), self.tally)

    def _forget_route_to(self, queue_name: str) -> None:
        """A queue or reply consumer without bindings came or went: one route has changed.

        Clients that make and delete their own queues must not cost everybody all routes.
        """
        address = pack_address(b"", octets(queue_name))
        for remembered in self.routes.values():
            for known_by in (address, address + TO_BE_ASKED):
                if (route := remembered.pop(known_by, None)) is not None:
                    fold([route], self.tally)

    def follow_policies(self) -> None:
        """The policies have changed: everything here follows them, soon if that is much."""
        self._following.begin()

    @property
    def is_following(self) -> bool:
        """Some queues or exchanges have yet to follow a change of policies."""
        return self._following.is_under_way

    def trace(self, firehose: Firehose | None) -> None:
        """Give it copies of all that clients publish and get, or none any more."""
        self.firehose = firehose
        self.forget_routes()
        for queue in self.queues.values():
            for consumer in queue.consumers:
                consumer.trace(is_on=firehose is not None)

    def vouch_for(self, kind: str, name: str) -> None:
        """Somebody is about to be told that there is, or is not, such a queue or exchange."""
        self._keeper.vouch_for((kind, self.name, name))

    # Exchanges -------------------------------------------------------------------------------

    def exchange(self, name: str) -> Exchange:
        exchange = self.exchanges.get(name)
        if exchange is None:
            raise NotFound(f"no exchange '{name}' in vhost '{self.name}'")
        return exchange

    def declare_exchange(self, name: str, kind: str, options: ExchangeOptions) -> Exchange:
        """The exchange, made if need be. `kind` is one of KINDS."""
        name = without_line_breaks(name)
        exchange = self.exchanges.get(name)
        if exchange is not None:
            arguments.check_same_exchange(exchange, kind, options)
            self.vouch_for("exchange", name)
            return exchange
        refuse_reserved("exchange", name)
        arguments.check_exchange(f"exchange '{name}' in vhost '{self.name}'", options.arguments)
        return self._make_exchange(name, kind, options)

    def declare_system_exchange(self, name: str) -> Exchange:
        """The exchange, made if need be, to which the broker itself publishes under this name."""
        exchange = self.exchanges.get(name)
        if exchange is not None:
            return exchange
        return self._make_exchange(name, "topic", ExchangeOptions(durable=True, internal=True))

    def _make_exchange(self, name: str, kind: str, options: ExchangeOptions) -> Exchange:
        is_holding = options.durable and kind in HOLDING
        number = self._keeper.next_queue_number() if is_holding else 0
        exchange = self.place_exchange(name, kind, options, number)
        self.forget_routes()
        if self._is_told(exchange):
            change = ExchangeDeclared(self.name, name, kind, options, number)
            self._keeper.commit(("exchange", self.name, name), change)
        announcing.exchange_created(self._keeper.events, exchange)
        return exchange

    def place_exchange(
        self, name: str, kind: str, options: ExchangeOptions, number: int = 0
    ) -> Exchange:
        """A new exchange, asked of nobody and told to nobody. Raises PreconditionFailed when its
        type can't be made of such arguments."""
        foundation = Foundation(self._exchange_home, name, options.arguments, number)
        exchange_type = KINDS[kind](foundation)
        exchange = self.exchanges[name] = Exchange(self.name, name, exchange_type, options)
        follow(self.policies, exchange)
        return exchange

    def delete_exchange(self, name: str, *, if_unused: bool) -> None:
        """Delete it with its bindings; a missing one is no error."""
        self.refuse_system_exchange(name)
        exchange = self.exchanges.get(name)
        if exchange is None:
            self.vouch_for("exchange", name)
            return
        if if_unused and not exchange.is_unused:
            raise PreconditionFailed(f"{exchange} in use")
        self._remove_exchange(exchange)

    def refuse_system_exchange(self, name: str) -> None:
        """Those that every vhost has are not deleted by anybody."""
        if name.startswith(RESERVED_PREFIX):
            raise AccessRefused(
                f"deletion of system exchange '{name}' in vhost '{self.name}' not allowed"
            )

    def _remove_exchange(self, exchange: Exchange) -> None:
        arriving, leaving = self.bindings.arriving(exchange), exchange.bindings
        self.drop_exchange(exchange)
        if self._is_told(exchange):
            change = ExchangeDeleted(self.name, exchange.name)
            self._keeper.commit(("exchange", self.name, exchange.name), change)
        announcing.exchange_deleted(self._keeper.events, exchange, [*arriving, *leaving])
        self._finish(arriving)

    def drop_exchange(self, exchange: Exchange) -> None:
        """The exchange goes with its bindings, told to nobody."""
        del self.exchanges[exchange.name]
        self.bindings.remove_leaving(exchange)
        self.bindings.remove_arriving(exchange)
        self.forget_routes()
        exchange.delete()

    def _finish(self, lost: list[Binding]) -> None:
        """Auto-delete exchanges go when their last binding has gone."""
        for exchange in dict.fromkeys(each.source for each in lost):
            if exchange.is_finished and exchange.name in self.exchanges:
                self._remove_exchange(exchange)

    # Bindings --------------------------------------------------------------------------------

    def bind(self, binding: Binding) -> None:
        if self.bindings.add(binding):
            self.forget_routes()
            self._keep_binding(binding, Bound)
            announcing.bound(self._keeper.events, binding)
        else:
            self._keeper.vouch_for(self._binding_thing(binding))

    def unbind(self, binding: Binding) -> None:
        if self.bindings.remove(binding):
            self.forget_routes()
            self._keep_binding(binding, Unbound)
            announcing.unbound(self._keeper.events, binding)
            self._finish([binding])
        else:
            self._keeper.vouch_for(self._binding_thing(binding))

    def _keep_binding(self, binding: Binding, change: type[Bound | Unbound]) -> None:
        """A binding is as durable as what it binds."""
        source, destination = binding.source, binding.destination
        if self._is_told(source) and self._is_told(destination):
            ends = (source.name, destination.kind, destination.name)
            told = change(self.name, *ends, binding.routing_key, binding.arguments)
            self._keeper.commit(self._binding_thing(binding), told)

    def _binding_thing(self, binding: Binding) -> Thing:
        return ("binding", self.name, binding.source.name, *binding.key)

    def route(
        self,
        exchange_name: str,
        routing_key: str,
        properties: Properties = NO_PROPERTIES,
        copy_keys: tuple[str, ...] = (),
    ) -> Route:
        """Where a message goes, by its routing key and those of its CC and BCC."""
        exchange = self.exchange(exchange_name)
        routing_keys = (routing_key, *copy_keys)
        if exchange_name:
            return find_route(self.exchanges, exchange, routing_keys, properties).to_those_up()
        # The default exchange: every queue is bound to it under its own name.
        named = [self.queues.get(key) or self.reply_consumers.find(key) for key in routing_keys]
        found = tuple(dict.fromkeys(each for each in named if each is not None))
        return Route(exchange, found).to_those_up()

    def publish(
        self, exchange_name: str, routing_key: str, properties: Properties, body: bytes
    ) -> Route:
        """Publish for the broker itself; where it went. Raises NotFound."""
        route = self.route(exchange_name, routing_key, properties)
        self.sender.send(compose(exchange_name, routing_key, properties, body), route)
        return route

    # Queues ----------------------------------------------------------------------------------

    def queue(self, name: str) -> AnyQueue:
        queue = self.queues.get(name)
        if queue is None:
            raise NotFound(f"no queue '{name}' in vhost '{self.name}'")
        return queue

    def generate_queue_name(self) -> str:
        return generate("amq.gen-", self._random_bytes)

    def create_queue(self, name: str, options: QueueOptions, owner: object | None) -> AnyQueue:
        """A new queue; `owner` is the connection that keeps an exclusive one to itself."""
        assert name not in self.queues
        self._refuse_over_limit(name)
        # Checked first: a queue that was made has its clocks running.
        arguments.check_queue(f"queue '{name}' in vhost '{self.name}'", options)
        is_kept = options.durable or self._keeper.is_shared
        number = self._keeper.next_queue_number() if is_kept and not options.exclusive else 0
        queue = self.place_queue(name, options, number)
        queue.owner = owner
        self._forget_route_to(name)
        if self._is_told(queue):
            change = QueueDeclared(number, self.name, name, options)
            self._keeper.commit(("queue", self.name, name), change)
        self.tally.queue_created += 1
        announcing.queue_created(self._keeper.events, queue)
        return queue

    def _refuse_over_limit(self, name: str) -> None:
        self.refuse_queue(name)
        if limits.is_reached(self.limits, "max-queues", len(self.queues)):
            raise PreconditionFailed(
                f"cannot declare queue '{name}': queue limit in vhost '{self.name}' "
                f"({self.limits['max-queues']}) is reached"
            )

    def place_queue(self, name: str, options: QueueOptions, number: int) -> AnyQueue:
        """A new queue, asked of nobody and told to nobody; of a transient one nothing is stored."""
        queue = self.queues[name] = self.make_queue(name, options, number if options.durable else 0)
        follow(self.policies, queue)
        return queue

    def make_queue(self, name: str, options: QueueOptions, number: int) -> AnyQueue:
        """One that nobody can reach yet: to take the place of another, or the name's."""
        return new_queue(self._homes, name, options, number)

    def replace_queue(self, old: AnyQueue, new: AnyQueue) -> None:
        """Another object stands for the queue from now on; see replacing.py."""
        replace_queue(self, old, new)

    def recover(self, messages: MessageStore) -> None:
        """Give every queue and delayed exchange what waited for it before the start."""
        for queue in self.queues.values():
            if queue.number:
                queue.recover(messages.recovered(queue.number))
        for exchange in self.exchanges.values():
            if exchange.delays is not None and exchange.delays.number:
                exchange.delays.recover(messages.recovered(exchange.delays.number))

    def remove_queue(self, queue: AnyQueue) -> int:
        """Delete a queue with its bindings; how many messages waited in it."""
        if queue.is_deleted:
            return 0
        lost = self.bindings.arriving(queue)
        count = self.drop_queue(queue)
        if self._is_told(queue):
            change = QueueDeleted(queue.number, self.name, queue.name)
            self._keeper.commit(("queue", self.name, queue.name), change)
        announcing.queue_deleted(self._keeper.events, queue, lost)
        with self._keeper.events.internally():
            self._finish(lost)
        return count

    def drop_queue(self, queue: AnyQueue) -> int:
        """The queue goes with its bindings, told to nobody; how many messages waited in it."""
        del self.queues[queue.name]
        if self.bindings.remove_arriving(queue):
            self.forget_routes()
        self._forget_route_to(queue.name)
        self.tally.lose_queue(queue.tally)
        return queue.delete()

    def clear(self) -> None:
        """The end of the vhost: what its connections do until they are closed is kept nowhere."""
        self._following.stop()
        for queue in list(self.queues.values()):
            self.drop_queue(queue)
        for exchange in self.exchanges.values():
            exchange.delete()
        self._keeper = Keeper(MEMORY)
        self.exchanges.clear()
        self.forget_routes()

    def _is_told(self, thing: Destination) -> bool:
        """An exclusive queue goes with its connection: only other nodes want to hear of it."""
        is_passing = isinstance(thing, Queue) and thing.options.exclusive
        return self._keeper.is_shared or (thing.options.durable and not is_passing)


def _nobody_refuses(_name: str) -> None:
    """A vhost on its own."""
