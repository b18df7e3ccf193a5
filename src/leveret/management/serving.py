"""The HTTP server: uvicorn, in the broker's own event loop.

Imported when somebody connects (port.py).
"""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

# Else Starlette imports it in the loop, 25 ms, when it first streams an answer.
import anyio._backends._asyncio  # noqa: F401
import uvicorn

from leveret.management.app import make_app
from leveret.management.metrics.app import make_metrics_app

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

    from leveret.config import Settings
    from leveret.config.http_settings import Place
    from leveret.management.host import Host

# More at once get 503: each costs memory, and AMQP needs file descriptors too.
CONNECTIONS_MAX: Final = 1000
KEEP_ALIVE_S: Final = 30


class HttpServer(uvicorn.Server):
    """Serves one place's app on sockets that listen already."""

    def __init__(self, host: Host, place: Place) -> None:
        make = make_metrics_app if place.protocol == "http/prometheus" else make_app
        config = uvicorn.Config(
            make(host),
            loop="none",
            lifespan="off",
            log_config=None,
            # Of its own starts and stops the node says what there is to say.
            log_level="warning",
            access_log=False,
            server_header=False,
            limit_concurrency=CONNECTIONS_MAX,
            timeout_keep_alive=KEEP_ALIVE_S,
        )
        super().__init__(config)
        self._files: tuple[Path, Path] | None = None
        if place.protocol == "https":
            self._files = _certificate(host.settings)
            config.load()
            config.ssl = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.reload()

    def reload(self) -> None:
        """Read the certificate again; connections that are open keep the old one."""
        if self._files is not None:
            assert self.config.ssl is not None
            self.config.ssl.load_cert_chain(*self._files)

    def stop(self) -> None:
        self.should_exit = True
        self.force_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Whoever is told to stop meanwhile closes what it has just opened."""
        await super().startup(sockets)
        if self.should_exit:
            await self.shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the node's business."""
        yield


def _certificate(settings: Settings) -> tuple[Path, Path]:
    http, tls = settings.http, settings.tls
    certificate = http.management_certificate or tls.certfile
    key = http.management_key or tls.keyfile
    assert certificate is not None, "the settings were looked at before"
    assert key is not None, "the settings were looked at before"
    return certificate, key
