"""Where a broker is and as whom to log in: an AMQP URI taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

DEFAULT_URI = "amqp://guest:guest@127.0.0.1:5672/%2f"


class BadAddressError(ValueError):
    """A URI that names no broker; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Address:
    """A broker's socket, an account and a virtual host."""

    host: str
    port: int
    user: str
    password: str
    vhost: str

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def parse_uri(uri: str) -> Address:
    """Read `amqp://user:password@host:port/vhost`; what is left out is RabbitMQ's default."""
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError as error:
        raise BadAddressError(f"{uri!r} is not an AMQP URI: {error}") from None
    if parts.scheme != "amqp":
        raise BadAddressError(f"{uri!r} is not an AMQP URI: it must begin with amqp://")
    return Address(
        host=parts.hostname or "127.0.0.1",
        port=port or 5672,
        user=unquote(parts.username or "guest"),
        password=unquote(parts.password if parts.password is not None else "guest"),
        # The URI's slash is not part of the name; RabbitMQ's default virtual host is "/".
        vhost=unquote(parts.path[1:]) or "/",
    )
