"""JetStream's API, asked over a client: JSON there and back.

Rule: a question is answered, refused with JetStream's own code, or Unanswered; and of what is
Unanswered nobody knows whether it was done, or will be yet.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from leveret.cluster.nats.client import Unanswered

if TYPE_CHECKING:
    from leveret.cluster.nats.client import Client

Json = dict[str, Any]

# JetStream's codes for errors (err_code) that mean something here.
WRONG_LAST_SEQUENCE: Final = (10071, 10164)
STREAM_NOT_FOUND: Final = 10059
STREAM_NAME_IN_USE: Final = 10058
NO_MESSAGE_FOUND: Final = 10037


class ApiError(Exception):
    """JetStream says no. code: its err_code."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{text} ({code})")
        self.code = code


async def ask(client: Client, subject: str, question: Json | None = None) -> Json:
    """What the API answers. Raises Unanswered, ApiError."""
    octets = b"" if question is None else json.dumps(question).encode()
    return await request(client, f"$JS.API.{subject}", octets)


async def request(
    client: Client, subject: str, octets: bytes, headers: dict[str, str] | None = None
) -> Json:
    """The answer to anything that JetStream answers in JSON. Raises Unanswered, ApiError."""
    message = await client.request(subject, octets, headers)
    answer: Json = json.loads(message.octets)
    error = answer.get("error")
    if error is None:
        return answer
    if error["code"] == 503:
        raise Unanswered(error.get("description", ""))
    raise ApiError(error.get("err_code", 0), error.get("description", ""))
