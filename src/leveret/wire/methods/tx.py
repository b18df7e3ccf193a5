"""Class tx (class 90)."""

from dataclasses import dataclass
from typing import ClassVar

from leveret.wire.domains import Method


@dataclass(frozen=True)
class TxSelect(Method):
    index: ClassVar[int] = 0x005A000A


@dataclass(frozen=True)
class TxSelectOk(Method):
    index: ClassVar[int] = 0x005A000B


@dataclass(frozen=True)
class TxCommit(Method):
    index: ClassVar[int] = 0x005A0014


@dataclass(frozen=True)
class TxCommitOk(Method):
    index: ClassVar[int] = 0x005A0015


@dataclass(frozen=True)
class TxRollback(Method):
    index: ClassVar[int] = 0x005A001E


@dataclass(frozen=True)
class TxRollbackOk(Method):
    index: ClassVar[int] = 0x005A001F
