"""What a route answers with, and how it refuses."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from leveret.management.view import View


class Beyond(NamedTuple):
    """How many more things there are on other nodes, of all and of those that are looked for."""

    total: int
    filtered: int


NOTHING_BEYOND: Final = Beyond(0, 0)


@dataclass(frozen=True, slots=True)
class Listing:
    """Things, each as the view shows it; the request says in which order and how many.

    order: columns to sort by when it says nothing.
    is_paged: whether the request may ask for a page; RabbitMQ lets it for some listings only.
    beyond: what is on no page up to the one that is asked for.
    """

    things: Sequence[Any]
    view: View[Any]
    order: tuple[str, ...] = ()
    is_paged: bool = True
    beyond: Beyond = NOTHING_BEYOND


@dataclass(frozen=True, slots=True)
class Item:
    """One thing as the view shows it."""

    thing: Any
    view: View[Any]


@dataclass(frozen=True, slots=True)
class Json:
    """Any value. status: 200 unless a check has failed."""

    value: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Raw:
    """Octets, or pieces of them as they come."""

    content: bytes | AsyncIterable[bytes]
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing to be shown: 201 something was made, 204 it is done."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


CREATED: Final = Done(201)
NO_CONTENT: Final = Done(204)

Answer = Listing | Item | Json | Raw | Done
Handler = Callable[[Any], Answer | Awaitable[Answer]]


class HttpRefused(Exception):
    """The request is refused: {"error": error, "reason": reason}."""

    def __init__(self, status: int, error: str, reason: object) -> None:
        super().__init__(f"{status} {error}: {reason}")
        self.status = status
        self.error = error
        self.reason = reason


class BadRequest(HttpRefused):
    """400, and why: text, or a list of texts as RabbitMQ has it for some."""

    def __init__(self, reason: object) -> None:
        super().__init__(400, "bad_request", reason)


class NotThere(HttpRefused):
    """404: what the path names is not there."""

    def __init__(self, error: str = "Object Not Found", reason: str = "Not Found") -> None:
        super().__init__(404, error, reason)


class NotAuthorised(HttpRefused):
    """401: this user may not."""

    def __init__(self, reason: str) -> None:
        super().__init__(401, "not_authorised", reason)
