"""The name that the API gives to a binding among those of the same source and destination.

    routing key            no arguments    with arguments
    (empty)                ~               ~9MBp2A
    jobs                   jobs            jobs~9MBp2A
    a ~b/c                 a+%7Eb%2Fc      a+%7Eb%2Fc~9MBp2A

The routing key is quoted, its own tildes too, and a hash tells tables of arguments apart.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final
from urllib.parse import quote_plus, unquote_to_bytes

from leveret.management.term_hash import hash_of
from leveret.wire.values import octets

if TYPE_CHECKING:
    from leveret.broker.bindings import Binding
    from leveret.wire.values import Table

_MARK: Final = "~"
_PARTS_MAX: Final = 2


def properties_key(routing_key: str, arguments: Table) -> str:
    key = quote_plus(octets(routing_key)).replace(_MARK, "%7E")
    return f"{key}{_MARK}{_hash_text(arguments)}" if arguments else key or _MARK


def _hash_text(arguments: Table) -> str:
    """The hash as text: base64 as it may stand in a URL, without padding."""
    return base64.urlsafe_b64encode(hash_of(arguments).to_bytes(4, "big")).decode().rstrip("=")


class Asked:
    """A properties key as somebody wrote it: RabbitMQ takes the routing key also as it is, and
    a tilde at the end for nothing."""

    def __init__(self, written: str) -> None:
        parts = written.removesuffix(_MARK).split(_MARK)
        self._is_possible = len(parts) <= _PARTS_MAX
        self._routing_key = unquote_to_bytes(octets(parts[0]).replace(b"+", b" "))
        self._hash = parts[-1] if len(parts) == _PARTS_MAX else None

    def names(self, binding: Binding) -> bool:
        """Whether the binding is meant."""
        if not self._is_possible or octets(binding.routing_key) != self._routing_key:
            return False
        if not binding.arguments:
            return self._hash is None
        return self._hash == _hash_text(binding.arguments)
