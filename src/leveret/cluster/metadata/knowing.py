"""How much of the metadata this node's broker knows: the port Knowledge of cluster/remote."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.cluster.metadata.copying import Copy
    from leveret.cluster.metadata.writing import Writing


class Knowing:
    """Of one node, which reads and may write."""

    def __init__(self, copy: Copy, writing: Writing) -> None:
        self._copy = copy
        self._writing = writing

    @property
    def ordinal(self) -> int:
        """What it did itself it knows before it is in the log."""
        return self._writing.newest

    def on_growth(self, action: Callable[[], None]) -> None:
        """Call it whenever something was read. There is one who wants to hear of it."""
        self._copy.on_read = action
