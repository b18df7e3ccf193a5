"""Class channel (class 20)."""

from typing import ClassVar

from leveret.wire.domains import Bit, LongStr, Method, Short, ShortStr


class ChannelOpen(Method):
    index: ClassVar[int] = 0x0014000A
    out_of_band: ShortStr = ""


class ChannelOpenOk(Method):
    index: ClassVar[int] = 0x0014000B
    channel_id: LongStr = b""


class ChannelFlow(Method):
    index: ClassVar[int] = 0x00140014
    active: Bit = False


class ChannelFlowOk(Method):
    index: ClassVar[int] = 0x00140015
    active: Bit = False


class ChannelClose(Method):
    index: ClassVar[int] = 0x00140028
    reply_code: Short = 0
    reply_text: ShortStr = ""
    class_id: Short = 0
    method_id: Short = 0


class ChannelCloseOk(Method):
    index: ClassVar[int] = 0x00140029
