"""Publisher confirms (RabbitMQ's class confirm): one number per publish, answered in bulk.

A channel counts what it has published. When the received chunk is dealt with, all of it is
confirmed by one basic.ack, unless some of it is on its way to the disk: then the count is held
under the batch that takes it there, and confirmed when that batch is durable.

Rule: a channel's confirms go out in the order of publishing; behind one that is held all wait. A
message that a queue refused is answered by basic.nack at once, ahead of those before it, as
RabbitMQ does: an ack of several then passes over it. One that went to other nodes is safe when they
have said so (`expect`); those behind it wait too, those of other channels do not.
"""

from __future__ import annotations

import struct
from collections import deque
from typing import TYPE_CHECKING, Final

from leveret.wire import frames, methods

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.ports import Durability

    Action = Callable[[], None]

# A whole basic.ack or basic.nack frame: kind, channel, size, index, delivery tag, flags, end.
_ANSWER: Final = struct.Struct(">BHIIQBB")
_PAYLOAD_OCTETS: Final = 13


class Confirms:
    """The confirms of one channel.

    due: messages published since the last look, neither confirmed nor held.
    held: messages that wait for the disk, or for others that do.
    refused_count: messages refused so far.
    batch: the last batch any of them is held under.
    is_answering: `take_answered` is about to be asked.
    """

    __slots__ = (
        "_confirmed",
        "_expected",
        "_nacked",
        "_number",
        "_refused",
        "_safe",
        "batch",
        "due",
        "held",
        "is_answering",
        "refused_count",
    )

    def __init__(self, number: int) -> None:
        self.due = 0
        self.held = 0
        self.batch = 0
        self.is_answering = False
        self._number = number
        # The last that is safe on this node with all before it; the last that is confirmed.
        self._safe = 0
        self._confirmed = 0
        self.refused_count = 0
        # The numbers of messages refused here, as far as they are behind what is safe.
        self._refused: deque[int] = deque()
        # Of all refused, as far as they are behind what is confirmed.
        self._nacked: set[int] = set()
        # How many other nodes have yet to answer for a message, by its number; they rise.
        self._expected: dict[int, int] = {}

    def take_nack(self) -> bytes:
        """The frame that refuses the message at hand, which is about to be counted as due.

        What came before it is confirmed or held.
        """
        assert not self.due
        self.due = -1
        number = self._safe + self.held + len(self._refused) + 1
        self._refused.append(number)
        self._nacked.add(number)
        self.refused_count += 1
        return self._answer(methods.BasicNack.index, number, is_multiple=False)

    def expect(self, count: int) -> int:
        """The message at hand, which is about to be counted as due, is on its way to so many
        queues of other nodes; its number."""
        number = self.received + 1
        self._expected[number] = count
        return number

    def answered(self, number: int, *, is_taken: bool) -> bytes:
        """One of those nodes has it safe, or will not have it: the frame that refuses it, if so.

        What is confirmed by it `take_answered` says, for many at once.
        """
        left = self._expected.get(number)
        if left is None:
            # Refused already by another, or the channel is gone.
            return b""
        if is_taken and left > 1:
            self._expected[number] = left - 1
            return b""
        del self._expected[number]
        if is_taken:
            return b""
        self.refused_count += 1
        self._nacked.add(number)
        return self._answer(methods.BasicNack.index, number, is_multiple=False)

    def take_answered(self) -> bytes:
        """The frame that confirms what other nodes have answered for; none while more of them are
        awaited."""
        self.is_answering = False
        return self._advance()

    def forget(self) -> None:
        """The channel is gone: nothing more is answered."""
        self._expected.clear()
        self._safe = self._confirmed

    @property
    def confirmed(self) -> int:
        """How many messages were confirmed, none of them refused."""
        return self._confirmed + len(self._nacked) - self.refused_count

    @property
    def received(self) -> int:
        """How many messages have come since confirms were asked for."""
        return self._safe + len(self._refused) + self.held + self.due

    def take_ack(self) -> bytes:
        """The frame that confirms all that is due; none while other nodes are awaited."""
        assert not self.held
        due, self.due = self.due, 0
        return self._ack(due)

    def hold(self, batch: int) -> int:
        """Hold what is due under a batch; how many that is."""
        due, self.due = self.due, 0
        self.held += due
        self.batch = batch
        return due

    def take_held_nacks(self, count: int) -> bytes:
        """The frames that refuse so many of those held, one by one, as others before them may be
        awaited yet; and the one that confirms what stood before them and is safe."""
        self.held -= count
        answers: list[bytes] = []
        for _ in range(count):
            number = self._after_safe()
            self._expected.pop(number, None)
            if number not in self._nacked:
                self._nacked.add(number)
                self.refused_count += 1
                answers.append(self._answer(methods.BasicNack.index, number, is_multiple=False))
        return b"".join([*answers, self._advance()])

    def _after_safe(self) -> int:
        """The next number that nobody has refused here is done with."""
        self._safe += 1
        while self._refused and self._refused[0] == self._safe:
            self._refused.popleft()
            self._safe += 1
        return self._safe

    def take_held_ack(self, count: int) -> bytes:
        """The frame that confirms so many of those held; none while other nodes are awaited."""
        self.held -= count
        return self._ack(count)

    def _ack(self, count: int) -> bytes:
        number = self._safe + count
        while self._refused and self._refused[0] <= number:
            self._refused.popleft()
            number += 1
        self._safe = number
        return self._advance()

    def _advance(self) -> bytes:
        """Confirm all that is safe everywhere, but what was refused."""
        end, first = self._safe, self._confirmed + 1
        if self._expected:
            end = min(end, next(iter(self._expected)) - 1)
        if end < first:
            return b""
        passed = {number for number in self._nacked if number <= end} if self._nacked else ()
        self._nacked.difference_update(passed)
        self._confirmed = end
        count = end - first + 1 - len(passed)
        if not count:
            return b""
        while end in passed:
            end -= 1
        return self._answer(methods.BasicAck.index, end, is_multiple=count > 1)

    def _answer(self, index: int, number: int, *, is_multiple: bool) -> bytes:
        return _ANSWER.pack(
            frames.METHOD,
            self._number,
            _PAYLOAD_OCTETS,
            index,
            number,
            is_multiple,
            frames.FRAME_END,
        )


