"""Runs a node until SIGTERM or SIGINT, then lets it drain. A second signal ends it at once.
SIGHUP makes it read its certificates again.
"""

import asyncio
import logging
import resource
import signal
from collections.abc import Callable

from leveret.config import Settings
from leveret.node import Node, new_event_loop, tune_interpreter

log = logging.getLogger("leveret")

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def run(
    settings: Settings,
    on_ready: Callable[[Node], None],
    on_waiting: Callable[[], None] = lambda: None,
) -> None:
    """Start a node and return when it was told to stop and has; StartRefused if it cannot start.

    on_waiting: called, before on_ready, when the node waits for others of its cluster."""
    _allow_many_files()
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        node = Node(settings, has_node_port=True)
        node.on_waiting = on_waiting
        runner.run(_serve(node, on_ready))


def _allow_many_files() -> None:
    """As many as the system lets us have: each connection is one, and each 64 MiB of messages."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _serve(node: Node, on_ready: Callable[[Node], None]) -> None:
    loop = asyncio.get_running_loop()

    def stop(signal_number: signal.Signals) -> None:
        for number in STOP_SIGNALS:
            loop.remove_signal_handler(number)
        log.info("stopping: %s", signal_number.name, extra={"fields": {"event": "stopping"}})
        node.told_to_stop.set()

    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop, number)
    loop.add_signal_handler(signal.SIGHUP, node.reload)
    if await _start(node):
        tune_interpreter()
        on_ready(node)
        await node.told_to_stop.wait()
        await node.stop()
    log.info("stopped", extra={"fields": {"event": "stopped"}})


async def _start(node: Node) -> bool:
    """False when it was told to stop before it was up: a member of a cluster waits for others."""
    loop = asyncio.get_running_loop()
    starting = loop.create_task(node.start())
    stopped = loop.create_task(node.told_to_stop.wait())
    await asyncio.wait((starting, stopped), return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if starting.done():
        starting.result()
        return True
    starting.cancel()
    await asyncio.wait((starting,))
    return False
