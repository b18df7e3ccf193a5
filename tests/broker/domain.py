"""The domain's words for tests: messages from nothing, consumers that remember, a clock by hand."""

from itertools import count

from leveret.broker.agenda import Agenda
from leveret.broker.bindings import Binding
from leveret.broker.exchanges.exchange import Exchange, ExchangeHome, ExchangeOptions, Foundation
from leveret.broker.exchanges.kinds import KINDS
from leveret.broker.message import Message, Traits, pack_address
from leveret.broker.queues.paging import Paging
from leveret.broker.queues.queue import Queue, QueueHome, QueueOptions
from leveret.broker.queues.ready import Backing
from leveret.broker.tallies import Deliveries
from leveret.wire import frames
from leveret.wire.properties import Properties, encode_header

_positions = count()


class HandClock:
    """Seconds that pass when a test says so."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class HandAgenda(Agenda):
    """An agenda and the clock it reads."""

    def __init__(self):
        self.hand = HandClock()
        super().__init__(self.hand)

    def pass_time(self, seconds):
        """The clock goes on, and what falls due on the way is done."""
        end = round(self.hand.now + seconds, 6)
        while (deadline := self.next_deadline()) is not None and deadline <= end:
            self.hand.now = max(self.hand.now, deadline)
            self.run()
        self.hand.now = end


def random_bytes():
    """A source of `chance` that never repeats itself and is the same in every test."""
    numbers = count(1)
    return lambda size: next(numbers).to_bytes(size, "big")


def content(body=b"", properties=None, channel=1, frame_max=0):
    """Header frame and body frames, as a publisher sends them."""
    header = encode_header(properties or Properties(), len(body))
    return frames.encode_frame(frames.HEADER, channel, header) + frames.encode_body(
        channel, body, frame_max
    )


def message(
    body="",
    *,
    exchange="",
    key="",
    ttl_ms=None,
    priority=None,
    properties=None,
    is_persistent=False,
):
    """A message that was just published; the later made, the later in line."""
    traits = None
    if ttl_ms is not None or priority is not None or is_persistent:
        traits = Traits(ttl_ms, priority or 0, is_persistent)
    address = pack_address(exchange.encode(), key.encode())
    return Message(address, content(body.encode(), properties), 1, next(_positions), traits)


def messages(*bodies):
    return [message(body) for body in bodies]


def publish_stored(store, body, *queues, **described):
    """What a channel does with a persistent message for these queues."""
    stored = message(body, is_persistent=True, **described)
    store.append(stored, tuple(queue.number for queue in queues if queue.number))
    stored.is_stored = True
    for each in queues:
        each.publish(stored)
    return stored


def bodies(found):
    return [each.body.decode() for each in found]


class Subscriber:
    """A consumer that keeps what it gets; full after `room` messages until `settle` makes room."""

    def __init__(self, queue=None, *, priority=0, exclusive=False, room=None, name=""):
        self.queue = queue
        self.priority = priority
        self.exclusive = exclusive
        self.room = room
        self.name = name
        self.held = []
        self.got = []
        self.redelivered = []
        self.deliveries = Deliveries()
        self.is_told_of_the_end = False

    def __repr__(self):
        return f"<{self.name}>"

    def deliver(self, delivered, redelivered):
        assert self.room is None or len(self.held) < self.room, "delivered to a full consumer"
        self.held.append(delivered)
        self.got.append(delivered.body.decode())
        if redelivered:
            self.redelivered.append(delivered.body.decode())
        if self.room is not None and len(self.held) == self.room:
            self.queue.consumers.park(self)

    def settle(self):
        """Acknowledge the oldest message held."""
        was_full = len(self.held) == self.room
        self.held.pop(0)
        if was_full:
            self.queue.consumers.resume(self)
            self.queue.pump()

    def rules_changed(self):
        """It holds what it holds, for as long as it likes."""

    def queue_gone(self):
        self.is_told_of_the_end = True


def exchange(name="x", kind="direct", **options):
    made = ExchangeOptions(**options)
    return Exchange("/", name, KINDS[kind](foundation(name, **made.arguments)), made)


def routed(source, *keys, **properties):
    """The names of those a message goes to, by one exchange alone."""
    found = source.type.route(keys or ("",), Properties(**properties))
    return [each.name for each in found]


def foundation(name="x", **arguments):
    """Arguments by keyword, underscores for dashes."""
    table = {each.replace("_", "-"): value for each, value in arguments.items()}
    return Foundation(exchange_home(), name, table)


def exchange_home(agenda=None, paging=None, route=None, send=None):
    """Of a vhost that publishes nothing by itself, unless it is said how."""
    return ExchangeHome(
        random_bytes(), agenda or HandAgenda(), paging or memory_only(), route, send
    )


def queue(name="q", agenda=None, retire=lambda _queue: None, number=0, paging=None, **options):
    bury = options.pop("bury", lambda queue, dead, _reason: queue.let_go(dead))
    home = QueueHome("/", agenda or HandAgenda(), paging or memory_only(), retire, bury)
    return Queue(home, name, QueueOptions(**options), number)


def memory_only():
    """A broker that keeps nothing."""
    return Paging(None, None, _positions.__next__)


def paging(engine, octets_max=float("inf")):
    """A broker on this engine, whose memory is short beyond so many octets that wait."""
    shared = Paging(engine.messages, engine.spill, _positions.__next__)
    shared.octets_max = octets_max
    return shared


def backing(shared=None, *, number=0, window=10, returns=None, loaded=lambda _messages: None):
    """What a line knows of its queue."""
    return Backing(
        shared or memory_only(), number, window, {} if returns is None else returns, loaded
    )


def binding(source, destination, key="", **arguments):
    """Arguments by keyword, underscores for dashes: x_match is x-match."""
    table = {name.replace("_", "-"): value for name, value in arguments.items()}
    return Binding(source, destination, key, table)
