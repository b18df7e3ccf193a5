"""What is said on the node port: one request, then what the node says to it, in JSON.

    Ask ->   <- Begun  <- Columns  <- Batch ... <- Done
             <- Begun                           <- Done
             <- Begun  <- Told ...              <- Done      what goes on until somebody stops it
             <- Refused                                      at any place

Rule: Begun says that the verb is known and the node can do it now; the tool prints its first
line then, and not before, as rabbitmqctl does.
"""

from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

# What JSON can say. While it runs it is not looked at: decoding makes nothing else.
if TYPE_CHECKING:
    Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"
else:
    Plain = Any
Arguments: TypeAlias = dict[str, Plain]

# Why a node cannot do it now.
APP_STOPPED = "app_stopped"
APP_RUNNING = "app_running"


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """A verb and its arguments, by name."""

    verb: str
    arguments: Arguments = {}


class Begun(msgspec.Struct, frozen=True, tag="begun"):
    """The node is at it."""


class Columns(msgspec.Struct, frozen=True, tag="columns"):
    """Rows follow; these are the names of their values."""

    names: list[str]


class Batch(msgspec.Struct, frozen=True, tag="batch"):
    """Some of the rows."""

    rows: list[list[Plain]]


class Told(msgspec.Struct, frozen=True, tag="told"):
    """One thing of a row of things that has no end."""

    value: Plain


class Done(msgspec.Struct, frozen=True, tag="done"):
    """It is over; value is what came of it, None when it has only been done.

    absent: nodes that should have said something and did not.
    """

    value: Plain = None
    absent: list[str] = []


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """It was not done, or not to the end. needs: why the node cannot do it now."""

    exit_code: int
    text: str
    needs: str = ""


Answer: TypeAlias = Begun | Columns | Batch | Told | Done | Refused

_ENCODER = msgspec.json.Encoder()
_ASKS = msgspec.json.Decoder(Ask)
_ANSWERS: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)

BadMessage = msgspec.DecodeError


def encode(message: Ask | Answer) -> bytes:
    """Names may hold octets that are no UTF-8; JSON cannot, and shows them as unknown."""
    try:
        return _ENCODER.encode(message)
    except UnicodeEncodeError:
        return _ENCODER.encode(_readable(msgspec.to_builtins(message)))


def decode_ask(body: bytes) -> Ask:
    """Raises BadMessage."""
    return _ASKS.decode(body)


def decode_answer(body: bytes) -> Answer:
    """Raises BadMessage."""
    return _ANSWERS.decode(body)


def _readable(value: Plain) -> Plain:
    match value:
        case str():
            return value.encode(errors="surrogateescape").decode(errors="replace")
        case list():
            return [_readable(each) for each in value]
        case dict():
            return {str(_readable(name)): _readable(each) for name, each in value.items()}
        case _:
            return value
