"""The domains a method's arguments are made of (book 1.2): annotations that the codec reads.

`Short` is an `int` to Python and two octets to the wire. A method declares its arguments as a
dataclass does, and type checkers treat it as a frozen one:

    class BasicAck(Method):
        index: ClassVar[int] = 0x003C0050
        delivery_tag: LongLong = 0
        multiple: Bit = False
"""

from types import MappingProxyType
from typing import Annotated, ClassVar, Final, NoReturn, TypeAlias, dataclass_transform

from leveret.wire.values import Table, Value

Octet: TypeAlias = Annotated[int, "octet"]
Short: TypeAlias = Annotated[int, "short"]
Long: TypeAlias = Annotated[int, "long"]
LongLong: TypeAlias = Annotated[int, "longlong"]
ShortStr: TypeAlias = Annotated[str, "shortstr"]
LongStr: TypeAlias = Annotated[bytes, "longstr"]
FieldTable: TypeAlias = Annotated[Table, "table"]
Bit: TypeAlias = Annotated[bool, "bit"]

NO_FIELDS: Final[Table] = MappingProxyType({})

# The arguments of a method in order: (name, domain).
Layout: TypeAlias = tuple[tuple[str, str], ...]


@dataclass_transform(frozen_default=True)
class Method:
    """What every method has: a number, a layout, and the manners of a frozen dataclass.

    Not @dataclass, because that compiles each class anew: for sixty methods it took a third of
    the time that a broker may need to start. Here an argument that was not given is the class
    attribute that declares its default.
    """

    # Class id and method id in one 32-bit number.
    index: ClassVar[int]
    layout: ClassVar[Layout] = ()
    names: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        """Reads the layout off the annotations, once."""
        cls.layout = tuple(
            (name, domain.__metadata__[0])
            for name, domain in cls.__annotations__.items()
            if name != "index"
        )
        cls.names = tuple(name for name, _domain in cls.layout)

    def __init__(self, *values: Value, **named: Value) -> None:
        given = self.__dict__
        given.update(zip(self.names, values, strict=False))
        given.update(named)
        is_known = not named or named.keys() <= set(self.names)
        if len(given) != len(values) + len(named) or not is_known:
            raise TypeError(f"{type(self).__name__} takes at most ({', '.join(self.names)})")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} stays")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} stays")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Method) or self.index != other.index:
            return NotImplemented
        return self.values() == other.values()

    def __hash__(self) -> int:
        return hash((self.index, *self.values()))

    def __repr__(self) -> str:
        pairs = [f"{name}={getattr(self, name)!r}" for name in self.names]
        return f"{type(self).__name__}({', '.join(pairs)})"

    def values(self) -> list[Value]:
        """The arguments in order."""
        return [getattr(self, name) for name in self.names]
