"""What a route is: a path, who may ask, and one function for each method.

    Resource("/queues/{vhost}/{name}", VHOST, "One queue.", get=show, put=declare, delete=delete)

Every GET also answers HEAD, every path OPTIONS.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leveret.management.answers import Handler
    from leveret.management.elsewhere.ways import Way


class Needs(Enum):
    """Who may ask: the tags one of which the user must have, and what a refusal says."""

    ANYBODY = (frozenset[str](), "")
    USER = (frozenset[str](), "Login failed")
    MANAGEMENT = (
        frozenset({"management", "policymaker", "monitoring", "administrator"}),
        "Not management user",
    )
    # The same, for one who may enter the vhost of the path; and policymakers need that too.
    VHOST = (MANAGEMENT[0], "User not authorised to access virtual host")
    POLICYMAKER = (
        frozenset({"policymaker", "administrator"}),
        "User not authorised to access object",
    )
    MONITORING = (frozenset({"monitoring", "administrator"}), "Not monitor user")
    ADMINISTRATOR = (frozenset({"administrator"}), "Not administrator user")

    @property
    def tags(self) -> frozenset[str]:
        return self.value[0]

    @property
    def refusal(self) -> str:
        return self.value[1]


ANYBODY, USER, MANAGEMENT, VHOST = Needs.ANYBODY, Needs.USER, Needs.MANAGEMENT, Needs.VHOST
POLICYMAKER, MONITORING, ADMINISTRATOR = Needs.POLICYMAKER, Needs.MONITORING, Needs.ADMINISTRATOR


WRITING: Final = ("PUT", "POST", "DELETE")


@dataclass(frozen=True, slots=True)
class Resource:
    """path: below /api; {vhost} and other {names} are segments. about: for the description.

    needs_to_write: who may PUT, POST and DELETE, where that is somebody else.
    commits: the methods that change what all nodes know: they are done with the pen in hand.
    among: by method, how it is answered where there are other nodes; without, as by one alone.
    """

    path: str
    needs: Needs
    about: str
    get: Handler | None = None
    put: Handler | None = None
    post: Handler | None = None
    delete: Handler | None = None
    needs_to_write: Needs | None = None
    commits: tuple[str, ...] = WRITING
    among: Mapping[str, Way] = field(default_factory=dict)

    @property
    def handlers(self) -> dict[str, Handler]:
        """By method."""
        told = {"GET": self.get, "PUT": self.put, "POST": self.post, "DELETE": self.delete}
        return {method: handler for method, handler in told.items() if handler is not None}

    @property
    def allowed(self) -> str:
        """The Allow header, in RabbitMQ's order."""
        reading = ["HEAD", "GET"] if self.get else []
        return ", ".join([*reading, *(m for m in self.handlers if m != "GET"), "OPTIONS"])

    def needs_for(self, method: str) -> Needs:
        if method == "GET" or self.needs_to_write is None:
            return self.needs
        return self.needs_to_write
