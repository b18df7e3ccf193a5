"""What clients know for certain, counted by themselves: what a broker that crashes is held to.

Everything is named by a line (a publisher's messages in a queue) and a number that rises in it.
Lives are counted from 1; a message that was fenced in one life must not be seen in a later one.
"""

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class Entry:
    """One message in one queue."""

    queue: str
    publisher: str
    number: int


@dataclass
class Ledger:
    """confirmed: the broker has taken them. seen: delivered at least once.

    fenced: acked, and the broker has confirmed something that was said later on the channel.
    marked: delivered, and likewise. Both with the life in which that was.
    declared, deleted: queues that were, in the last life, as the broker has answered.
    wrong: what must not have happened.
    """

    life: int = 0
    confirmed: set[Entry] = field(default_factory=set)
    seen: dict[Entry, int] = field(default_factory=lambda: defaultdict(int))
    fenced: dict[Entry, int] = field(default_factory=dict)
    marked: dict[Entry, int] = field(default_factory=dict)
    declared: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    deleted_count: int = 0
    wrong: list[str] = field(default_factory=list)
    redelivered_count: int = 0
    _last: dict[tuple[str, str], int] = field(default_factory=dict)

    def begin_life(self) -> None:
        self.life += 1
        self._last.clear()
        self.declared.clear()
        self.deleted_count += len(self.deleted)
        self.deleted.clear()

    def confirm(self, entries: list[Entry]) -> None:
        self.confirmed.update(entries)

    def deliver(self, entry: Entry, *, is_redelivered: bool) -> None:
        """A queue with one consumer that nacks nothing delivers each line in order."""
        line = entry.queue, entry.publisher
        if entry.number <= self._last.get(line, 0):
            self.complain(f"{entry} came behind {self._last[line]}")
        self._last[line] = entry.number
        if entry in self.fenced:
            self.complain(f"{entry} came back; it was settled in life {self.fenced[entry]}")
        if entry in self.marked and not is_redelivered:
            self.complain(f"{entry} is no redelivery; it came in life {self.marked[entry]}")
        self.redelivered_count += is_redelivered
        self.seen[entry] += 1

    def fence(self, delivered: list[Entry], acked: list[Entry]) -> None:
        self.marked.update(dict.fromkeys(delivered, self.life))
        self.fenced.update(dict.fromkeys(acked, self.life))

    def check_end(self) -> None:
        """Everything was drained: what was confirmed has been seen."""
        lost = sorted(self.confirmed - self.seen.keys())
        if lost:
            self.complain(f"{len(lost)} confirmed messages are lost: {lost[:10]}")

    def complain(self, what: str) -> None:
        self.wrong.append(f"life {self.life}: {what}")

    def __str__(self) -> str:
        return (
            f"{self.life} lives, {len(self.confirmed)} confirmed, {len(self.seen)} seen, "
            f"{self.redelivered_count} redeliveries, {len(self.fenced)} settled for certain, "
            f"{self.deleted_count} queues deleted, "
            f"{len(self.wrong)} wrong"
        )
