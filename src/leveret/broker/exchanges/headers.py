"""headers: to every binding whose arguments match the message's headers.

`x-match` says how: all (the default) or any of the arguments, those that begin with `x-` left
out; all-with-x and any-with-x count them too. An argument without a value asks only that the
header is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from leveret.broker.argument_values import type_name
from leveret.broker.errors import PreconditionFailed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.broker.bindings import Binding, Destination
    from leveret.wire.properties import Properties
    from leveret.wire.values import Table, Value

X_MATCH: Final = "x-match"
MATCHES: Final = ("all", "any", "all-with-x", "any-with-x")


class Headers:
    name: ClassVar[str] = "headers"
    looks_at_message: ClassVar[bool] = True

    def __init__(self) -> None:
        self._bound: dict[Binding, None] = {}

    def bind(self, binding: Binding) -> None:
        self._bound[binding] = None

    def unbind(self, binding: Binding) -> None:
        del self._bound[binding]

    def check_binding(self, binding: Binding) -> None:
        how = binding.arguments.get(X_MATCH, "all")
        if not isinstance(how, str):
            raise PreconditionFailed(
                f"Invalid x-match field type {type_name(how)} (value {how!r}); expected longstr"
            )
        if how not in MATCHES:
            raise PreconditionFailed(
                f'Invalid x-match field value <<"{how}">>; '
                "expected all, any, all-with-x, or any-with-x"
            )

    def route(
        self, _routing_keys: tuple[str, ...], properties: Properties
    ) -> Iterable[Destination]:
        headers = properties.headers or {}
        return [
            binding.destination for binding in self._bound if matches(binding.arguments, headers)
        ]


def matches(arguments: Table, headers: Table) -> bool:
    """Whether a binding's arguments accept a message's headers."""
    how = arguments.get(X_MATCH, "all")
    with_x = how in ("all-with-x", "any-with-x")
    verdicts = (
        name in headers and _same(value, headers[name])
        for name, value in arguments.items()
        if name != X_MATCH and (with_x or not name.startswith("x-"))
    )
    return any(verdicts) if how in ("any", "any-with-x") else all(verdicts)


def _same(wanted: Value, found: Value) -> bool:
    """Equal as RabbitMQ compares: by value, whatever the type; a wanted void takes anything."""
    if wanted is None:
        return True
    if isinstance(wanted, bool) is not isinstance(found, bool):
        return False
    return _octets(wanted) == _octets(found)


def _octets(value: Value) -> Value:
    """Strings and byte arrays hold the same octets."""
    return value.encode(errors="surrogateescape") if isinstance(value, str) else value
