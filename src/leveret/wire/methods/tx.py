"""Class tx (class 90)."""

from typing import ClassVar

from leveret.wire.domains import Method


class TxSelect(Method):
    index: ClassVar[int] = 0x005A000A


class TxSelectOk(Method):
    index: ClassVar[int] = 0x005A000B


class TxCommit(Method):
    index: ClassVar[int] = 0x005A0014


class TxCommitOk(Method):
    index: ClassVar[int] = 0x005A0015


class TxRollback(Method):
    index: ClassVar[int] = 0x005A001E


class TxRollbackOk(Method):
    index: ClassVar[int] = 0x005A001F
