"""When clients are gone, however they went, nothing of theirs is left in the broker."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from leveret import running
from tests.conformance.protocol import (
    test_acks,
    test_channels,
    test_confirms,
    test_consume,
    test_handshake,
    test_queues,
    test_reply_to,
)
from tests.conformance.protocol.script import run
from tests.conformance.raw import Client

MODULES = [
    test_acks,
    test_channels,
    test_confirms,
    test_consume,
    test_handshake,
    test_queues,
    test_reply_to,
]


@pytest.mark.slow
def test_nothing_is_left_of_clients_that_are_gone():
    with running(port=0) as node, ThreadPoolExecutor(12) as executor:
        address = SimpleNamespace(host=node.host, port=node.port)
        runs = [
            executor.submit(run, script, address, **getattr(module, "OPTIONS", {}))
            for module in MODULES
            for script in module.SCRIPTS.values()
        ]
        for each in runs:
            each.result()
        # Whoever answers this has noticed all the hang-ups before.
        last = Client(node.host, node.port)
        last.handshake()
        server = node._node.application.server
        queues = server.broker.vhosts["/"].queues.values()
        assert len(server.transports) == 1
        # The other one is the monitor.
        assert len(server.broker.alarms.watchers) == 2
        assert [queue for queue in queues if queue.owner is not None] == []
        assert [queue for queue in queues if len(queue.consumers)] == []
        last.hang_up()
