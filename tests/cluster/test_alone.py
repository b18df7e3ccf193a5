"""A node that is in no cluster pays nothing for those that are."""

import subprocess
import sys

SCRIPT = """
import asyncio, sys
from leveret.config.load import load
from leveret.node import Node

async def live(directory):
    told = {"bind": "127.0.0.1", "port": "0", "data_dir": directory}
    node = Node(load({**told, "node_port": "0"}, {}), has_node_port=True)
    await node.start()
    await asyncio.sleep(0)
    print(sorted(name for name in sys.modules if name.startswith("leveret.cluster")))
    await node.stop()

asyncio.run(live(sys.argv[1]))
"""


def test_it_imports_nothing_of_clusters(tmp_path):
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LEVERET_MANAGEMENT_TCP_PORT": "0"}
    environ |= {"LEVERET_PROMETHEUS_TCP_PORT": "0"}
    told = subprocess.run(
        [sys.executable, "-c", SCRIPT, tmp_path],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert told.stdout == "[]\n", told.stderr
