"""The domains a method's arguments are made of (book 1.2): annotations that the codec reads.

`Short` is an `int` to Python and two octets to the wire.
"""

from typing import Annotated, ClassVar, TypeAlias

from leveret.wire.values import Table

Octet: TypeAlias = Annotated[int, "octet"]
Short: TypeAlias = Annotated[int, "short"]
Long: TypeAlias = Annotated[int, "long"]
LongLong: TypeAlias = Annotated[int, "longlong"]
ShortStr: TypeAlias = Annotated[str, "shortstr"]
LongStr: TypeAlias = Annotated[bytes, "longstr"]
FieldTable: TypeAlias = Annotated[Table, "table"]
Bit: TypeAlias = Annotated[bool, "bit"]


class Method:
    """What every method has: class id and method id in one 32-bit number."""

    index: ClassVar[int]
