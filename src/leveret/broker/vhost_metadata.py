"""What is known of a vhost besides its name: for people, and the type of queues declared without
one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from leveret.broker.errors import InvalidParameter

QUEUE_TYPES: Final = ("classic", "quorum", "stream")


@dataclass(frozen=True, slots=True)
class VhostMetadata:
    """default_queue_type: of queues that are declared without x-queue-type; None for classic."""

    description: str = ""
    tags: tuple[str, ...] = ()
    default_queue_type: str | None = None

    def check(self) -> None:
        """Raises InvalidParameter."""
        if self.default_queue_type not in (None, *QUEUE_TYPES):
            raise InvalidParameter("invalid_queue_type")

    def queue_type(self, *, durable: bool, exclusive: bool, auto_delete: bool) -> str | None:
        """What x-queue-type such a queue gets when it has none; None for none."""
        if self.default_queue_type == "classic":
            return "classic"
        # The others are durable, everybody's, and there to stay.
        return self.default_queue_type if durable and not exclusive and not auto_delete else None


NO_METADATA: Final = VhostMetadata()
