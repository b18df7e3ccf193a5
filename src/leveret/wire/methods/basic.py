"""Class basic (class 60), with RabbitMQ's nack."""

from typing import ClassVar

from leveret.wire.domains import NO_FIELDS, Bit, FieldTable, Long, LongLong, Method, Short, ShortStr


class BasicQos(Method):
    index: ClassVar[int] = 0x003C000A
    prefetch_size: Long = 0
    prefetch_count: Short = 0
    global_: Bit = False


class BasicQosOk(Method):
    index: ClassVar[int] = 0x003C000B


class BasicConsume(Method):
    index: ClassVar[int] = 0x003C0014
    ticket: Short = 0
    queue: ShortStr = ""
    consumer_tag: ShortStr = ""
    no_local: Bit = False
    no_ack: Bit = False
    exclusive: Bit = False
    nowait: Bit = False
    arguments: FieldTable = NO_FIELDS


class BasicConsumeOk(Method):
    index: ClassVar[int] = 0x003C0015
    consumer_tag: ShortStr = ""


class BasicCancel(Method):
    index: ClassVar[int] = 0x003C001E
    consumer_tag: ShortStr = ""
    nowait: Bit = False


class BasicCancelOk(Method):
    index: ClassVar[int] = 0x003C001F
    consumer_tag: ShortStr = ""


class BasicPublish(Method):
    index: ClassVar[int] = 0x003C0028
    ticket: Short = 0
    exchange: ShortStr = ""
    routing_key: ShortStr = ""
    mandatory: Bit = False
    immediate: Bit = False


class BasicReturn(Method):
    index: ClassVar[int] = 0x003C0032
    reply_code: Short = 0
    reply_text: ShortStr = ""
    exchange: ShortStr = ""
    routing_key: ShortStr = ""


class BasicDeliver(Method):
    index: ClassVar[int] = 0x003C003C
    consumer_tag: ShortStr = ""
    delivery_tag: LongLong = 0
    redelivered: Bit = False
    exchange: ShortStr = ""
    routing_key: ShortStr = ""


class BasicGet(Method):
    index: ClassVar[int] = 0x003C0046
    ticket: Short = 0
    queue: ShortStr = ""
    no_ack: Bit = False


class BasicGetOk(Method):
    index: ClassVar[int] = 0x003C0047
    delivery_tag: LongLong = 0
    redelivered: Bit = False
    exchange: ShortStr = ""
    routing_key: ShortStr = ""
    message_count: Long = 0


class BasicGetEmpty(Method):
    index: ClassVar[int] = 0x003C0048
    cluster_id: ShortStr = ""


class BasicAck(Method):
    index: ClassVar[int] = 0x003C0050
    delivery_tag: LongLong = 0
    multiple: Bit = False


class BasicReject(Method):
    index: ClassVar[int] = 0x003C005A
    delivery_tag: LongLong = 0
    requeue: Bit = False


class BasicRecoverAsync(Method):
    index: ClassVar[int] = 0x003C0064
    requeue: Bit = False


class BasicRecover(Method):
    index: ClassVar[int] = 0x003C006E
    requeue: Bit = False


class BasicRecoverOk(Method):
    index: ClassVar[int] = 0x003C006F


class BasicNack(Method):
    index: ClassVar[int] = 0x003C0078
    delivery_tag: LongLong = 0
    multiple: Bit = False
    requeue: Bit = False