class HeldConfirms:
    """The confirms of one session that wait for the disk, by batch.

    The engine is asked once for each batch, whatever the number of channels and messages. Where
    queues lie in several places, a later batch may be durable first: it waits for those before it.
    What was lost with such a place is refused.

    when_kept: see Confirming in broker/ports.py; an engine of one place loses nothing.
    """

    def __init__(
        self,
        durability: Durability,
        write: Callable[[bytes], None],
        when_kept: Callable[[Action, Action], None] | None = None,
    ) -> None:
        self._durability = durability
        self._write = write
        self._when_kept = when_kept or (lambda kept, _lost: durability.when_durable(kept))
        # In the order of publishing.
        self._batches: dict[int, dict[Confirms, int]] = {}
        # Those of them that wait for one before them alone: True where they were lost.
        self._durable: dict[int, bool] = {}

    def hold(self, confirms: Confirms, *, has_appended: bool) -> None:
        """What is due waits: with what was just appended, or else behind what was before."""
        batch = self._durability.batch if has_appended else confirms.batch
        assert not (has_appended and batch in self._durable), "appended to a batch that is safe"
        counts = self._batches.get(batch)
        if counts is not None:
            counts[confirms] = counts.get(confirms, 0) + confirms.hold(batch)
            return
        self._batches[batch] = {confirms: confirms.hold(batch)}
        self._when_kept(
            lambda: self._ended(batch, is_lost=False), lambda: self._ended(batch, is_lost=True)
        )

    def drop(self, confirms: Confirms) -> None:
        """The channel is gone: what was not safe when it went is not confirmed."""
        confirms.forget()
        for counts in self._batches.values():
            counts.pop(confirms, None)

    def _ended(self, batch: int, *, is_lost: bool) -> None:
        self._durable[batch] = is_lost
        while self._durable and (oldest := next(iter(self._batches))) in self._durable:
            self._release(oldest, is_lost=self._durable.pop(oldest))

    def _release(self, batch: int, *, is_lost: bool) -> None:
        for confirms, count in self._batches.pop(batch).items():
            take = confirms.take_held_nacks if is_lost else confirms.take_held_ack
            if answer := take(count):
                self._write(answer)
