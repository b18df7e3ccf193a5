"""When an answer may go that waits for messages, for metadata, or for both.

Rule: confirms do not wait here (`Storage.confirming`): metadata need a majority of all nodes, what
lies on a node's own disk needs nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.ports import Durability


class JointDurability:
    """The port Durability. messages, metadata: what it is made of.

    when_settled: whoever declared a queue in this turn is answered once it is where it is to be.
    """

    def __init__(
        self,
        messages: Durability,
        metadata: Durability,
        when_settled: Callable[[Callable[[], None]], None],
    ) -> None:
        self._messages = messages
        self._metadata = metadata
        self._when_settled = when_settled

    @property
    def batch(self) -> int:
        """It grows with either; nobody who waits by batches waits here."""
        return self._messages.batch + self._metadata.batch

    @property
    def demands(self) -> int:
        return self._messages.demands + self._metadata.demands

    @property
    def is_behind(self) -> bool:
        return self._messages.is_behind

    def demand(self) -> None:
        """Of both: who demands does not say what it was about."""
        self._messages.demand()
        self._metadata.demand()

    def when_durable(self, action: Callable[[], None]) -> None:
        left = ["durable", "settled"]

        def done(what: str) -> None:
            left.remove(what)
            if not left:
                action()

        # Each is asked in this turn: what they wait for is what was said in it.
        self._when_settled(lambda: done("settled"))
        self._messages.when_durable(lambda: self._metadata.when_durable(lambda: done("durable")))
