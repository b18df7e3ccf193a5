"""One queue's messages, from the source to the target.

    source ──deliver──> out ──publish──> target
       ^                                    |
       └────────────── ack <──── confirm ───┘

Rule: `out` holds every message that is at the target perhaps and at the source surely.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from leveret.dial.connection import Connection, ServerClosedError, method_frame
from leveret.migrate.contents import CHANNEL, Content, Reader
from leveret.migrate.passage import Passage
from leveret.wire import methods

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.migrate.survey import Load

# Messages under way; as many may be twice when a journey is cut off.
WINDOW: Final = 500
# The source has nothing more to give when it has given nothing for so long.
QUIET_S: Final = 0.3
# A target that confirms nothing for so long is in trouble, or its publishers are held.
CONFIRM_S_MAX: Final = 60.0


class MoveFailed(Exception):
    """The queue's messages cannot be moved, or not all; the text says why."""


class Mover:
    """moved: called with how many messages more are at the target."""

    def __init__(
        self, source: Connection, target: Connection, load: Load, moved: Callable[[int], None]
    ) -> None:
        self._source = source
        self._target = target
        self._load = load
        self._moved = moved
        self._deliveries = Reader()
        self._answers = Reader()
        # Number of the publish -> delivery tag at the source, in order.
        self._out: dict[int, int] = {}
        self._published = 0
        self._to_skip = load.skipped
        self._to_come = load.messages - load.skipped if load.is_stream else None
        self._heard = 0.0
        self._is_asked = False
        self._is_empty = False

    def run(self) -> None:
        """Until the source has nothing more to give. Raises MoveFailed, DialError."""
        with Passage(self._target, self._load.queue) as passage:
            self._consume()
            self._heard = time.monotonic()
            received = self._source.take_received()
            while not self._is_done:
                self._forward(received, passage)
                self._settle()
                received = self._source.receive()

    @property
    def _is_done(self) -> bool:
        if self._out:
            return False
        return self._is_empty if self._to_come is None else self._to_come <= 0

    def _consume(self) -> None:
        call = self._source.call
        call(CHANNEL, methods.BasicQos(prefetch_count=WINDOW), methods.BasicQosOk)
        arguments = {"x-stream-offset": "first"} if self._load.is_stream else {}
        consume = methods.BasicConsume(queue=self._load.queue, arguments=arguments)
        call(CHANNEL, consume, methods.BasicConsumeOk)

    def _forward(self, received: bytes, passage: Passage) -> None:
        """Publish what was delivered."""
        sending: list[bytes] = []
        skipped: list[int] = []
        for each in self._deliveries.feed(received):
            if not isinstance(each, Content):
                self._hear_source(each)
                continue
            assert isinstance(each.method, methods.BasicDeliver)
            self._is_asked = self._is_empty = False
            if self._to_skip:
                self._to_skip -= 1
                skipped.append(each.method.delivery_tag)
                continue
            self._published += 1
            self._out[self._published] = each.method.delivery_tag
            content = each.without_offset() if self._load.is_stream else each
            sending.append(passage.publish(content, each.method.routing_key))
        if sending or skipped:
            self._heard = time.monotonic()
            self._target.send(b"".join(sending))
            self._acknowledge(skipped)
        else:
            self._look_around()

    def _look_around(self) -> None:
        """Nothing came: is the queue empty, or somebody stuck?"""
        quiet_s = time.monotonic() - self._heard
        if self._out:
            if quiet_s > CONFIRM_S_MAX:
                raise MoveFailed(f"the target has confirmed nothing for {CONFIRM_S_MAX:.0f} s")
        elif quiet_s > QUIET_S and not self._is_asked and self._to_come is None:
            self._is_asked = True
            passive = methods.QueueDeclare(queue=self._load.queue, passive=True)
            self._source.send(method_frame(CHANNEL, passive))

    def _hear_source(self, method: methods.Method) -> None:
        match method:
            case methods.QueueDeclareOk():
                self._is_asked = False
                self._is_empty = not method.message_count
                self._heard = time.monotonic()
            case methods.BasicCancel():
                raise MoveFailed("the queue was deleted at the source")
            case _:
                _refuse_close(method)

    def _settle(self) -> None:
        """Acknowledge what the target has confirmed meanwhile."""
        received = self._target.take_received()
        received += self._target.receive_confirms(wait=bool(self._out))
        confirmed: list[int] = []
        for each in self._answers.feed(received):
            confirmed += self._hear_target(each)
        if confirmed:
            self._heard = time.monotonic()
            self._acknowledge(confirmed)
            self._moved(len(confirmed))
            if self._to_come is not None:
                self._to_come -= len(confirmed)

    def _hear_target(self, answer: methods.Method | Content) -> list[int]:
        """The source's tags that are confirmed."""
        match answer:
            case methods.BasicAck():
                return self._take(answer.delivery_tag, multiple=answer.multiple)
            case methods.BasicNack():
                raise MoveFailed("the target's queue refuses messages: it is full (max-length?)")
            case Content():
                raise MoveFailed("the target has no such queue any more")
            case _:
                _refuse_close(answer)
                return []

    def _take(self, number: int, *, multiple: bool) -> list[int]:
        if not multiple:
            return [self._out.pop(number)]
        numbers = [each for each in self._out if each <= number]
        return [self._out.pop(each) for each in numbers]

    def _acknowledge(self, tags: list[int]) -> None:
        acks = [method_frame(CHANNEL, methods.BasicAck(delivery_tag=tag)) for tag in tags]
        self._source.send(b"".join(acks))


def _refuse_close(method: methods.Method) -> None:
    """Raises what a broker closes a channel or a connection with."""
    if isinstance(method, methods.ChannelClose | methods.ConnectionClose):
        raise ServerClosedError(method.reply_text)
