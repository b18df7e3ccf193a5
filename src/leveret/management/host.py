"""What the management API asks of the node that it is served by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from leveret.broker.broker import Broker
    from leveret.config import Listening, Settings
    from leveret.management.console.sessions import Sessions
    from leveret.management.streams import Streams
    from leveret.peers import Peers
    from leveret.server.listener import Server
    from leveret.server.machine import Machine
    from leveret.server.monitor import Monitor
    from leveret.statistics.statistics import Statistics


class Host(Protocol):
    """A running application (leveret/application.py)."""

    @property
    def peers(self) -> Peers | None:
        """The other nodes; None for a node that is alone."""

    @property
    def settings(self) -> Settings: ...

    @property
    def broker(self) -> Broker: ...

    @property
    def server(self) -> Server:
        """Who is connected over AMQP."""

    @property
    def listeners(self) -> tuple[Listening, ...]:
        """All that it listens on."""

    @property
    def machine(self) -> Machine: ...

    @property
    def monitor(self) -> Monitor: ...

    @property
    def sessions(self) -> Sessions:
        """Who has logged in to the console."""

    @property
    def streams(self) -> Streams:
        """What is watched by whoever looks."""

    @property
    def statistics(self) -> Statistics: ...
