"""A node with a node port, on a thread of its own."""

import asyncio
import dataclasses
import os
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field

from leveret.broker.broker import Broker
from leveret.config import Settings
from leveret.config.http_settings import HttpSettings
from leveret.config.watch_settings import WatchSettings
from leveret.control.client import connect
from leveret.node import Node
from leveret.statistics.statistics import Statistics

COOKIE = os.environ["LEVERET_COOKIE"].encode()
LOOPBACK = "127.0.0.1"
ALONE = Settings(
    node="leveret@localhost",
    bind=LOOPBACK,
    port=0,
    node_port=0,
    http=HttpSettings(has_management=False, has_metrics=False),
)


@dataclass
class Following:
    """What a monitor is to the verbs: it takes other limits."""

    settings: WatchSettings = field(default_factory=WatchSettings)

    is_disk_watched = True

    def follow(self, settings):
        self.settings = settings

    def watch_disk(self, *, is_on):
        self.is_disk_watched = is_on


class Application:
    """A broker and nothing around it."""

    peers = None
    is_under_maintenance = False

    def __init__(self):
        self.monitor = Following()
        self.broker = Broker(time.monotonic, bytes)
        self.broker.add_vhost("/")

    @property
    def statistics(self):
        return Statistics(self.broker)


class OneBroker:
    """A host whose application is a broker alone: what verbs need that only look at it."""

    clustering = None

    def __init__(self):
        self.settings = ALONE
        self.application = self._kept = Application()
        self.listeners = ()

    @property
    def broker(self):
        return self._kept.broker

    @property
    def monitor(self):
        return self._kept.monitor

    async def start_app(self):
        self.application = self._kept

    async def stop_app(self):
        self.application = None


class Served:
    """node: the node. address: where its node port listens."""

    def __init__(self, settings=ALONE):
        self.loop = asyncio.new_event_loop()
        self.node = Node(settings, has_node_port=True)
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def start(self):
        self._thread.start()
        self.do(self.node.start())

    @property
    def application(self):
        return self.node.application

    @property
    def broker(self):
        return self.node.broker

    @property
    def server(self):
        """Who answers on the node port: there is nobody before the first has come."""
        with connect(self.address, COOKIE):
            return self.node._node_port.server

    @property
    def address(self):
        found = [each for each in self.node.listeners if each.protocol == "clustering"]
        return found[0].host, found[0].port

    def stop(self):
        # Whoever has just connected gets in first: asyncio trips over one that a closing server has
        # accepted and not yet made a transport of.
        self.do(asyncio.sleep(0.01))
        self.do(self.node.stop(0.2))
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    def do(self, waiting):
        return asyncio.run_coroutine_threadsafe(waiting, self.loop).result(60)


@contextmanager
def served(**settings):
    served = Served(dataclasses.replace(ALONE, **settings))
    served.start()
    try:
        yield served
    finally:
        served.stop()
