"""What runs between start_app and stop_app. (What a node makes of it: tests/test_node.py.)"""

import asyncio
import dataclasses
import errno
import socket

import pytest

from leveret.application import Application, cannot_listen
from leveret.config import Settings
from leveret.errors import StartRefused
from leveret.node import Node

LOOPBACK = Settings(bind="127.0.0.1", port=0)


def protocols(application):
    return [each.protocol for each in application.listeners]


def test_it_listens_for_all_that_it_speaks():
    async def scene():
        application = Application(LOOPBACK)
        await application.start()
        told = application.listeners
        await application.stop()
        return told

    told = asyncio.run(scene())
    assert [each.protocol for each in told] == ["amqp", "http", "http/prometheus"]
    assert {each.host for each in told} == {"127.0.0.1"}
    assert len({each.port for each in told}) == 3


def test_every_interface_is_both_kinds_of_addresses():
    async def scene():
        application = Application(dataclasses.replace(LOOPBACK, bind=None))
        await application.start()
        await application.stop()
        return application.listeners

    http = [each for each in asyncio.run(scene()) if each.protocol == "http"]
    assert {each.host for each in http} == {"0.0.0.0", "::"}
    assert len({each.port for each in http}) == 1


def test_a_taken_http_port_leaves_nothing_behind():
    async def scene():
        with socket.create_server(("127.0.0.1", 0)) as taken:
            http = dataclasses.replace(LOOPBACK.http, metrics_port=taken.getsockname()[1])
            application = Application(dataclasses.replace(LOOPBACK, http=http))
            with pytest.raises(StartRefused, match="choose another with --prometheus-port"):
                await application.start()
        return application.listeners

    for each in asyncio.run(scene()):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((each.host, each.port))


def test_a_node_goes_on_while_its_application_is_stopped(tmp_path):
    async def scene():
        node = Node(dataclasses.replace(LOOPBACK, data_dir=tmp_path))
        await node.start()
        node.broker.add_vhost("kept")
        await node.stop_app()
        was_there = node.application
        with pytest.raises(StartRefused, match="is using the data directory"):
            await Node(dataclasses.replace(LOOPBACK, data_dir=tmp_path)).start()
        await node.start_app()
        vhosts = list(node.broker.vhosts)
        await node.stop()
        return was_there, vhosts

    assert asyncio.run(scene()) == (None, ["/", "kept"])


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.EADDRINUSE, "Address already in use; stop what uses it, or choose another with -x"),
        (errno.EACCES, "Permission denied; ports below 1024 need more rights, choose another"),
        (errno.ENODEV, "No such device"),
    ],
)
def test_a_refusal_to_listen_says_what_to_do(number, told):
    refused = str(cannot_listen("*:5672", OSError(number, "wordy"), "-x"))
    assert refused.startswith(f"cannot listen on *:5672: {told}")
