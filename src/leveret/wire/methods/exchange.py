"""Class exchange (class 40), with RabbitMQ's bind and unbind."""

from typing import ClassVar

from leveret.wire.domains import NO_FIELDS, Bit, FieldTable, Method, Short, ShortStr


class ExchangeDeclare(Method):
    index: ClassVar[int] = 0x0028000A
    ticket: Short = 0
    exchange: ShortStr = ""
    exchange_type: ShortStr = ""
    passive: Bit = False
    durable: Bit = False
    auto_delete: Bit = False
    internal: Bit = False
    nowait: Bit = False
    arguments: FieldTable = NO_FIELDS


class ExchangeDeclareOk(Method):
    index: ClassVar[int] = 0x0028000B


class ExchangeDelete(Method):
    index: ClassVar[int] = 0x00280014
    ticket: Short = 0
    exchange: ShortStr = ""
    if_unused: Bit = False
    nowait: Bit = False


class ExchangeDeleteOk(Method):
    index: ClassVar[int] = 0x00280015


class ExchangeBind(Method):
    index: ClassVar[int] = 0x0028001E
    ticket: Short = 0
    destination: ShortStr = ""
    source: ShortStr = ""
    routing_key: ShortStr = ""
    nowait: Bit = False
    arguments: FieldTable = NO_FIELDS


class ExchangeBindOk(Method):
    index: ClassVar[int] = 0x0028001F


class ExchangeUnbind(Method):
    index: ClassVar[int] = 0x00280028
    ticket: Short = 0
    destination: ShortStr = ""
    source: ShortStr = ""
    routing_key: ShortStr = ""
    nowait: Bit = False
    arguments: FieldTable = NO_FIELDS


class ExchangeUnbindOk(Method):
    index: ClassVar[int] = 0x00280033
