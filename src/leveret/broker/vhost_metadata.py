"""What is known of a vhost besides its name: for people, and the type of queues declared without
one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from leveret.broker.errors import InvalidParameter

if TYPE_CHECKING:
    from leveret.broker.queues.queue import QueueOptions

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

    def with_default_type(self, options: QueueOptions) -> QueueOptions:
        """A queue declared without a type has the vhost's, if it can be of that type."""
        queue_type = self.queue_type(
            durable=options.durable, exclusive=options.exclusive, auto_delete=options.auto_delete
        )
        if queue_type is None or "x-queue-type" in options.arguments:
            return options
        return replace(options, arguments={**options.arguments, "x-queue-type": queue_type})


NO_METADATA: Final = VhostMetadata()
