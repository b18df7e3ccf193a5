"""Two brokers of these tests' own, whose alarms can be switched: nobody else is to be blocked.

Rule: an alarm is raised as in life, by a limit that the machine does not keep.
"""

import os
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field

import pytest
from bench.rabbitmq import HOST, free_ports, is_installed, running_rabbitmq

from leveret import Settings, running
from leveret.config.watch_settings import WatchSettings
from tests.conformance.raw import Client

CAPABILITIES = {"connection.blocked": True, "publisher_confirms": True}

# Inside of RabbitMQ, since each rabbitmqctl takes seconds to start: sets a limit for every line.
# Who answers get_alarms has told every connection of what came before.
SWITCHES = """
spawn(fun() ->
    {ok, Listener} = gen_tcp:listen(%d, [list, {packet, line}, {active, false}, {ip, {127,0,0,1}}]),
    {ok, Socket} = gen_tcp:accept(Listener),
    (fun Serve() ->
        {ok, Line} = gen_tcp:recv(Socket, 0),
        case string:tokens(Line, " \\n") of
            ["memory", Share] ->
                vm_memory_monitor:set_vm_memory_high_watermark(list_to_float(Share));
            ["disk", Limit] ->
                rabbit_disk_monitor:set_disk_free_limit(Limit)
        end,
        rabbit_alarm:get_alarms(),
        gen_tcp:send(Socket, "done"),
        Serve()
    end)()
end).
"""
LIMITS = {
    ("memory", True): b"memory 0.0\n",
    ("memory", False): b"memory 0.9\n",
    ("disk", True): b"disk 1000000GB\n",
    ("disk", False): b"disk 0\n",
}


@dataclass(slots=True)
class Stage:
    """A broker. short: the resources that run short now."""

    host: str
    port: int
    set_limit: Callable[[str, bool], None]
    clients: list[Client] = field(default_factory=list)
    short: set[str] = field(default_factory=set)

    def switch(self, resource: str, is_short: bool) -> None:
        """It runs short, or no longer; the broker knows at once."""
        self.set_limit(resource, is_short)
        (self.short.add if is_short else self.short.remove)(resource)

    def client(self, *, capabilities: dict[str, bool] = CAPABILITIES, heartbeat: int = 0) -> Client:
        client = Client(self.host, self.port)
        client.handshake(capabilities, heartbeat=heartbeat)
        client.open_channel()
        self.clients.append(client)
        return client

    def clear(self) -> None:
        """Everybody gone, and no alarm."""
        for client in self.clients:
            client.hang_up()
        self.clients.clear()
        for resource in list(self.short):
            self.switch(resource, False)


@pytest.fixture(scope="module")
def rabbitmq_stage() -> Iterator[Stage]:
    with running_rabbitmq() as node:
        port = free_ports(1)[0]
        node.ctl("eval", SWITCHES % port)
        with connect(port) as switches:

            def set_limit(resource: str, is_short: bool) -> None:
                switches.sendall(LIMITS[resource, is_short])
                assert switches.recv(4) == b"done"

            yield Stage(node.host, node.port, set_limit)


def connect(port: int) -> socket.socket:
    """To what has just been told to listen."""
    deadline = time.monotonic() + 10
    while True:
        try:
            return socket.create_connection((HOST, port), timeout=10)
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.fixture(scope="module")
def leveret_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    watches = WatchSettings(disk_free_bytes=0)
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), watches=watches)
    with running(port=0, settings=settings) as broker:
        node = broker._node
        memory, disk = node.application.monitor._watches
        loop = node.application.server._listeners[0].get_loop()

        def look(resource: str, is_short: bool, done: Future[None]) -> None:
            if resource == "memory":
                memory.allowed = 0 if is_short else 2**60
                memory.look()
            else:
                disk.limit = 2**60 if is_short else 0
                disk.look()
            done.set_result(None)

        def set_limit(resource: str, is_short: bool) -> None:
            done: Future[None] = Future()
            loop.call_soon_threadsafe(look, resource, is_short, done)
            done.result(10)

        yield Stage(broker.host, broker.port, set_limit)


@pytest.fixture(params=["leveret", "rabbitmq"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Both brokers in turn, as they were before."""
    if request.param == "rabbitmq" and not is_installed() and "CI" not in os.environ:
        pytest.skip("RabbitMQ is not installed: apt-get install rabbitmq-server")
    found: Stage = request.getfixturevalue(f"{request.param}_stage")
    yield found
    found.clear()
