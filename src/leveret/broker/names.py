"""Names: what is reserved, what is made up."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

from leveret.broker.errors import AccessRefused

if TYPE_CHECKING:
    from collections.abc import Callable

RESERVED_PREFIX: Final = "amq."
# 128 bits of chance, as RabbitMQ's generated names have.
_RANDOM_BYTES: Final = 16


def generate(prefix: str, random_bytes: Callable[[int], bytes]) -> str:
    """A name nobody has, e.g. amq.gen-tGGYy5lQmUAMqL4n0xSYfg; the prefix ends with its sign."""
    return f"{prefix}{base64.urlsafe_b64encode(random_bytes(_RANDOM_BYTES)).decode().rstrip('=')}"


def refuse_reserved(kind: str, name: str) -> None:
    """Raises AccessRefused for a name only the server may give."""
    if name.startswith(RESERVED_PREFIX):
        raise AccessRefused(f"{kind} name '{name}' contains reserved prefix 'amq.*'")


def without_line_breaks(name: str) -> str:
    """RabbitMQ cuts line breaks out of declared names; so names that hold them meet here too."""
    return name.replace("\r", "").replace("\n", "")
