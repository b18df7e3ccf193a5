"""What a broker has said to an engine, kept in the plainest way, and what must be left of it.

Everything said is an event and has a number, rising. When a crash comes, all events before
`certain` have been called durable, and none from `possible` on was said in time. What lies between
may be there or not, with one exception that dead-lettering lives on: nothing is there unless every
message that was appended before it is.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

BEFORE = -1


class Wrong(Exception):
    """The engine does not have what it should have."""


@dataclass
class Share:
    """A message as one queue has it. marks: when it was delivered; marks_before: in past lives."""

    settled: int | None = None
    marks: list[int] = field(default_factory=list)
    marks_before: int = 0


@dataclass
class Letter:
    """A message, and the queues it is for."""

    position: int
    priority: int
    address: bytes
    content: bytes
    said: int
    shares: dict[int, Share]


@dataclass
class QueueLife:
    """When a queue was declared, and deleted if it was."""

    declared: int
    deleted: int | None = None


@dataclass
class Found:
    """What an engine says it has after a start."""

    queues: set[int] = field(default_factory=set)
    positions: dict[int, dict[int, list[int]]] = field(default_factory=dict)
    deliveries: dict[int, dict[int, int]] = field(default_factory=dict)
    contents: dict[int, tuple[bytes, bytes, int]] = field(default_factory=dict)
    first_position: int = 1
    first_queue_number: int = 1

    @cached_property
    def there(self) -> dict[int, set[int]]:
        """The positions by queue."""
        return {queue: {*chain(*lines.values())} for queue, lines in self.positions.items()}


class Model:
    """Events are numbered from 0 on; `events` is how many there were."""

    def __init__(self) -> None:
        self.events = 0
        self.letters: dict[int, Letter] = {}
        self.queues: dict[int, QueueLife] = {}
        self.queue_number_max = 0
        self.position_max = 0

    # What is said ------------------------------------------------------------------------------

    def _event(self) -> int:
        self.events += 1
        return self.events - 1

    def declare(self, queue: int) -> None:
        self.queues[queue] = QueueLife(self._event())
        self.queue_number_max = max(self.queue_number_max, queue)

    def delete(self, queue: int) -> None:
        self.queues[queue].deleted = self._event()

    def append(self, letter: Letter) -> None:
        assert letter.position > self.position_max
        letter.said = self._event()
        self.letters[letter.position] = letter
        self.position_max = letter.position

    def settle(self, queue: int, positions: Sequence[int]) -> None:
        event = self._event()
        for position in positions:
            share = self.letters[position].shares[queue]
            assert share.settled is None
            share.settled = event

    def mark(self, queue: int, position: int) -> None:
        self.letters[position].shares[queue].marks.append(self._event())

    # What is there -----------------------------------------------------------------------------

    def living(self) -> list[int]:
        """Queues that are declared and not deleted."""
        return [number for number, life in self.queues.items() if life.deleted is None]

    def waiting(self, queue: int) -> list[int]:
        """Positions that the queue has and has not settled."""
        return [
            position
            for position, letter in self.letters.items()
            if queue in letter.shares and letter.shares[queue].settled is None
        ]

    # What must be left -------------------------------------------------------------------------

    def check(self, found: Found, certain: int, possible: int) -> None:
        """Raises Wrong."""
        self._check_queues(found, certain, possible)
        self._check_numbers(found, certain)
        seen = self._youngest_seen(found, certain, possible)
        for queue in found.queues:
            self._check_queue(found, queue, max(certain, seen), possible, certain)
        self._check_contents(found)

    def _check_queues(self, found: Found, certain: int, possible: int) -> None:
        for number, life in self.queues.items():
            deleted = possible if life.deleted is None else life.deleted
            if life.declared < certain and deleted >= possible and number not in found.queues:
                raise Wrong(f"queue {number} is lost")
            if number in found.queues and (life.declared >= possible or deleted < certain):
                raise Wrong(f"queue {number} is there again")
        if unknown := found.queues - self.queues.keys():
            raise Wrong(f"queues nobody declared: {unknown}")

    def _check_numbers(self, found: Found, certain: int) -> None:
        """Numbers are for ever."""
        for number, life in self.queues.items():
            if life.declared < certain and number >= found.first_queue_number:
                raise Wrong(f"number {number} was a queue's and would be given again")
        for position in found.contents:
            if position >= found.first_position:
                raise Wrong(f"position {position} is a message's and would be given again")

    def _youngest_seen(self, found: Found, certain: int, possible: int) -> int:
        """All messages appended before this event must be there: something later is."""
        seen = BEFORE
        for queue, life in self.queues.items():
            if queue in found.queues:
                seen = max(seen, life.declared)
            elif life.declared < certain and life.deleted is not None:
                seen = max(seen, life.deleted)
        for letter in self.letters.values():
            for queue in found.queues & letter.shares.keys():
                seen = max(seen, self._seen_of(letter, queue, found, certain))
        if seen >= possible:
            raise Wrong(f"event {seen} is there and had not been said")
        return seen

    def _seen_of(self, letter: Letter, queue: int, found: Found, certain: int) -> int:
        share = letter.shares[queue]
        if letter.position not in found.there[queue]:
            was_settled = letter.said < certain and share.settled is not None
            return share.settled if was_settled and share.settled is not None else BEFORE
        marks = found.deliveries.get(queue, {}).get(letter.position, 0) - share.marks_before
        return max(letter.said, share.marks[marks - 1] if 0 < marks <= len(share.marks) else BEFORE)

    def _check_queue(
        self, found: Found, queue: int, appended: int, possible: int, certain: int
    ) -> None:
        """appended: what was appended before this event is there."""
        there = found.there[queue]
        for position, letter in self.letters.items():
            if queue not in letter.shares:
                continue
            settled = min(self._settled(letter, queue), possible)
            if letter.said < appended and settled >= possible and position not in there:
                raise Wrong(f"message {position} of queue {queue} is lost")
            if position in there and (letter.said >= possible or settled < certain):
                raise Wrong(f"message {position} is in queue {queue} again")
            if position in there:
                self._check_share(found, queue, letter, certain, possible)
        strangers = {
            each for each in there
            if each not in self.letters or queue not in self.letters[each].shares
        }  # fmt: skip
        if strangers:
            raise Wrong(f"queue {queue} has what it was never given: {strangers}")
        self._check_order(found, queue)

    def _settled(self, letter: Letter, queue: int) -> float:
        """When the queue wanted the message no more; whoever deletes a queue wants nothing in it,
        also when the end comes before the queue is gone."""
        share, life = letter.shares[queue], self.queues[queue]
        said = [event for event in (share.settled, life.deleted) if event is not None]
        return min(said, default=math.inf)

    def _check_share(
        self, found: Found, queue: int, letter: Letter, certain: int, possible: int
    ) -> None:
        share = letter.shares[queue]
        marks = found.deliveries.get(queue, {}).get(letter.position, 0)
        least = share.marks_before + sum(mark < certain for mark in share.marks)
        most = share.marks_before + sum(mark < possible for mark in share.marks)
        if not least <= marks <= most:
            raise Wrong(
                f"message {letter.position} of queue {queue} was delivered "
                f"{least} to {most} times, not {marks}"
            )

    def _check_order(self, found: Found, queue: int) -> None:
        for priority, positions in found.positions.get(queue, {}).items():
            if list(positions) != sorted(set(positions)):
                raise Wrong(f"queue {queue} is out of order: {positions}")
            for position in positions:
                if self.letters[position].priority != priority:
                    raise Wrong(f"message {position} has priority {priority} now")
        if strangers := found.deliveries.get(queue, {}).keys() - set(found.there[queue]):
            raise Wrong(f"queue {queue} counts deliveries of what it has not: {strangers}")

    def _check_contents(self, found: Found) -> None:
        wanted = {position for queue in found.queues for position in found.there[queue]}
        if wanted != found.contents.keys():
            raise Wrong(f"messages that could not be read: {wanted - found.contents.keys()}")
        for position, content in found.contents.items():
            letter = self.letters[position]
            if content != (letter.address, letter.content, letter.priority):
                raise Wrong(f"message {position} is another one")

    # A new life --------------------------------------------------------------------------------

    def reborn(self, found: Found) -> "Model":
        """What a broker that starts with this has to keep."""
        heir = Model()
        heir.queues = {number: QueueLife(BEFORE) for number in found.queues}
        heir.queue_number_max = found.first_queue_number - 1
        heir.position_max = found.first_position - 1
        for position in sorted(found.contents):
            old = self.letters[position]
            shares = {
                queue: Share(marks_before=found.deliveries.get(queue, {}).get(position, 0))
                for queue in old.shares
                if queue in found.queues and position in found.there[queue]
            }
            heir.letters[position] = Letter(
                position, old.priority, old.address, old.content, BEFORE, shares
            )
        return heir


@dataclass(frozen=True)
class Oracle:
    """What a start after some crash may find; see Model.check."""

    model: Model = field(default_factory=Model)
    certain: int = 0
    possible: int = 0

    def check(self, found: Found) -> None:
        self.model.check(found, self.certain, self.possible)

    def reborn(self, found: Found) -> Model:
        return self.model.reborn(found)
