"""Bindings: listed, made between two ends, shown and taken away by their properties key.

Every queue is bound to the default exchange under its own name. Nobody made that binding and
nobody can take it away, but it is shown. Where a queue or an exchange is not there, neither is any
binding: the list is empty.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final
from urllib.parse import quote_plus

from leveret.broker.bindings import Binding
from leveret.management import fields
from leveret.management.answers import NO_CONTENT, Done, Item, Listing, NotThere
from leveret.management.listing import gathered
from leveret.management.properties_key import Asked, properties_key
from leveret.management.resource import MANAGEMENT, VHOST, Resource
from leveret.management.routes.exchanges import exchange_name
from leveret.management.views.bindings import BINDING
from leveret.wire.values import octets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from leveret.broker.access import Access
    from leveret.broker.bindings import Destination
    from leveret.broker.vhost import Vhost
    from leveret.management.answers import Answer
    from leveret.management.call import Call


async def list_bindings(call: Call) -> Answer:
    vhosts = sorted(call.visible_vhosts(), key=lambda vhost: vhost.name)
    return await _listed(each for vhost in vhosts for each in _all(vhost))


async def list_bindings_of_vhost(call: Call) -> Answer:
    return await _listed(_all(call.vhost))


async def list_bindings_of_queue(call: Call) -> Answer:
    return await _listed(_arriving(call.vhost, "queue", call.path["name"]))


async def list_leaving(call: Call) -> Answer:
    """Those that an exchange is the source of."""
    return await _listed(_leaving(call.vhost, exchange_name(call.path["name"])))


async def list_arriving(call: Call) -> Answer:
    """Those that an exchange is the destination of."""
    return await _listed(_arriving(call.vhost, "exchange", exchange_name(call.path["name"])))


async def _listed(bindings: Iterable[Binding]) -> Answer:
    """In slices: what goes while they are gathered may be among them or not."""
    return Listing(await gathered(bindings), BINDING, is_paged=False)


def _all(vhost: Vhost) -> Iterator[Binding]:
    for name in sorted(vhost.exchanges):
        yield from _leaving(vhost, name)


def _leaving(vhost: Vhost, source: str) -> Iterator[Binding]:
    exchange = vhost.exchanges.get(source)
    if exchange is None:
        return
    if not source:
        queues = sorted(vhost.queues.values(), key=attrgetter("name"))
        yield from (Binding(exchange, queue, queue.name) for queue in queues)
    yield from sorted(exchange.bindings, key=_place)


def _place(binding: Binding) -> tuple[str, ...]:
    """Its place in a listing: as RabbitMQ sorts them."""
    routing_key, arguments = binding.routing_key, binding.arguments
    told_apart = properties_key(routing_key, arguments) if arguments else ""
    return (binding.source.name, binding.destination.name, routing_key, told_apart)


def _arriving(vhost: Vhost, kind: str, name: str) -> Iterator[Binding]:
    destinations: Mapping[str, Destination] = vhost.queues if kind == "queue" else vhost.exchanges
    destination = destinations.get(name)
    if destination is None:
        return
    if kind == "queue":
        yield Binding(vhost.exchanges[""], destination, name)
    yield from sorted(vhost.bindings.arriving(destination), key=_place)


class Between:
    """The routes of the bindings from an exchange to one kind of destination.

    kind: queue or exchange. letter: how paths say it.
    """

    def __init__(self, kind: str, letter: str) -> None:
        self._kind = kind
        self._path = f"/bindings/{{vhost}}/e/{{source}}/{letter}/{{destination}}"

    @property
    def resources(self) -> tuple[Resource, ...]:
        about = f"The bindings from an exchange to {self._article} {self._kind}."
        return (
            Resource(self._path, VHOST, about, get=self.list_between, post=self.bind),
            Resource(
                f"{self._path}/{{props}}",
                VHOST,
                f"One binding to {self._article} {self._kind}, by its properties key.",
                get=self.show,
                delete=self.unbind,
            ),
        )

    @property
    def _article(self) -> str:
        return "an" if self._kind == "exchange" else "a"

    async def list_between(self, call: Call) -> Answer:
        return await _listed(self._between(call))

    def bind(self, call: Call) -> Answer:
        """Where the binding is then: relative to this path, under its properties key."""
        body = call.body()
        routing_key = fields.short_string(body.get("routing_key", ""), "routing_key")
        arguments = fields.arguments(body)
        source, destination = self._ends(call)
        access = call.access(call.vhost)
        if self._kind == "queue":
            access.bind_queue(destination, source, routing_key, arguments)
        else:
            access.bind_exchange(destination, source, routing_key, arguments)
        key = properties_key(routing_key, arguments)
        place = f"{quote_plus(octets(call.path['destination']))}/{quote_plus(key)}"
        return Done(201, {"location": place})

    def show(self, call: Call) -> Answer:
        return Item(self._binding(call), BINDING)

    def unbind(self, call: Call) -> Answer:
        binding = self._binding(call)
        self._unbind(call.access(call.vhost), binding)
        return NO_CONTENT

    def _unbind(self, access: Access, binding: Binding) -> None:
        ends = binding.destination.name, binding.source.name
        if self._kind == "queue":
            access.unbind_queue(*ends, binding.routing_key, binding.arguments)
        else:
            access.unbind_exchange(*ends, binding.routing_key, binding.arguments)

    def _binding(self, call: Call) -> Binding:
        asked = Asked(call.path["props"])
        binding = next((each for each in self._between(call) if asked.names(each)), None)
        if binding is None:
            raise NotThere
        return binding

    def _between(self, call: Call) -> list[Binding]:
        source, destination = self._ends(call)
        arriving = _arriving(call.vhost, self._kind, destination)
        return [each for each in arriving if each.source.name == source]

    def _ends(self, call: Call) -> tuple[str, str]:
        destination = call.path["destination"]
        if self._kind == "exchange":
            destination = exchange_name(destination)
        return exchange_name(call.path["source"]), destination


RESOURCES: Final = (
    Resource("/bindings", MANAGEMENT, "The bindings in all vhosts.", get=list_bindings),
    Resource("/bindings/{vhost}", VHOST, "The bindings in a vhost.", get=list_bindings_of_vhost),
    Resource(
        "/queues/{vhost}/{name}/bindings",
        VHOST,
        "The bindings that a queue is the destination of.",
        get=list_bindings_of_queue,
    ),
    Resource(
        "/exchanges/{vhost}/{name}/bindings/source",
        VHOST,
        "The bindings that an exchange is the source of.",
        get=list_leaving,
    ),
    Resource(
        "/exchanges/{vhost}/{name}/bindings/destination",
        VHOST,
        "The bindings that an exchange is the destination of.",
        get=list_arriving,
    ),
    *Between("queue", "q").resources,
    *Between("exchange", "e").resources,
)
