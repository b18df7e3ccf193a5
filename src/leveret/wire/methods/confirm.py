"""Class confirm (class 85): RabbitMQ's publisher confirms."""

from dataclasses import dataclass
from typing import ClassVar

from leveret.wire.domains import Bit, Method


@dataclass(frozen=True)
class ConfirmSelect(Method):
    index: ClassVar[int] = 0x0055000A
    nowait: Bit = False


@dataclass(frozen=True)
class ConfirmSelectOk(Method):
    index: ClassVar[int] = 0x0055000B
