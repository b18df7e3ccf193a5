"""A stream with copies on all nodes: who publishes, who reads it, and what is wrong with that.

    publishers ── a confirm each ──> stream ──> one reader, who goes on at his next offset

Rule: an offset is one message, for everybody and for ever; so what a reader saw is held against
what every node gives at the end. One that was said twice, as nobody answered, may be there twice.
"""

import itertools
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pika

from tests.cluster.chaos.checker import CLAIMS_S_MAX, Promise, Violation, two_serve
from tests.cluster.chaos.driving import Broker, Outcome, asking, perform_under
from tests.cluster.chaos.history import (
    Confirmed,
    Event,
    Faulted,
    History,
    Message,
    Read,
    message_of,
)
from tests.cluster.chaos.load import (
    FAILURES,
    PERSISTENT,
    QUEUE,
    RETRY_S,
    SILENT_S_MAX,
    Address,
    Load,
    connected,
)
from tests.cluster.chaos.schedule import Schedule

PREFETCH = 100
OFFSET = "x-stream-offset"
END = Message("end", 1)
END_S_MAX = 60.0


def play_stream(cluster: Broker, schedule: Schedule) -> Outcome:
    """As `play` does it with a queue: the stream is there and empty, and whole again at the end."""
    history = History()
    load = Load(cluster.addresses, history, schedule.seed, Reader)
    with asking(cluster, history):
        found = perform_under(load, cluster, schedule)
        mark_end(cluster.addresses, history)
        last = [read_all(address, history) for address in cluster.addresses]
    events = history.events
    found = [*judge(events, last), *two_serve(events, CLAIMS_S_MAX), *found]
    return Outcome(schedule, found, history)


class Reader:
    """The reader of a Load, from one node to the next."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._route = load.route()
        self._incarnations = itertools.count(1)
        self._next = 0

    def live(self) -> None:
        while self._load.is_consuming():
            try:
                with connected(next(self._route)) as connection:
                    self._read(connection, f"eve-{next(self._incarnations)}")
            except FAILURES:
                self._load.pause(RETRY_S)

    def _read(self, connection: pika.BlockingConnection, name: str) -> None:
        for read in reading(connection, name, self._next, SILENT_S_MAX):
            if read is None or not self._load.is_consuming():
                return
            self._load.history.tell(read)
            self._next = read.offset + 1


def reading(
    connection: pika.BlockingConnection, name: str, offset: int, quiet_s: float
) -> Iterator[Read | None]:
    """From that offset on; None when nothing came for so long."""
    channel = connection.channel()
    channel.basic_qos(prefetch_count=PREFETCH)
    arguments = {OFFSET: offset}
    came = channel.consume(QUEUE, inactivity_timeout=quiet_s, arguments=arguments)
    for method, properties, body in came:
        if method is None:
            yield None
            continue
        channel.basic_ack(method.delivery_tag)
        yield Read(message_of(body.decode()), name, properties.headers[OFFSET])


@dataclass(frozen=True, slots=True)
class Copy:
    """What one node gave at the end: offsets and messages, as they came."""

    reader: str
    reads: list[Read]

    @property
    def is_whole(self) -> bool:
        return bool(self.reads) and self.reads[-1].message == END

    def take(self, reads: Iterable[Read | None]) -> None:
        """Until all is there, or nothing comes any more."""
        for read in reads:
            if read is None:
                return
            self.reads.append(read)
            if self.is_whole:
                return


def mark_end(addresses: list[Address], history: History) -> None:
    """The last message of the stream, through whichever node takes it."""
    until = time.monotonic() + END_S_MAX
    for address in itertools.cycle(addresses):
        try:
            with connected(address) as connection:
                channel = connection.channel()
                channel.confirm_delivery()
                channel.basic_publish("", QUEUE, END.octets(), PERSISTENT, mandatory=True)
                return
        except FAILURES as error:
            history.tell(Faulted(history.now_s(), f"end: {error!r}"))
            if time.monotonic() > until:
                return
            time.sleep(1)


def read_all(address: Address, history: History) -> Copy:
    """All that one node has to give, as far as it gives it."""
    copy, until = Copy(f"last-{address[0]}", []), time.monotonic() + END_S_MAX
    while not copy.is_whole and time.monotonic() < until:
        copy.reads.clear()
        try:
            with connected(address) as connection:
                copy.take(reading(connection, copy.reader, 0, SILENT_S_MAX))
        except FAILURES as error:
            history.tell(Faulted(history.now_s(), f"reading: {error!r}"))
            time.sleep(1)
    return copy


def judge(events: Iterable[Event], copies: list[Copy]) -> Iterator[Violation]:
    """copies: what each node gave at the end."""
    events = list(events)
    reads = [event for event in events if isinstance(event, Read)]
    if not any(isinstance(event, Confirmed) for event in events):
        yield Violation(Promise.INCONCLUSIVE, "nothing was confirmed")
    yield from _changed([*reads, *(read for copy in copies for read in copy.reads)])
    yield from _disordered(reads)
    for copy in copies:
        if copy.is_whole:
            yield from _lost(events, copy)
            yield from _skipped(reads, copy)
            yield from _out_of_order(copy)
        else:
            yield Violation(Promise.INCONCLUSIVE, f"{copy.reader} did not get to the end")


def _lost(events: list[Event], copy: Copy) -> Iterator[Violation]:
    there = {read.message for read in copy.reads}
    for event in events:
        if isinstance(event, Confirmed) and event.message not in there:
            yield Violation(Promise.LOST, f"{event.message} at {copy.reader}")


def _changed(reads: list[Read]) -> Iterator[Violation]:
    """Two messages at one offset."""
    seen: dict[int, Read] = {}
    for read in reads:
        first = seen.setdefault(read.offset, read)
        if first.message != read.message:
            yield Violation(Promise.CHANGED, f"{first} and {read}")


def _disordered(reads: list[Read]) -> Iterator[Violation]:
    """He who goes on where he was sees rising offsets."""
    for before, after in itertools.pairwise(reads):
        if after.offset <= before.offset:
            yield Violation(Promise.DISORDER, f"{after} behind {before.offset}")


def _skipped(reads: list[Read], copy: Copy) -> Iterator[Violation]:
    """And all that there are on his way."""
    seen = {read.offset for read in reads}
    reached = max(seen, default=-1)
    for read in copy.reads:
        if read.offset <= reached and read.offset not in seen:
            yield Violation(Promise.SKIPPED, f"the reader has not seen {read}")


def _out_of_order(copy: Copy) -> Iterator[Violation]:
    """Of one channel, when each was there for the first time."""
    furthest: dict[str, int] = {}
    seen = set()
    for read in copy.reads:
        message = read.message
        if message not in seen and message.ordinal < furthest.get(message.line, 0):
            yield Violation(Promise.DISORDER, f"{message} came behind {furthest[message.line]}")
        seen.add(message)
        furthest[message.line] = max(furthest.get(message.line, 0), message.ordinal)
