"""Class channel (class 20)."""

from dataclasses import dataclass
from typing import ClassVar

from leveret.wire.domains import Bit, LongStr, Method, Short, ShortStr


@dataclass(frozen=True)
class ChannelOpen(Method):
    index: ClassVar[int] = 0x0014000A
    out_of_band: ShortStr = ""


@dataclass(frozen=True)
class ChannelOpenOk(Method):
    index: ClassVar[int] = 0x0014000B
    channel_id: LongStr = b""


@dataclass(frozen=True)
class ChannelFlow(Method):
    index: ClassVar[int] = 0x00140014
    active: Bit = False


@dataclass(frozen=True)
class ChannelFlowOk(Method):
    index: ClassVar[int] = 0x00140015
    active: Bit = False


@dataclass(frozen=True)
class ChannelClose(Method):
    index: ClassVar[int] = 0x00140028
    reply_code: Short = 0
    reply_text: ShortStr = ""
    class_id: Short = 0
    method_id: Short = 0


@dataclass(frozen=True)
class ChannelCloseOk(Method):
    index: ClassVar[int] = 0x00140029
