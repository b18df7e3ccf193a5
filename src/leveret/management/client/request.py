"""One request to the management API over HTTP: where it goes, who asks, what comes back.

Rule: an answer that is no success is an exception, and so is a node that does not answer in time.
"""

from __future__ import annotations

import base64
import http.client
import ssl
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import quote, unquote, urlencode, urlsplit

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

Wanted = TypeVar("Wanted")
TIMEOUT_S: Final = 10.0


class ApiUnreachable(ConnectionError):
    """No answer came."""


class ApiRefused(Exception):
    """The API said no: `status`, `error` and `reason` are what it told."""

    def __init__(self, status: int, error: str, reason: object) -> None:
        super().__init__(f"{status} {error}: {reason}")
        self.status = status
        self.error = error
        self.reason = reason


class Address:
    """Where the API is and who asks: http://user:password@host:port/prefix."""

    def __init__(self, url: str, tls: ssl.SSLContext | None, timeout_s: float) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or parts.hostname is None:
            raise ValueError(f"the management API is at http://host:port, not at {url!r}")
        self._host = parts.hostname
        self._port = parts.port or (15671 if parts.scheme == "https" else 15672)
        self._tls = (tls or ssl.create_default_context()) if parts.scheme == "https" else None
        self._timeout_s = timeout_s
        self._prefix = parts.path.rstrip("/")
        login = f"{unquote(parts.username or 'guest')}:{unquote(parts.password or 'guest')}"
        self._authorization = f"Basic {base64.b64encode(login.encode()).decode()}"

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        """Status and content. path: below the prefix. Raises ApiUnreachable."""
        headers = {"Authorization": self._authorization, "Content-Type": "application/json"}
        content = None if body is None else msgspec.json.encode(body)
        connection = self._connection()
        try:
            connection.request(method, self._prefix + path, content, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise ApiUnreachable(f"{self._host}:{self._port} does not answer: {error}") from error
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        if self._tls is None:
            return http.client.HTTPConnection(self._host, self._port, timeout=self._timeout_s)
        return http.client.HTTPSConnection(
            self._host, self._port, timeout=self._timeout_s, context=self._tls
        )


def path_of(*segments: str, query: Mapping[str, object] | None = None) -> str:
    """The path of a resource, each segment escaped; what the query has as None is left out."""
    path = "/api/" + "/".join(quote(segment, safe="") for segment in segments)
    asked = {name: _written(value) for name, value in (query or {}).items() if value is not None}
    return f"{path}?{urlencode(asked)}" if asked else path


def read(content: bytes, wanted: type[Wanted]) -> Wanted:
    """The answer as what it tells of."""
    try:
        return msgspec.json.decode(content, type=wanted)
    except msgspec.ValidationError:
        return msgspec.convert(_with_objects(msgspec.json.decode(content)), wanted)


def refusal(status: int, content: bytes) -> ApiRefused:
    try:
        told = msgspec.json.decode(content)
    except msgspec.DecodeError:
        told = None
    if not isinstance(told, dict):
        return ApiRefused(status, http.client.responses.get(status, ""), content.decode("latin-1"))
    return ApiRefused(status, str(told.get("error", "")), told.get("reason", ""))


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# What are objects: RabbitMQ writes them as [] when they are empty.
_OBJECTS: Final = frozenset({
    "arguments", "properties", "message_stats", "channel_details", "connection_details",
    "client_properties", "queue_totals", "object_totals", "limits", "definition",
})  # fmt: skip


def _with_objects(value: object) -> object:
    if isinstance(value, list):
        return [_with_objects(each) for each in value]
    if isinstance(value, dict):
        return {
            name: {} if inner == [] and name in _OBJECTS else _with_objects(inner)
            for name, inner in value.items()
        }
    return value
