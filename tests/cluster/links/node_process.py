"""A node port with links in a process of its own: python -m ... NAME HOST PORT."""

import asyncio
import sys

from tests.cluster.links.networks import Node, home_of
from tests.cluster.links.test_promises import echo


async def main(name, host, port):
    node = Node(home_of(name, {}))
    node.links.serve("echo", echo)
    await node.start(host, int(port))
    sys.stdout.write("listens\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
