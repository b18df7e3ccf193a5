"""Class queue (class 50)."""

from typing import ClassVar

from leveret.wire.domains import NO_FIELDS, Bit, FieldTable, Long, Method, Short, ShortStr


class QueueDeclare(Method):
    index: ClassVar[int] = 0x0032000A
    ticket: Short = 0
    queue: ShortStr = ""
    passive: Bit = False
    durable: Bit = False
    exclusive: Bit = False
    auto_delete: Bit = False
    nowait: Bit = False
    arguments: FieldTable = NO_FIELDS


class QueueDeclareOk(Method):
    index: ClassVar[int] = 0x0032000B
    queue: ShortStr = ""
    message_count: Long = 0
    consumer_count: Long = 0


class QueueBind(Method):
    index: ClassVar[int] = 0x00320014
    ticket: Short = 0
    queue: ShortStr = ""
    exchange: ShortStr = ""
    routing_key: ShortStr = ""
    nowait: Bit = False
    arguments: FieldTable = NO_FIELDS


class QueueBindOk(Method):
    index: ClassVar[int] = 0x00320015


class QueuePurge(Method):
    index: ClassVar[int] = 0x0032001E
    ticket: Short = 0
    queue: ShortStr = ""
    nowait: Bit = False


class QueuePurgeOk(Method):
    index: ClassVar[int] = 0x0032001F
    message_count: Long = 0


class QueueDelete(Method):
    index: ClassVar[int] = 0x00320028
    ticket: Short = 0
    queue: ShortStr = ""
    if_unused: Bit = False
    if_empty: Bit = False
    nowait: Bit = False


class QueueDeleteOk(Method):
    index: ClassVar[int] = 0x00320029
    message_count: Long = 0


class QueueUnbind(Method):
    index: ClassVar[int] = 0x00320032
    ticket: Short = 0
    queue: ShortStr = ""
    exchange: ShortStr = ""
    routing_key: ShortStr = ""
    arguments: FieldTable = NO_FIELDS


class QueueUnbindOk(Method):
    index: ClassVar[int] = 0x00320033
