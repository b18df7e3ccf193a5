"""A look at a broker without HTTP: what views are given."""

from types import SimpleNamespace

from leveret.config import Settings
from leveret.management.console.sessions import Sessions
from leveret.management.query import Query
from leveret.management.streams import Streams
from leveret.statistics.statistics import Statistics

NOW = 1_800_000_000.0


class FakeHost:
    """An application that runs nothing."""

    peers = None
    sessions = Sessions(bytes)
    streams = Streams()
    is_under_maintenance = False

    def __init__(self, broker, settings=None, listeners=()):
        self.broker = broker
        self.settings = settings or Settings(node=broker.node)
        self.listeners = listeners
        self.server = SimpleNamespace(transports=set())
        self.machine = SimpleNamespace(resident_memory=lambda: 1000)
        self.monitor = SimpleNamespace(memory_limit=400, disk_limit=50)
        self.statistics = Statistics(broker, lambda: {"mem_used": 7})


def look_at(broker, query="", **host):
    """A look, as the kernel makes one for a request."""
    host = FakeHost(broker, **host)
    asked = Query(query)
    return SimpleNamespace(
        host=host,
        broker=broker,
        node=broker.node,
        query=asked,
        now=NOW,
        span=asked.span,
        statistics=host.statistics,
    )
