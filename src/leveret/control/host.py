"""What the node port asks of the node that it belongs to; `Node` is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from leveret.broker.broker import Broker
    from leveret.config import Listening, Settings
    from leveret.control.messages import Plain
    from leveret.peers import Peers
    from leveret.server.listener import Server
    from leveret.server.machine import Machine
    from leveret.server.monitor import Monitor
    from leveret.statistics.statistics import Statistics


class Running(Protocol):
    """An application, as long as it runs (leveret/application.py).

    is_under_maintenance: nobody is let in, and it leads nothing that another node can lead.
    """

    is_under_maintenance: bool

    @property
    def peers(self) -> Peers | None:
        """The other nodes; None for a node that is alone."""

    @property
    def broker(self) -> Broker: ...

    @property
    def server(self) -> Server:
        """Who is connected over AMQP."""

    @property
    def machine(self) -> Machine: ...

    @property
    def monitor(self) -> Monitor: ...

    @property
    def statistics(self) -> Statistics: ...

    async def suspend(self) -> None:
        """Let nobody in any more; who is connected stays."""

    async def resume(self) -> None:
        """Let clients in again, where they were before. Raises OSError."""


class Clustering(Protocol):
    """A node's place among others, as leveretctl changes it; cluster/commanding.py is one.

    What cannot be done is refused with VerbRefused (call.py).
    """

    async def join(self, through: str) -> bool:
        """Become a member of the other node's cluster, empty; False: it is one already. The
        application is stopped."""

    async def reset(self, *, is_forced: bool) -> None:
        """Forget everything, and be alone. is_forced: the others are not asked. The application is
        stopped."""

    async def forget(self, node: str) -> None:
        """A member that does not run is one no more."""

    async def force_boot(self) -> None:
        """The next start waits for nobody. The application is stopped."""

    async def engine(self) -> dict[str, Plain] | None:
        """What decides for all: has_majority, leader, unreachable; None of a node alone."""

    async def rebalance(self, is_chosen: Callable[[str, str], bool]) -> None:
        """Spread the leaders of replicated queues evenly, of those that are chosen by vhost and
        name."""

    async def set_aside(self) -> None:
        """Lead nothing that another node can lead."""

    def come_back(self) -> None:
        """Lead again what comes."""


class Host(Protocol):
    """A node, whether its application runs or is stopped."""

    told_to_stop: asyncio.Event

    @property
    def settings(self) -> Settings: ...

    @property
    def application(self) -> Running | None:
        """None while it is stopped."""

    @property
    def listeners(self) -> tuple[Listening, ...]:
        """All that it listens on, or did so last."""

    @property
    def clustering(self) -> Clustering | None:
        """None of a node without files, which joins nobody."""

    async def start_app(self) -> None:
        """Serve again; nothing happens if it does already. Raises StartRefused."""

    async def stop_app(self) -> None:
        """Serve nothing any more, and let go of all files but the data directory itself."""

    def reset(self) -> None:
        """Forget everything that is kept; only while the application is stopped."""
