"""How long the management API takes to list many queues, and how long the loop does nothing else.

    python -m bench.listings [QUEUES]

Both in processor time, so that a busy machine changes them little; the reading of the answers is in
the first. A stretch is what the loop does between two turns: messages are delivered in between.
"""

import asyncio
import http.client
import sys
import time
from base64 import b64encode
from typing import Final
from urllib.parse import urlsplit

from leveret import Broker
from leveret.node import tune_interpreter

QUEUES: Final = 10_000
TRIES: Final = 5
PATHS: Final = (
    "/queues?page=1&page_size=100",
    "/queues?page=1&page_size=100&name=99&use_regex=true",
    "/queues?page=1&page_size=100&sort=messages",
    "/queues",
    "/queues?disable_stats=true",
    "/bindings",
)
CREDENTIALS: Final = b64encode(b"guest:guest").decode()


class Stretches:
    """The longest one since `begin`."""

    def __init__(self) -> None:
        self.longest_s = 0.0
        self._is_on = True

    def begin(self) -> None:
        self._turn(time.thread_time())

    def end(self) -> None:
        self._is_on = False

    def _turn(self, last_s: float) -> None:
        self.longest_s = max(self.longest_s, time.thread_time() - last_s)
        if self._is_on:
            asyncio.get_running_loop().call_soon(self._turn, time.thread_time())


async def main(count: int) -> None:
    names = [f"queue-{number:05}" for number in range(count)]
    told = {
        "queues": [{"name": name, "durable": True} for name in names],
        "bindings": [
            {"source": "amq.topic", "destination": name, "destination_type": "queue"}
            for name in names
        ],
    }
    async with Broker(management_port=0, definitions=told) as broker:
        tune_interpreter()
        await asyncio.to_thread(ask, broker.management_url, "/whoami")
        print(f"{'':52} ms   longest stretch, ms   MB")
        for path in PATHS:
            print(await measure(broker.management_url, path))


async def measure(url: str, path: str) -> str:
    """A line: the best of some tries, the worst of their stretches."""
    stretches = Stretches()
    stretches.begin()
    taken = []
    for _ in range(TRIES):
        started = time.process_time()
        octets = await asyncio.to_thread(ask, url, path)
        taken.append(time.process_time() - started)
    stretches.end()
    return (
        f"{path:52} {min(taken) * 1000:.1f}   {stretches.longest_s * 1000:.1f}   "
        f"{octets / 2**20:.1f}"
    )


def ask(url: str, path: str) -> int:
    """How many octets the answer has."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    headers = {"authorization": f"Basic {CREDENTIALS}"}
    connection.request("GET", f"/api{path}", headers=headers)
    with connection.getresponse() as response:
        assert response.status == http.client.OK, response.status
        return len(response.read())


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else QUEUES))
