"""Publishers and consumers that write a ledger, on one pika loop, until their broker dies.

    publishers --> fanout "news" --> queues "left" and "right" --> a consumer each --> "fences"
    a transaction at a time      --> queue "deals"              --> a consumer     --> "fences"

    queues bound to amq.direct and deleted again, one after the other

A consumer acks what it gets, some of it much later, and now and then publishes a fence on the same
channel: once that is confirmed, every ack before it was heard and is safe.
"""

import contextlib
import itertools
from random import Random

import pika
from pika.exceptions import ChannelClosedByBroker, UnroutableError
from pika.spec import BasicProperties

from tests.crash.ledger import Entry, Ledger

NEWS = "news"
QUEUES = ("left", "right", "deals")
FENCES = "fences"
PUBLISHERS = ("ann", "bob", "cyd")
DEALER = "dan"
DECLARER = "eve"
# Channels on which queues are declared, and queues that are left alone before the oldest goes.
DECLARERS = 10
KEPT = 8
# Confirms a publisher waits for at most, messages a consumer holds at most.
WINDOW = 200
PREFETCH = 200
# How far a publisher may be ahead of the consumers: what is left at the end is drained.
AHEAD = 2000
PERSISTENT = BasicProperties(delivery_mode=2)


def body_of(publisher, number, chance):
    """Most are small, some span sectors, a few many."""
    size = chance.choice((0, 10, 100, 1000, 1000, 10_000))
    return f"{publisher} {number} ".encode() + b"x" * size


def entry_of(queue, body):
    publisher, number, _ = body.split(b" ", 2)
    return Entry(queue, publisher.decode(), int(number))


class Publisher:
    """Publishes to both queues at once; confirms tell what has arrived."""

    def __init__(self, load, channel, name):
        self._load = load
        self._channel = channel
        self._name = name
        self._due = {}
        self._tags = itertools.count(1)
        channel.confirm_delivery(self._confirmed, lambda _: self._fill())

    def _fill(self):
        # The broker may have gone in the middle of this.
        while len(self._due) < WINDOW and self._channel.is_open:
            if not self._load.may_publish(self._name):
                self._load.later(self._fill)
                return
            number = self._load.next_number(self._name)
            body = body_of(self._name, number, self._load.chance)
            self._due[next(self._tags)] = number
            self._channel.basic_publish(NEWS, "", body, PERSISTENT)

    def _confirmed(self, frame):
        method = frame.method
        assert isinstance(method, pika.spec.Basic.Ack), method
        for tag in tags_of(method, self._due):
            number = self._due.pop(tag)
            entries = [Entry(queue, self._name, number) for queue in ("left", "right")]
            self._load.ledger.confirm(entries)
        self._fill()


def tags_of(method, due):
    """What an ack is about, of the tags that are due."""
    if method.multiple:
        return [tag for tag in due if tag <= method.delivery_tag]
    return [method.delivery_tag]


class Dealer:
    """Publishes a few messages in each transaction."""

    def __init__(self, load, channel):
        self._load = load
        self._channel = channel
        self._entries = []
        channel.tx_select(lambda _: self._deal())

    def _deal(self):
        if not self._load.may_publish(DEALER):
            self._load.later(self._deal)
            return
        for _ in range(self._load.chance.randint(1, 8)):
            if not self._channel.is_open:
                return
            number = self._load.next_number(DEALER)
            self._entries.append(Entry("deals", DEALER, number))
            body = body_of(DEALER, number, self._load.chance)
            self._channel.basic_publish("", "deals", body, PERSISTENT)
        if self._channel.is_open:
            self._channel.tx_commit(lambda _: self._dealt())

    def _dealt(self):
        self._load.ledger.confirm(self._entries)
        self._entries = []
        self._deal()


class Declarer:
    """Declares and binds a queue, deletes an old one, and so on.

    What it has asked for and not been told of is in neither set of the ledger.
    """

    def __init__(self, load, channel):
        self._load = load
        self._channel = channel
        self._numbers = itertools.count(1)
        self._prefix = f"eve-{load.ledger.life}-{channel.channel_number}"
        self._declare()

    def _declare(self):
        if self._channel.is_open:
            name = f"{self._prefix}-{next(self._numbers)}"
            self._channel.queue_declare(name, durable=True, callback=lambda _: self._bind(name))

    def _bind(self, name):
        if self._channel.is_open:
            self._channel.queue_bind(name, "amq.direct", name, callback=lambda _: self._bound(name))

    def _bound(self, name):
        declared = self._load.ledger.declared
        declared.append(name)
        if len(declared) > KEPT and self._channel.is_open:
            old = declared.pop(0)
            self._channel.queue_delete(old, callback=lambda _: self._deleted(old))
        else:
            self._declare()

    def _deleted(self, name):
        self._load.ledger.deleted.append(name)
        self._declare()


