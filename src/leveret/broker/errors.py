"""What the broker refuses, raised once here and translated once by each front end.

    Refused
    ├── AccessRefused        403  the user may not
    ├── NotFound             404  no such queue, exchange, ...
    ├── ResourceLocked       405  somebody else's exclusive queue
    ├── PreconditionFailed   406  it exists, but not like that
    │   └── InvalidParameter      a policy, parameter or limit that is none
    ├── SyntaxRefused        502  a request whose arguments contradict each other
    ├── CommandInvalid       503  a request that can never work
    ├── Undone               320  it was done, and other nodes of the cluster know nothing of it
    ├── NotAllowed           530  a rule of the server forbids it
    ├── Unsupported          540  a feature Leveret does not have, by name
    └── Unavailable          541  too few nodes of the cluster are there

The code decides how far the refusal reaches (book 1.2): 3xx and 4xx close the channel, 320 and 5xx
the connection. The text is RabbitMQ's.
"""

from __future__ import annotations

from typing import ClassVar

from leveret.wire.codes import ReplyCode


class Refused(Exception):
    """A request that was understood and turned down. Nothing has changed."""

    code: ClassVar[ReplyCode]

    @property
    def reply_text(self) -> str:
        """The text a peer is given: the code's name, a dash, the reason."""
        return f"{self.code.name} - {self}"


class AccessRefused(Refused):
    code = ReplyCode.ACCESS_REFUSED


class NotFound(Refused):
    code = ReplyCode.NOT_FOUND


class ResourceLocked(Refused):
    code = ReplyCode.RESOURCE_LOCKED


class PreconditionFailed(Refused):
    code = ReplyCode.PRECONDITION_FAILED


class InvalidParameter(PreconditionFailed):
    """Nobody on a channel sees it: it is for who sets things."""


class CommandInvalid(Refused):
    code = ReplyCode.COMMAND_INVALID


class NotAllowed(Refused):
    code = ReplyCode.NOT_ALLOWED


class Unsupported(Refused):
    code = ReplyCode.NOT_IMPLEMENTED


class SyntaxRefused(Refused):
    code = ReplyCode.SYNTAX_ERROR


class Unavailable(Refused):
    """As RabbitMQ answers who declares a quorum queue where no majority is."""

    code = ReplyCode.INTERNAL_ERROR


class Undone(Refused):
    """Not quite a refusal: something was changed, and may be so or not in the end."""

    code = ReplyCode.CONNECTION_FORCED
