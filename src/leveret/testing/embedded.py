"""A broker inside your program: the same node that `leveret serve` runs, without files.

    async with leveret.Broker(port=0) as broker: ...     # in your event loop
    with leveret.running(port=0) as broker: ...          # on a thread of its own

Rule: when the block begins the broker accepts connections; when it ends its port is free and its
thread is gone. A start that is refused raises leveret.StartRefused where you asked for it.
"""

import asyncio
import dataclasses
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self
from urllib.parse import quote

from leveret.config import Settings
from leveret.config.http_settings import HttpSettings
from leveret.node import Node, new_event_loop
from leveret.testing.administration import Administration
from leveret.testing.topology import Definitions, document

DEFAULTS = Settings()
LOOPBACK = "127.0.0.1"
# A test that ends with a client still connected should not wait for it.
DRAIN_S = 0.2


class Broker:
    """One broker; use it as an async context manager, or through running().

    definitions: queues, exchanges, bindings, ... that are there from the start (topology.py).
    management_port, prometheus_port: serve HTTP there too, 0 for a free port; None for not at all.
    """

    def __init__(  # noqa: PLR0913  # all but the first are for keywords
        self,
        port: int = 0,
        host: str = LOOPBACK,
        *,
        settings: Settings = DEFAULTS,
        definitions: Definitions | None = None,
        management_port: int | None = None,
        prometheus_port: int | None = None,
    ) -> None:
        http = _http(settings.http, management_port, prometheus_port)
        self.settings = dataclasses.replace(settings, bind=host, port=port, http=http)
        self.host = host
        self._node = Node(self.settings, document(definitions, settings.default_vhost))
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __aenter__(self) -> Self:
        await self._node.start()
        self._loop = asyncio.get_running_loop()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._node.stop(DRAIN_S)

    @property
    def admin(self) -> Administration:
        """Accounts, vhosts, policies, limits: while it runs, from any thread."""
        assert self._loop is not None, "the broker has not been started"
        return Administration(self._node.broker, self._loop)

    @property
    def port(self) -> int:
        """The port it listens on: the one that was free, if you asked for port 0."""
        return self._node.address.port

    @property
    def management_url(self) -> str:
        """Where the management API is: http://127.0.0.1:40002"""
        return self._http_url("http")

    @property
    def prometheus_url(self) -> str:
        """Where the metrics are: http://127.0.0.1:40003"""
        return self._http_url("http/prometheus")

    def _http_url(self, protocol: str) -> str:
        for each in self._node.listeners:
            if each.protocol == protocol:
                return f"http://{self._url_host}:{each.port}"
        raise LookupError(f"this broker does not serve {protocol}: give it a port for it")

    @property
    def url(self) -> str:
        """What any AMQP client takes: amqp://guest:guest@127.0.0.1:40001/%2F"""
        return self.url_as(self.settings.default_user, self.settings.default_pass)

    def url_as(self, user: str, password: str, vhost: str | None = None) -> str:
        """The same for another user; without a vhost, for the one of the settings."""
        place = self.settings.default_vhost if vhost is None else vhost
        user, password, place = (quote(part, safe="") for part in (user, password, place))
        return f"amqp://{user}:{password}@{self._url_host}:{self.port}/{place}"

    @property
    def _url_host(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


def _http(http: HttpSettings, management: int | None, prometheus: int | None) -> HttpSettings:
    return dataclasses.replace(
        http,
        has_management=management is not None,
        management_port=management,
        has_metrics=prometheus is not None,
        metrics_port=prometheus,
    )


@contextmanager
def running(  # noqa: PLR0913  # as Broker's
    port: int = 0,
    host: str = LOOPBACK,
    *,
    settings: Settings = DEFAULTS,
    definitions: Definitions | None = None,
    management_port: int | None = None,
    prometheus_port: int | None = None,
) -> Iterator[Broker]:
    """A broker on a thread of its own, for programs that block or have their own event loop."""
    broker = Broker(
        port,
        host,
        settings=settings,
        definitions=definitions,
        management_port=management_port,
        prometheus_port=prometheus_port,
    )
    thread = _BrokerThread(broker)
    thread.start()
    try:
        thread.up.result()
        yield broker
    finally:
        thread.stop()


class _BrokerThread(threading.Thread):
    """Runs one broker's event loop; its failures wait in `up` and `down` for the caller."""

    def __init__(self, broker: Broker) -> None:
        super().__init__(name="leveret", daemon=True)
        self.broker = broker
        self.up: Future[None] = Future()
        self.down: Future[None] = Future()
        self.loop = new_event_loop()
        self.told_to_stop = asyncio.Event()

    def run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
                runner.run(self._serve())
        except BaseException as error:  # raised again by stop(), in the caller
            self.down.set_exception(error)
        else:
            self.down.set_result(None)

    async def _serve(self) -> None:
        try:
            await self.broker.__aenter__()
        except BaseException as error:  # raised again in the caller
            self.up.set_exception(error)
            return
        self.up.set_result(None)
        await self.told_to_stop.wait()
        await self.broker.__aexit__(None, None, None)

    def stop(self) -> None:
        # It may have ended by itself and closed its loop; why is told by `down`.
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self.told_to_stop.set)
        self.join()
        self.down.result()
