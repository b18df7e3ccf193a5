"""The desk of a home: acts on its queues for the sessions of other nodes.

    frames of a peer ──> HomeDesk ──> its Guest ──> the queues
                              told <──────┘

Rule: what a peer is told of a change is told when the change is durable, if it has to be. What is
out when a peer is lost goes back; what it asks for afterwards it asks anew.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from leveret.broker.awaiting import no_pen, undone
from leveret.broker.errors import NotFound
from leveret.broker.errors import Refused as Refusal
from leveret.broker.queues.distant import DistantQueue
from leveret.broker.streams.stream import Stream
from leveret.cluster.remote import frames
from leveret.cluster.remote.guest import Guest, Seat
from leveret.cluster.remote.queue import RemoteQueue
from leveret.cluster.remote.repeats import Repeats
from leveret.wire.values import decode_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from leveret.broker.broker import Broker
    from leveret.broker.queues.queue import Queue
    from leveret.broker.vhost import Vhost
    from leveret.cluster.remote.frames import Asked, Frame

    AtHome: TypeAlias = "Queue | Stream"
    Question: TypeAlias = (
        frames.Ask | frames.Get | frames.Purge | frames.Delete | frames.Subscribe
    )  # fmt: skip
    # By whom, and of which queue of which vhost.
    Waiting: TypeAlias = tuple[Guest, str, str]


class HomeDesk:
    """One for each node. tell: sends a peer a frame."""

    def __init__(self, broker: Broker, tell: Callable[[str, Frame], None]) -> None:
        self._broker = broker
        self._tell = tell
        self._guests: dict[str, Guest] = {}
        # By peer: its run, and what it may say again.
        self._runs: dict[str, int] = {}
        self._repeats: dict[str, Repeats] = {}
        # What peers have said to mirrored queues that are not led here, as far as is known.
        self._waiting: dict[Waiting, list[Callable[[], None]]] = {}

    def met(self, peer: str, run: int) -> None:
        """The peer is there, in that run; said before it asks for anything."""
        if self._runs.get(peer) != run:
            self._runs[peer] = run
            self._repeats[peer] = Repeats()
            if peer in self._guests:
                self._guests[peer].repeats = self._repeats[peer]

    def hear(self, peer: str, asked: Asked) -> None:
        """A peer says something."""
        guest = self._guests.get(peer)
        if guest is None:
            guest = self._guests[peer] = Guest(self._broker, peer, partial(self._tell, peer))
            guest.repeats = self._repeats.setdefault(peer, guest.repeats)
        match asked:
            case frames.Publish():
                self._publish(guest, asked)
            case frames.Settle() | frames.Requeue() | frames.Reject() | frames.HandBack():
                guest.settle(asked)
            case frames.Credit():
                guest.give_credit(asked)
            case frames.Unsubscribe():
                guest.unsubscribe(asked.consumer)
            case frames.Part():
                self._waiting.pop((guest, asked.vhost, asked.queue), None)
                # Behind what is told at the end of this turn.
                self._broker.agenda.soon(lambda: guest.tell(frames.Nothing(asked.question)))
            case frames.Knows():
                raise AssertionError("that is between Listener and LinkWay")
            case _:
                self._answer(guest, asked)

    def lost(self, peer: str) -> None:
        """The peer is gone, with all its sessions."""
        guest = self._guests.pop(peer, None)
        if guest is not None:
            guest.leave()
            guest.repeats.sweep()
            for what in [each for each in self._waiting if each[0] is guest]:
                del self._waiting[what]

    # Publishing ------------------------------------------------------------------------------

    def _publish(self, guest: Guest, asked: frames.Publish) -> None:
        if guest.is_gone or self._waits(guest, asked, lambda: self._publish(guest, asked)):
            return
        try:
            _vhost, queue = self._find(asked)
        except NotFound:
            for ticket, _carried in enumerate(asked.messages, asked.ticket):
                guest.tell(frames.Refused(ticket))
            return
        for ticket, carried in enumerate(asked.messages, asked.ticket):
            number = asked.firsts[ticket - asked.ticket] if asked.firsts else ticket
            if asked.firsts and guest.repeats.has(queue, number):
                guest.took(ticket, queue.number)
            elif self._take(guest, queue, ticket, carried):
                guest.repeats.took(queue, number)
            else:
                guest.repeats.refused(queue, number)

    def _take(self, guest: Guest, queue: AtHome, ticket: int, carried: frames.Carried) -> bool:
        """Whether the queue wants it."""
        message = frames.unpack(carried, self._broker.next_position())
        if queue.refuses(message):
            guest.tell(frames.Refused(ticket))
            return False
        traits, paging = message.traits, self._broker.paging
        is_kept = traits is not None and traits.is_persistent and queue.number > 0
        if is_kept:
            self._broker.storage.messages.append(message, (queue.number,))
            message.is_stored = True
            queue.tally.disk_writes += 1
        queue.tally.publish += 1
        had_appended, paging.has_appended = paging.has_appended, False
        queue.publish(message)
        is_kept = is_kept or paging.has_appended
        paging.has_appended = had_appended
        guest.took(ticket, queue.number if is_kept else 0)
        return True

    def _waits(
        self, guest: Guest, asked: frames.Publish | Question, again: Callable[[], None]
    ) -> bool:
        """Whether it is not to be dealt with now: the queue is mirrored, and not led here.

        Either this node is about to lead it, or will have heard that it is; or another does, and
        the peer will hear of that, say it there, and part."""
        vhost = self._broker.vhosts.get(asked.vhost)
        queue = None if vhost is None else vhost.queues.get(asked.queue)
        if not isinstance(queue, RemoteQueue) or not queue.is_mirrored:
            return False
        what = (guest, asked.vhost, asked.queue)
        waiting = self._waiting.get(what)
        if waiting is None:
            waiting = self._waiting[what] = []
            queue.when_moved(lambda: self._look_again(what))
        waiting.append(again)
        return True

    def _look_again(self, what: Waiting) -> None:
        for again in self._waiting.pop(what, ()):
            again()

    def _find(self, asked: frames.Publish | Question) -> tuple[Vhost, AtHome]:
        """Raises NotFound, also when the queue's home is elsewhere by now."""
        vhost = self._broker.vhosts.get(asked.vhost)
        if vhost is None:
            raise NotFound(f"no queue '{asked.queue}' in vhost '{asked.vhost}'")
        queue = vhost.queue(asked.queue)
        if isinstance(queue, DistantQueue):
            raise queue.absence()
        return vhost, queue

    # Questions -------------------------------------------------------------------------------

    def _answer(self, guest: Guest, asked: Question) -> None:
        if guest.is_gone or self._waits(guest, asked, lambda: self._answer(guest, asked)):
            return
        pen = self._broker.storage.pen
        if pen is None or pen.is_writable or not isinstance(asked, frames.Delete):
            self._perform(guest, asked)
            return
        again = partial(self._answer, guest, asked)
        pen.when_writable(again, lambda: guest.tell(_declined(asked, no_pen())))

    def _perform(self, guest: Guest, asked: Question) -> None:
        durability = self._broker.storage.durability
        demands = durability.demands
        try:
            answer = self._act(guest, asked)
        except Refusal as refusal:
            answer = _declined(asked, refusal)
        if answer is None:
            return
        if durability.demands != demands:
            self._tell_when_safe(guest, asked, answer)
        else:
            guest.tell(answer)

    def _tell_when_safe(self, guest: Guest, asked: Question, answer: Frame) -> None:
        """Or tell that it may never be."""
        awaiting, storage = self._broker.awaiting, self._broker.storage
        if not isinstance(asked, frames.Delete):
            storage.when_answerable(
                lambda: guest.tell(answer), lambda: guest.tell(_declined(asked, undone()))
            )
            return
        wait = awaiting.begin(lambda lost: guest.tell(_declined(asked, lost)))

        def safe() -> None:
            if awaiting.end(wait):
                guest.tell(answer)

        storage.durability.when_durable(safe)

    def _act(self, guest: Guest, asked: Question) -> Frame | None:
        """Do it; the answer, None when it comes later. Raises what the broker refuses with."""
        vhost, queue = self._find(asked)
        match asked:
            case frames.Get():
                return self._get(guest, queue, asked)
            case frames.Purge():
                count = queue.purge()
                if queue.number:
                    self._broker.storage.durability.demand()
                return frames.Counted(asked.question, count, 0)
            case frames.Delete():
                queue.check_deletion(if_unused=asked.if_unused, if_empty=asked.if_empty)
                return frames.Counted(asked.question, vhost.remove_queue(queue), 0)
            case frames.Subscribe():
                return self._subscribe(guest, queue, asked)
            case _:
                queue.touch()
                return frames.Counted(asked.question, queue.ready.count, len(queue.consumers))

    def _get(self, guest: Guest, queue: AtHome, asked: frames.Get) -> Frame | None:
        if guest.is_gone:
            # It went while the message was being read from the disk.
            return None
        taken = queue.get()
        if taken is None and queue.is_loading:
            queue.when_loaded(lambda: self._answer(guest, asked))
            return None
        if taken is None:
            return frames.Nothing(asked.question)
        message, redelivered = taken
        delivery = guest.take(queue, message)
        guest.deliveries_of(queue).count_get(no_ack=False, redelivered=redelivered)
        left = queue.ready.count
        carried = frames.carry(message)
        return frames.Found(asked.question, delivery, redelivered, left, carried)

    def _subscribe(self, guest: Guest, queue: AtHome, asked: frames.Subscribe) -> Frame:
        arguments, _end = decode_table(asked.arguments)
        if isinstance(queue, Stream):
            queue.check_reader(
                arguments,
                prefetch_count=asked.prefetch_count,
                no_ack=asked.no_ack,
                is_limited=asked.is_limited,
            )
        seat = Seat(guest, queue, asked, arguments)
        if isinstance(queue, Stream):
            queue.adopt(seat)
            told: Frame = frames.Begun(asked.question, seat.reached)
        else:
            queue.subscribe(seat)
            told = frames.Nothing(asked.question)
        guest.seats[asked.consumer] = seat
        return told


def _declined(asked: Question, refusal: Refusal) -> frames.Declined:
    return frames.Declined(asked.question, refusal.code, str(refusal))
