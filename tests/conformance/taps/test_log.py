"""The log as messages, on both brokers: how a line travels, whatever it says."""

import contextlib
import re
import socket

import pytest

from tests.conformance.protocol.script import Step, bind, consume, publish, queue, quiet, sync

LOG = "amq.rabbitmq.log"
ATTEMPTS = 15


@pytest.fixture(params=["tapped_leveret", "tapped_rabbitmq"])
def tapped(request):
    return request.getfixturevalue(request.param)


def refused_login(endpoint) -> None:
    """Log in as nobody: each broker logs that it refused, as an error or as a warning."""
    with socket.create_connection((endpoint.host, endpoint.port), timeout=5) as peer:
        peer.sendall(b"AMQP\x00\x00\x09\x01")
        peer.recv(8192)
        response = b"\x00nobody\x00wrong"
        arguments = b"\x00\x00\x00\x00" + b"\x05PLAIN"
        arguments += len(response).to_bytes(4, "big") + response + b"\x05en_US"
        payload = b"\x00\x0a\x00\x0b" + arguments
        peer.sendall(b"\x01\x00\x00" + len(payload).to_bytes(4, "big") + payload + b"\xce")
        # It hangs up on whom it does not know.
        with contextlib.suppress(ConnectionResetError):
            peer.recv(8192)


def hear_a_line(run, client) -> None:
    """Give the broker something to log until a line of it comes: RabbitMQ's log takes seconds after
    the start to find its exchange."""
    for _ in range(ATTEMPTS):
        refused_login(run.endpoint)
        if client.receive(1.0) is not None:
            return


def test_a_line_is_a_message_with_its_level_as_the_key(tapped):
    transcript = tapped.run(
        [
            queue("~log", exclusive=1),
            *[bind("~log", LOG, key) for key in ("error", "warning")],
            consume("~log", "log", no_ack=1),
            Step(hear_a_line),
            quiet(0.3),
        ]
    )
    delivered = next(line for line in transcript if "basic.deliver" in line)
    assert re.search(rf"exchange='{LOG}' routing_key='(error|warning)'$", delivered)
    header = next(line for line in transcript if " header size=" in line)
    told = r"content_type='text/plain' headers=\{node=S:NODE\} timestamp=\d{10}"
    assert re.fullmatch(rf"1 header size=\d+ {told}", header)
    body = next(line for line in transcript if " body of " in line)
    assert re.search(r"b'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+", body)


def test_nobody_else_publishes_to_it(alike):
    alike([publish("info", exchange=LOG), sync()])
