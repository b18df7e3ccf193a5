"""What the node port asks of the node that it belongs to; `Node` is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from leveret.broker.broker import Broker
    from leveret.config import Settings
    from leveret.server.monitor import Monitor


class Host(Protocol):
    """A node, whether its application runs or is stopped."""

    @property
    def settings(self) -> Settings: ...

    @property
    def broker(self) -> Broker | None:
        """What it serves; None while the application is stopped."""

    @property
    def monitor(self) -> Monitor:
        """What watches over memory and disk, while the application runs."""

    def settled(self) -> Awaitable[None]:
        """Until all that was changed so far is durable and every queue follows its policy."""

    async def start_app(self) -> None:
        """Serve again; nothing happens if it does already. Raises StartRefused."""

    async def stop_app(self) -> None:
        """Serve nothing any more, and let go of all files but the data directory itself."""
