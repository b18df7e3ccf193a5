"""Class access (class 30): a leftover of AMQP 0-8 that old clients still send."""

from typing import ClassVar

from leveret.wire.domains import Bit, Method, Short, ShortStr


class AccessRequest(Method):
    index: ClassVar[int] = 0x001E000A
    realm: ShortStr = ""
    exclusive: Bit = False
    passive: Bit = False
    active: Bit = False
    write: Bit = False
    read: Bit = False


class AccessRequestOk(Method):
    index: ClassVar[int] = 0x001E000B
    ticket: Short = 0