class Consumer:
    """One of a queue; acks and fences."""

    def __init__(self, load, channel, queue):
        self._load = load
        self._channel = channel
        self._queue = queue
        self._unacked = []
        self._delivered = []
        self._acked = []
        self._fences = {}
        self._tags = itertools.count(1)
        self.count = 0
        channel.confirm_delivery(self._confirmed)
        channel.basic_qos(prefetch_count=PREFETCH)
        channel.basic_consume(queue, self._take)

    def _take(self, _channel, method, _properties, body):
        entry = entry_of(self._queue, body)
        self.count += 1
        self._load.saw(entry)
        self._load.ledger.deliver(entry, is_redelivered=method.redelivered)
        self._delivered.append(entry)
        self._unacked.append((method.delivery_tag, entry))
        if not self._channel.is_open:
            return
        if self._load.is_draining or self._load.chance.random() < 0.2:
            self._settle()
        if self._channel.is_open and self._load.chance.random() < 0.05:
            self._fence()

    def _settle(self):
        """Everything, or one of them."""
        if self._load.is_draining or self._load.chance.random() < 0.5:
            self._channel.basic_ack(self._unacked[-1][0], multiple=True)
            self._acked += [entry for _, entry in self._unacked]
            self._unacked.clear()
        else:
            tag, entry = self._unacked.pop(self._load.chance.randrange(len(self._unacked)))
            self._channel.basic_ack(tag)
            self._acked.append(entry)

    def _fence(self):
        self._fences[next(self._tags)] = (self._delivered, self._acked)
        self._delivered, self._acked = [], []
        self._channel.basic_publish("", FENCES, b"", PERSISTENT)

    def _confirmed(self, frame):
        for tag in tags_of(frame.method, self._fences):
            self._load.ledger.fence(*self._fences.pop(tag))


class Load:
    """All of them, for one life of the broker after another."""

    def __init__(self, port: int, seed: int) -> None:
        self.ledger = Ledger()
        self.chance = Random(seed)
        self._published = dict.fromkeys((*PUBLISHERS, DEALER), 0)
        self._seen = dict.fromkeys((*PUBLISHERS, DEALER), 0)
        self.is_draining = False
        self._port = port
        self._loop = None
        self._connections = []
        self._consumers = []
        self._open_count = 0

    def next_number(self, publisher):
        self._published[publisher] += 1
        return self._published[publisher]

    def may_publish(self, publisher):
        """The consumers keep up."""
        return self._published[publisher] - self._seen[publisher] < AHEAD

    def saw(self, entry):
        self._seen[entry.publisher] = max(self._seen[entry.publisher], entry.number)

    def later(self, action):
        self._loop.call_later(0.01, action)

    def live(self, life_s, kill) -> None:
        """Load the broker, kill it after so long, and return when everybody has noticed."""
        self.ledger.begin_life()
        self.is_draining = False
        self._run(
            lambda: self._loop.call_later(life_s, kill), [*PUBLISHERS, DEALER, DECLARER, *QUEUES]
        )

    def drain(self) -> None:
        """Take and ack everything that is left, then leave."""
        self.ledger.begin_life()
        self.is_draining = True
        self._run(self._look_whether_empty, QUEUES)
        self.ledger.check_end()

    def _run(self, begin, roles):
        self._loop = pika.adapters.select_connection.IOLoop()
        self._connections, self._consumers = [], []
        for role in roles:
            self._connect(role)
        begin()
        self._loop.start()
        self._loop.close()

    def _connect(self, role):
        self._open_count += 1
        self._connections.append(
            pika.SelectConnection(
                pika.ConnectionParameters("127.0.0.1", self._port),
                on_open_callback=lambda connection: connection.channel(
                    on_open_callback=lambda channel: self._play(role, channel)
                ),
                on_open_error_callback=self._gone,
                on_close_callback=self._gone,
                custom_ioloop=self._loop,
            )
        )

    def _play(self, role, channel):
        if role in PUBLISHERS:
            Publisher(self, channel, role)
        elif role == DEALER:
            Dealer(self, channel)
        elif role == DECLARER:
            Declarer(self, channel)
            for _ in range(DECLARERS - 1):
                channel.connection.channel(on_open_callback=lambda more: Declarer(self, more))
        else:
            self._consumers.append(Consumer(self, channel, role))

    def _gone(self, _connection, _error):
        self._open_count -= 1
        if not self._open_count:
            self._loop.stop()

    def _look_whether_empty(self, seen=-1):
        """Nothing has come for a while: that was all."""
        count = sum(consumer.count for consumer in self._consumers)
        if count != seen or len(self._consumers) < len(QUEUES):
            self._loop.call_later(0.5, lambda: self._look_whether_empty(count))
            return
        for connection in self._connections:
            connection.close()


def declare(port: int, *, is_passive: bool) -> dict[str, int]:
    """The exchange and the queues; how many messages wait in each."""
    with pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", port)) as connection:
        channel = connection.channel()
        channel.exchange_declare(NEWS, "fanout", durable=True, passive=is_passive)
        counts = {}
        for queue in (*QUEUES, FENCES):
            declared = channel.queue_declare(queue, durable=True, passive=is_passive)
            counts[queue] = declared.method.message_count
        if not is_passive:
            channel.queue_bind("left", NEWS)
            channel.queue_bind("right", NEWS)
        return counts


def check_declared(port: int, ledger: Ledger) -> None:
    """The queues of the last life that are there, with their bindings, and those that are not."""
    with pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", port)) as connection:
        for name in ledger.declared:
            channel = connection.channel()
            channel.confirm_delivery()
            try:
                channel.queue_declare(name, passive=True)
                channel.basic_publish("amq.direct", name, b"", mandatory=True)
            except (ChannelClosedByBroker, UnroutableError) as error:
                ledger.complain(f"queue {name} or its binding is lost: {error!r}")
        for name in ledger.deleted:
            with contextlib.suppress(ChannelClosedByBroker):
                connection.channel().queue_declare(name, passive=True)
                ledger.complain(f"queue {name} is there again")
