"""A stream's entries in order, fetched by a consumer that lives as long as it is read.

A consumer reads from the copy of the node it lies on, which may lag behind or stand still; so it
must show signs of life, and what it has not yet is waited for. It counts what it sends, and when
one is missing on the way, or nothing is heard, another is made behind what has been read.

Rule: entries come in order, each once, none missing but what was purged.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Final

from leveret.cluster.nats.client import Unanswered
from leveret.cluster.nats.connection import ApiError
from leveret.cluster.nats.patience import AGAIN_S

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from leveret.cluster.nats.client import Client
    from leveret.cluster.nats.frames import Message
    from leveret.cluster.nats.stream import Stream

# One pull: at most 32 MiB of entries on their way.
PULL_ENTRIES: Final = 64
PULL_S: Final = 30.0
HEARTBEAT_S: Final = 0.5
SILENT_S: Final = 1.5
# A consumer that nobody pulls from is gone after so long.
INACTIVE_S: Final = 10.0

_NS: Final = 1_000_000_000

QUESTION: Final = json.dumps(
    {
        "batch": PULL_ENTRIES,
        "expires": int(PULL_S * _NS),
        "idle_heartbeat": int(HEARTBEAT_S * _NS),
    }
).encode()
HEARTBEAT: Final = 100
TIMED_OUT: Final = 408


class Broken(Exception):
    """This consumer says no more; another may."""


async def entries_from(stream: Stream, first: int) -> AsyncGenerator[tuple[int, bytes], None]:
    """Number and octets of each, without end. Raises NoSuchLog once the stream was deleted."""
    wanted = first
    while True:
        with contextlib.suppress(Broken, Unanswered, ApiError):
            async with contextlib.aclosing(_from_one_consumer(stream, wanted)) as entries:
                async for number, octets in entries:
                    yield number, octets
                    wanted = number + 1
        await asyncio.sleep(AGAIN_S)


async def _from_one_consumer(stream: Stream, first: int) -> AsyncGenerator[tuple[int, bytes], None]:
    """Until it breaks."""
    consumer = await _made(stream, first)
    pull = Pull(stream.client, f"{stream.id}.{consumer}")
    try:
        count = 0
        while True:
            message = await pull.next()
            stream.check_birth(message.subject)
            number, counted = _numbers(message)
            count += 1
            if counted != count:
                raise Broken
            yield number, message.octets
    finally:
        pull.end()


class Pull:
    """What is asked of a consumer, and comes from it. path: of stream and consumer."""

    def __init__(self, client: Client, path: str) -> None:
        self._client = client
        self._path = path
        self._inbox = client.new_inbox()
        self._come: asyncio.Queue[Message] = asyncio.Queue()
        self._sid = client.subscribe(self._inbox, self._come.put_nowait)
        # How many entries it may still send for what was asked last.
        self._left = 0

    async def next(self) -> Message:
        """The next message with an entry. Raises Broken."""
        while True:
            if self._left == 0:
                self._ask()
            try:
                async with asyncio.timeout(SILENT_S):
                    message = await self._come.get()
            except TimeoutError:
                raise Broken from None
            if not message.status:
                self._left -= 1
                return message
            if message.status == TIMED_OUT:
                self._left = 0
            elif message.status != HEARTBEAT:
                raise Broken

    def _ask(self) -> None:
        try:
            self._client.publish(f"$JS.API.CONSUMER.MSG.NEXT.{self._path}", QUESTION, self._inbox)
        except Unanswered:
            raise Broken from None
        self._left = PULL_ENTRIES

    def end(self) -> None:
        """The consumer too; were it not told, it would go by itself."""
        self._client.unsubscribe(self._sid)
        with contextlib.suppress(Unanswered):
            self._client.publish(f"$JS.API.CONSUMER.DELETE.{self._path}")


def _numbers(message: Message) -> tuple[int, int]:
    """Of the entry in the stream, and of the message among the consumer's.

    $JS.ACK.stream.consumer.delivered.STREAM.CONSUMER.time.pending, newer servers: domain and
    account before the stream's name, one word more behind.
    """
    words = message.reply.split(".")
    at = 5 if len(words) == 9 else 7
    return int(words[at]), int(words[at + 1])


async def _made(stream: Stream, first: int) -> str:
    """The name of a new consumer."""
    told = await stream.ask(
        "CONSUMER.CREATE",
        {
            "stream_name": stream.id,
            "config": {
                "deliver_policy": "by_start_sequence",
                "opt_start_seq": max(first, 1),
                "ack_policy": "none",
                "replay_policy": "instant",
                "mem_storage": True,
                "num_replicas": 1,
                "inactive_threshold": int(INACTIVE_S * _NS),
            },
        },
    )
    name: str = told["name"]
    return name
