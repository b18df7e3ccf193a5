"""How a client says who it is: PLAIN (RFC 4616), AMQPLAIN (AMQP 0-8's table), or EXTERNAL
(RFC 4422 A), where its TLS certificate has said it and the response means nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leveret.wire.codes import MalformedFrame
from leveret.wire.values import decode_table

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name and a password, not yet believed."""

    user: str
    password: str


class MalformedCredentials(ValueError):
    """A response that is none in its mechanism."""


def read_plain(response: bytes) -> Credentials:
    """authzid NUL user NUL password; RabbitMQ wants the first of them empty."""
    parts = response.split(b"\0")
    if len(parts) != 3 or parts[0]:
        raise MalformedCredentials("a PLAIN response is NUL, user name, NUL, password")
    try:
        return Credentials(parts[1].decode(), parts[2].decode())
    except UnicodeDecodeError as error:
        raise MalformedCredentials("user name and password are UTF-8") from error


def read_amqplain(response: bytes) -> Credentials:
    """A field table without its length: LOGIN and PASSWORD, both long strings."""
    try:
        table, _ = decode_table(len(response).to_bytes(4, "big") + response)
    except MalformedFrame as error:
        raise MalformedCredentials(f"an AMQPLAIN response is a table: {error}") from error
    user, password = table.get("LOGIN"), table.get("PASSWORD")
    if not isinstance(user, str) or not isinstance(password, str):
        raise MalformedCredentials("an AMQPLAIN response has LOGIN and PASSWORD")
    return Credentials(user, password)


# What reads a response, by mechanism.
READERS: Final[dict[str, Callable[[bytes], Credentials]]] = {
    "PLAIN": read_plain,
    "AMQPLAIN": read_amqplain,
}
EXTERNAL: Final = "EXTERNAL"
# In the order of RabbitMQ's offer.
MECHANISMS: Final = (*READERS, EXTERNAL)
