"""A node port on a thread of its own, with a broker behind it whose application can be stopped."""

import asyncio
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field

from leveret.broker.broker import Broker
from leveret.config import Settings
from leveret.config.watch_settings import WatchSettings
from leveret.control.server import NodePort

COOKIE = b"the cookie of the tests"
LOOPBACK = "127.0.0.1"


@dataclass
class Following:
    """What a monitor is to the verbs: it takes other limits."""

    settings: WatchSettings = field(default_factory=WatchSettings)

    def follow(self, settings):
        self.settings = settings


class OneBroker:
    """A host: what a node is to its port."""

    def __init__(self):
        self.settings = Settings()
        self.monitor = Following()
        self._broker = Broker(time.monotonic, bytes)
        self._broker.add_vhost("/")
        self._is_running = True

    @property
    def broker(self):
        return self._broker if self._is_running else None

    async def start_app(self):
        self._is_running = True

    async def stop_app(self):
        self._is_running = False

    async def settled(self):
        pass


class Served:
    """address: where the node port listens."""

    def __init__(self, host=None):
        self.host = host or OneBroker()
        self.loop = asyncio.new_event_loop()
        self.port = NodePort(self.host, COOKIE)
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def start(self):
        self._thread.start()
        self.address = self.do(self.port.listen(LOOPBACK, 0))

    def stop(self):
        self.do(self.port.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    def do(self, waiting):
        return asyncio.run_coroutine_threadsafe(waiting, self.loop).result(10)


@contextmanager
def served(host=None):
    port = Served(host)
    port.start()
    try:
        yield port
    finally:
        port.stop()
