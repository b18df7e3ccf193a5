"""Class confirm (class 85): RabbitMQ's publisher confirms."""

from typing import ClassVar

from leveret.wire.domains import Bit, Method


class ConfirmSelect(Method):
    index: ClassVar[int] = 0x0055000A
    nowait: Bit = False


class ConfirmSelectOk(Method):
    index: ClassVar[int] = 0x0055000B
