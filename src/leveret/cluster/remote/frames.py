"""What nodes say to each other about queues: one class each, its octets are MessagePack.

    asked    from a node that uses a queue to the queue's home
    told     from the home back

Rule: names of things are given by whoever begins them, and never twice while a link is up: the
user names tickets, questions and consumers, the home deliveries. Messages of one turn to one queue,
or to one consumer, share a frame.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from leveret.broker.message import Message, Traits

if TYPE_CHECKING:
    from collections.abc import Callable


# The fields of Traits, in their order.
CarriedTraits: TypeAlias = tuple[int | None, int, bool, tuple[str, ...]]


class Carried(msgspec.Struct, array_like=True, gc=False):
    """A message on its way between nodes."""

    address: bytes
    content: bytes
    channel: int
    traits: CarriedTraits | None


def carry(message: Message) -> Carried:
    told = None
    if (traits := message.traits) is not None:
        told = traits.ttl_ms, traits.priority, traits.is_persistent, traits.blind_copies
    return Carried(message.address, message.content, message.channel, told)


def unpack(carried: Carried, position: int) -> Message:
    """The message, at a place in this node's order."""
    traits = carried.traits
    return Message(
        carried.address,
        carried.content,
        carried.channel,
        position,
        None if traits is None else _traits(*traits),
    )


# Of a few kinds of messages, whose traits are shared; a TTL of its own for each is no harm.
_traits: Final = lru_cache(maxsize=256)(Traits)


class Frame(msgspec.Struct, array_like=True):
    """One thing said."""


# Asked ---------------------------------------------------------------------------------------


class Publish(Frame, tag=1):
    """Take these. ticket: what the first is answered by; the others by those that follow it.

    firsts: the tickets that they were said with at first; none: these are the first."""

    ticket: int
    vhost: str
    queue: str
    messages: list[Carried]
    firsts: tuple[int, ...] = ()


class Settle(Frame, tag=2):
    """These deliveries are done with."""

    deliveries: tuple[int, ...]


class Requeue(Frame, tag=3):
    """These go back to their places, as delivered once more."""

    deliveries: tuple[int, ...]


class Reject(Frame, tag=4):
    """These are not wanted."""

    deliveries: tuple[int, ...]


class HandBack(Frame, tag=5):
    """These have reached no client."""

    deliveries: tuple[int, ...]


class Ask(Frame, tag=6):
    """queue.declare, passive: how many wait and consume."""

    question: int
    vhost: str
    queue: str


class Get(Frame, tag=7):
    question: int
    vhost: str
    queue: str


class Purge(Frame, tag=8):
    question: int
    vhost: str
    queue: str


class Delete(Frame, tag=9):
    question: int
    vhost: str
    queue: str
    if_unused: bool
    if_empty: bool


class Subscribe(Frame, tag=10):
    """A new consumer; it has no credit. arguments: a field table's octets.

    prefetch_count, is_limited: what a stream wants to know. reached: the offset at which a reader
    goes on; None: as his arguments say.
    """

    question: int
    vhost: str
    queue: str
    consumer: int
    no_ack: bool
    exclusive: bool
    priority: int
    prefetch_count: int
    is_limited: bool
    arguments: bytes
    reached: int | None = None


class Credit(Frame, tag=11):
    """Deliveries up to this one, counted from the consumer's first, may be sent. handed: so many
    have gone on to the client, or back."""

    consumer: int
    up_to: int
    handed: int


class Unsubscribe(Frame, tag=12):
    """The consumer has ended."""

    consumer: int


class Part(Frame, tag=13):
    """The peer asks another node of the queue from now on, and wants nothing more of what it has
    asked here: answer when all is said of it that will be."""

    question: int
    vhost: str
    queue: str


class Knows(Frame, tag=14):
    """The peer knows the metadata up to this ordinal, in what it says from now on."""

    ordinal: int


Asked: TypeAlias = (
    Publish | Settle | Requeue | Reject | HandBack | Ask | Get | Purge | Delete | Subscribe
    | Credit | Unsubscribe | Part | Knows
)  # fmt: skip


# Told ----------------------------------------------------------------------------------------


class Taken(Frame, tag=1):
    """These are safe here, as far as they have to be."""

    tickets: tuple[int, ...]


class Refused(Frame, tag=2):
    """The queue has no place for it, or is not there any more."""

    ticket: int


class Counted(Frame, tag=3):
    """Of Ask; of Purge and Delete how many messages went."""

    question: int
    messages: int
    consumers: int


class Found(Frame, tag=4):
    """Of Get."""

    question: int
    delivery: int
    redelivered: bool
    left: int
    message: Carried


class Nothing(Frame, tag=5):
    """Of Get: nothing waits; of Subscribe and Part: done."""

    question: int


class Declined(Frame, tag=6):
    """Of any question: a refusal, by AMQP's code and text."""

    question: int
    code: int
    text: str


class Delivered(Frame, tag=7):
    """deliveries: the messages', one by one."""

    consumer: int
    redelivered: bool
    deliveries: list[int]
    messages: list[Carried]


class Ended(Frame, tag=8):
    """The consumer's queue is gone."""

    consumer: int


class Begun(Frame, tag=10):
    """Of Subscribe to a stream: the reader is there, and begins at that offset; None: where his
    arguments lead is seen when he gets there."""

    question: int
    reached: int | None


class Opened(Frame, tag=9):
    """The home's desk is there: its link may be up before and after. is_answer: to the same.

    run: another number each time that the node begins to give tickets anew."""

    is_answer: bool
    run: int


Answer: TypeAlias = Counted | Found | Nothing | Begun | Declined
Told: TypeAlias = (
    Taken | Refused | Counted | Found | Nothing | Begun | Declined | Delivered
    | Ended
)  # fmt: skip

# What is said in one turn goes together.
encode: Final[Callable[[list[Frame]], bytes]] = msgspec.msgpack.Encoder().encode
read_asked: Final[Callable[[bytes], list[Asked]]] = msgspec.msgpack.Decoder(list[Asked]).decode
read_told: Final[Callable[[bytes], list[Told | Opened]]] = msgspec.msgpack.Decoder(
    list[Told | Opened]
).decode
# What both raise.
Unreadable: Final = msgspec.DecodeError
