"""Events: what happens in a broker, published to `amq.rabbitmq.event` for whoever binds to it.

An event is a message without a body; its routing key is its name (`queue.created`), and what is to
be said of it stands in its headers, as RabbitMQ's event exchange plugin writes them.

    events.start(vhost, wall_clock)                from now on, to that vhost's event exchange
    events.keep(wall_clock)                        from now on, the last of them, in `latest`
    events.emit("policy.cleared", {...}, by=...)   what happened, and whose doing it was
    events.tell("queue.deleted", put, {}, ("q",))  the same, put into fields when somebody reads it

Rule: whoever emits asks `is_heard` before it gathers what is to be said, so that a broker whose
events nobody wants spends one look. Emitted is what has happened, never what is about to.
Clients say what is kept, at any length: it is kept in short.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from itertools import islice, starmap
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from leveret.broker.latest import nothing_yet
from leveret.broker.sending import PERSISTENT
from leveret.wire.properties import Properties
from leveret.wire.values import Int64

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable, Iterator

    from leveret.broker.vhost import Vhost
    from leveret.wire.values import Table, Value

    # Takes an event's name, and what is said of it.
    Hearer: TypeAlias = Callable[[str, Table], None]
    # Puts what has happened into fields.
    Describe: TypeAlias = Callable[..., Table]  # type: ignore[explicit-any]  # each has its own
    What: TypeAlias = tuple[object, ...]
    # An Event that nobody has asked for yet: a bare tuple is made in a fifth of the time.
    Kept: TypeAlias = tuple[float, str, str, Describe, Table, What]

EVENT_EXCHANGE: Final = "amq.rabbitmq.event"
# Whose doing it is when it is nobody's: a connection ended, a queue expired.
INTERNAL: Final = "rmq-internal"
_MS: Final = 1000
# Of what is kept: characters of a text, members of a list, fields of a table.
TEXT_MAX: Final = 300
LIST_MAX: Final = 20
FIELDS_MAX: Final = 50


class Event(NamedTuple):
    """Something that has happened, as it is kept. time: seconds since 1970.

    by: whose doing it was; empty where nobody is told to have done it.
    put, said, what: how its fields are come by; see Events.tell.
    """

    time: float
    name: str
    by: str
    put: Describe
    said: Table
    what: What = ()

    @property
    def fields(self) -> dict[str, Value]:
        """In short. It takes a while: for those that are shown."""
        return _short(self.put(self.said, *self.what))


class Events:
    """The events of one broker.

    actor: on whose behalf the broker acts just now; who lets a user act sets it and sets it back.
    """

    def __init__(self) -> None:
        self.actor = INTERNAL
        self._latest: deque[Kept] = nothing_yet()
        self._is_kept = False
        self._vhost: Vhost | None = None
        self._wall_clock: Callable[[], float] = _never
        self._hearers: list[Hearer] = []

    def start(self, vhost: Vhost, wall_clock: Callable[[], float]) -> None:
        """Publish them in this vhost. Its exchange is made if need be, and stays."""
        self._wall_clock = wall_clock
        vhost.declare_system_exchange(EVENT_EXCHANGE)
        self._vhost = vhost

    def keep(self, wall_clock: Callable[[], float]) -> None:
        """Remember the last from now on, for people who ask afterwards."""
        self._wall_clock = wall_clock
        self._is_kept = True

    @property
    def latest(self) -> list[Event]:
        """The last of them, the oldest first, of a broker that keeps them."""
        return [*starmap(Event, self._latest)]

    @property
    def is_heard(self) -> bool:
        """Whether they are kept, or anybody is bound to hear of them or listens here."""
        return self._is_kept or self.is_told

    @property
    def is_told(self) -> bool:
        """Whether anybody is bound to hear of them or listens here."""
        return bool(self._hearers) or self._is_bound

    @property
    def _is_bound(self) -> bool:
        if self._vhost is None:
            return False
        exchange = self._vhost.exchanges.get(EVENT_EXCHANGE)
        return exchange is not None and not exchange.is_unused

    def hear(self, hearer: Hearer, wall_clock: Callable[[], float]) -> None:
        """Call it with each from now on, whether they are published or not."""
        self._wall_clock = wall_clock
        self._hearers.append(hearer)

    def unhear(self, hearer: Hearer) -> None:
        self._hearers.remove(hearer)

    @contextmanager
    def internally(self) -> Iterator[None]:
        """What happens in the block follows from a rule; nobody asked for it."""
        actor, self.actor = self.actor, INTERNAL
        try:
            yield
        finally:
            self.actor = actor

    def emit(self, name: str, fields: Table, *, by: str | None = "") -> None:
        """Tell it. by: whose doing it was, empty for the actor's; None for an event without."""
        self.tell(name, given, fields, (), by=by)

    def tell(
        self, name: str, put: Describe, said: Table, what: What, *, by: str | None = ""
    ) -> None:
        """The same of what happens often: `put(said, *what)` are its fields, if anybody wants them.

        said: what a client has said, at any length. what: short, and stays as it is."""
        who = "" if by is None else by or self.actor
        if self._is_kept:
            self._keep(name, who, put, said, what)
        if self.is_told:
            self._publish(name, who, put(said, *what))

    def note(self, name: str, fields: Table) -> None:
        """What RabbitMQ has no event for: it is kept, and published nowhere."""
        if self._is_kept:
            self._keep(name, self.actor, given, fields, ())

    def pass_on(self, name: str, fields: Table, by: str = "") -> None:
        """Tell who listens now, and keep it for nobody: what happens too often to be remembered."""
        if self.is_told:
            self._publish(name, by, fields)

    def _keep(self, name: str, who: str, put: Describe, said: Table, what: What) -> None:
        # An empty table is kept as it is: this is done for each queue and each connection.
        kept = _short(said) if said else said
        self._latest.append((self._wall_clock(), name, who, put, kept, what))

    def _publish(self, name: str, who: str, fields: Table) -> None:
        now = self._wall_clock()
        headers: dict[str, Value] = {}
        if who:
            headers["user_who_performed_action"] = who
        headers |= {field: _plain(value) for field, value in fields.items()}
        headers["timestamp_in_ms"] = Int64(now * _MS)
        for hearer in list(self._hearers):
            hearer(name, headers)
        if self._vhost is None or not self._is_bound:
            return
        properties = Properties(headers=headers, delivery_mode=PERSISTENT, timestamp=int(now))
        self._vhost.publish(EVENT_EXCHANGE, name, properties, b"")


def _never() -> float:
    raise AssertionError("events that nobody started have no time")


def given(fields: Table) -> Table:
    """What is said as it is."""
    return fields


def _short(table: Table) -> dict[str, Value]:
    return {
        name[:TEXT_MAX]: _short_value(value) for name, value in islice(table.items(), FIELDS_MAX)
    }


def _short_value(value: Value) -> Value:
    match value:
        case str() | bytes():
            return value[:TEXT_MAX]
        case list():
            return [_short_value(each) for each in value[:LIST_MAX]]
        case Mapping():
            return _short(value)
        case _:
            return value


def _plain(value: Value) -> Value:
    """As the plugin has it: numbers are long, what is not there is an empty string."""
    match value:
        case None:
            return ""
        case bool() | float() | str() | bytes():
            return value
        case int():
            return Int64(value)
        case Mapping():
            return {name: _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case _:
            return str(value)
