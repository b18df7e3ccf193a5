"""Getting messages without a channel: taken from the queue, shown, and then let go of or put back.

Rule: what was taken is settled or back in the queue before the answer, whatever happens meanwhile:
nobody keeps a message that he has only looked at.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from leveret.broker.firehose import Client
from leveret.broker.queues.distant import DistantQueue
from leveret.broker.tallies import Deliveries, Held
from leveret.management.publishing import CONNECTION
from leveret.messages.telling import message_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leveret.broker.access import Access
    from leveret.broker.message import Message
    from leveret.broker.queues.kinds import AnyQueue

# An answer is made in memory, in one piece: messages beyond this wait for the next one.
ANSWER_OCTETS_MAX: Final = 16 * 2**20
# What each message adds to it besides its body, about.
_MESSAGE_OCTETS: Final = 300
# So many are taken in one turn of the loop.
_TURN_COUNT: Final = 200


@dataclass(frozen=True, slots=True)
class Taken:
    """A message as it was taken. remaining: how many were left."""

    message: Message
    redelivered: bool
    remaining: int


Settling = Callable[["AnyQueue", "list[Message]"], None]


def _acknowledge(queue: AnyQueue, messages: list[Message]) -> None:
    for message in messages:
        if message.is_stored:
            queue.settle(message)


def _requeue(queue: AnyQueue, messages: list[Message]) -> None:
    queue.requeue(messages)


def _reject(queue: AnyQueue, messages: list[Message]) -> None:
    queue.reject(messages)


# What becomes of messages once they were shown. Those put back count as delivered.
ACK_MODES: Final[Mapping[str, Settling]] = {
    "ack_requeue_true": _requeue,
    "reject_requeue_true": _requeue,
    "ack_requeue_false": _acknowledge,
    "reject_requeue_false": _reject,
}


async def get(access: Access, name: str, count: int, ack_mode: str) -> list[Taken]:
    """The oldest messages of the queue, `count` at most, all for a negative one. Raises Refused."""
    settle, queue = ACK_MODES[ack_mode], access.readable_queue(name)
    if isinstance(queue, DistantQueue):
        # One whose home lives would have been asked there.
        raise queue.absence()
    getter = _Getter(access, queue, no_ack=settle is _acknowledge)
    try:
        await getter.take(count)
    except BaseException:
        settle = _requeue
        raise
    finally:
        getter.end(settle)
    return getter.taken


class _Getter:
    """Somebody who gets from a queue, once; a Taker to what is counted (broker/tallies.py)."""

    def __init__(self, access: Access, queue: AnyQueue, *, no_ack: bool) -> None:
        self.taken: list[Taken] = []
        self._access = access
        self._queue = queue
        self._no_ack = no_ack
        self._deliveries = Deliveries()
        queue.tally.begin(self, self._deliveries)

    async def take(self, count: int) -> None:
        octets = 0
        while len(self.taken) != count and octets < ANSWER_OCTETS_MAX:
            found = self._queue.get()
            if found is None:
                if not self._queue.is_loading:
                    break
                await _wait_loaded(self._queue)
                continue
            self._got(*found)
            octets += found[0].body_bytes + _MESSAGE_OCTETS
            if not len(self.taken) % _TURN_COUNT:
                await asyncio.sleep(0)
        self._deliveries.get_empty += bool(count and not self.taken)

    def _got(self, message: Message, redelivered: bool) -> None:
        """As when a client gets it: the store hears of it, and the firehose."""
        queue = self._queue
        self.taken.append(Taken(message, redelivered, queue.ready.count))
        self._deliveries.count_get(no_ack=self._no_ack, redelivered=redelivered)
        if message.is_stored:
            queue.mark_delivered(message)
        firehose = self._access.vhost.firehose
        if firehose is not None:
            client = Client(CONNECTION, 0, self._access.user.name)
            firehose.delivered(client, message, queue.name, redelivered=redelivered)

    def end(self, settle: Settling) -> None:
        """Nothing that was taken is out any more."""
        queue, deliveries = self._queue, self._deliveries
        deliveries.returned += deliveries.get
        queue.tally.end(self)
        self._access.vhost.tally.delivered(queue.type, deliveries)
        settle(queue, [each.message for each in self.taken])

    def forget_queue(self, queue: AnyQueue) -> None:
        """It is deleted; what was taken is settled as always."""

    def out_of(self, _queue: AnyQueue) -> Iterator[Message]:
        return (each.message for each in self.taken)

    all_out_of = out_of

    def held(self, queue: AnyQueue) -> Iterator[Held]:
        """Somebody of the management API, for a moment."""
        user = self._access.user.name
        return (Held(each, CONNECTION, user=user) for each in self.out_of(queue))


async def _wait_loaded(queue: AnyQueue) -> None:
    """Until what comes first has been read from the disk, or is gone."""
    loaded = asyncio.Event()
    queue.when_loaded(loaded.set)
    await loaded.wait()


# To JSON ----------------------------------------------------------------------------------------


def shown(taken: Taken, encoding: str, octets_max: int | None) -> dict[str, Any]:
    """The message, its payload cut off at `octets_max`."""
    told = message_told(taken.message, encoding, octets_max)
    return {**told, "redelivered": taken.redelivered, "message_count": taken.remaining}
