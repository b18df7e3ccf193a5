"""Class queue (class 50)."""

from dataclasses import dataclass, field
from typing import ClassVar

from leveret.wire.domains import Bit, FieldTable, Long, Method, Short, ShortStr


@dataclass(frozen=True)
class QueueDeclare(Method):
    index: ClassVar[int] = 0x0032000A
    ticket: Short = 0
    queue: ShortStr = ""
    passive: Bit = False
    durable: Bit = False
    exclusive: Bit = False
    auto_delete: Bit = False
    nowait: Bit = False
    arguments: FieldTable = field(default_factory=dict)


@dataclass(frozen=True)
class QueueDeclareOk(Method):
    index: ClassVar[int] = 0x0032000B
    queue: ShortStr = ""
    message_count: Long = 0
    consumer_count: Long = 0


@dataclass(frozen=True)
class QueueBind(Method):
    index: ClassVar[int] = 0x00320014
    ticket: Short = 0
    queue: ShortStr = ""
    exchange: ShortStr = ""
    routing_key: ShortStr = ""
    nowait: Bit = False
    arguments: FieldTable = field(default_factory=dict)


@dataclass(frozen=True)
class QueueBindOk(Method):
    index: ClassVar[int] = 0x00320015


@dataclass(frozen=True)
class QueuePurge(Method):
    index: ClassVar[int] = 0x0032001E
    ticket: Short = 0
    queue: ShortStr = ""
    nowait: Bit = False


@dataclass(frozen=True)
class QueuePurgeOk(Method):
    index: ClassVar[int] = 0x0032001F
    message_count: Long = 0


@dataclass(frozen=True)
class QueueDelete(Method):
    index: ClassVar[int] = 0x00320028
    ticket: Short = 0
    queue: ShortStr = ""
    if_unused: Bit = False
    if_empty: Bit = False
    nowait: Bit = False


@dataclass(frozen=True)
class QueueDeleteOk(Method):
    index: ClassVar[int] = 0x00320029
    message_count: Long = 0


@dataclass(frozen=True)
class QueueUnbind(Method):
    index: ClassVar[int] = 0x00320032
    ticket: Short = 0
    queue: ShortStr = ""
    exchange: ShortStr = ""
    routing_key: ShortStr = ""
    arguments: FieldTable = field(default_factory=dict)


@dataclass(frozen=True)
class QueueUnbindOk(Method):
    index: ClassVar[int] = 0x00320033
