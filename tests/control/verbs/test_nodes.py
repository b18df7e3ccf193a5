"""The application is stopped, started and reset while the node lives; the node ends when told."""

import asyncio
import os
import socket

import pytest

from leveret.control.call import Call, VerbRefused
from leveret.control.client import connect
from leveret.control.messages import APP_RUNNING, APP_STOPPED, Begun, Done, Refused
from leveret.control.verbs import nodes
from leveret.errors import StartRefused
from tests.control.served import COOKIE, OneBroker, served


@pytest.fixture
def node(tmp_path):
    with served(data_dir=tmp_path) as node:
        yield node


@pytest.fixture
def ask(node):
    with connect(node.address, COOKIE) as link:
        yield lambda verb, **arguments: list(link.ask(verb, arguments))


def names(answers):
    return [row[0] for row in answers[2].rows]


def test_stopped_and_started_it_has_what_it_had(node, ask):
    ask("add_vhost", vhost="kept")
    before = node.node.address
    assert ask("stop_app") == [Begun(), Done()]
    with pytest.raises(ConnectionError):
        socket.create_connection((before.host, before.port))
    [refused] = ask("list_vhosts", columns=["name"])
    assert isinstance(refused, Refused)
    assert refused.needs == APP_STOPPED
    assert ask("start_app") == [Begun(), Done()]
    assert names(ask("list_vhosts", columns=["name"])) == ["/", "kept"]
    assert ask("start_app") == [Begun(), Done()], "it is running"


def test_a_reset_forgets_everything_and_needs_a_stopped_application(ask):
    ask("add_vhost", vhost="forgotten")
    [refused] = ask("reset")
    assert refused.needs == APP_RUNNING
    ask("stop_app")
    assert ask("reset") == ask("force_reset") == [Begun(), Done()]
    ask("start_app")
    assert names(ask("list_vhosts", columns=["name"])) == ["/"]


def can_connect(node):
    address = node.node.address
    try:
        socket.create_connection((address.host, address.port), 1).close()
    except OSError:
        return False
    return True


def is_open(client):
    client.settimeout(0.05)
    try:
        while client.recv(65536):
            pass
    except TimeoutError:
        return True
    return False


def test_suspended_nobody_comes_in_and_who_is_in_stays(node, ask):
    address = node.node.address
    with socket.create_connection((address.host, address.port), 1) as client:
        client.sendall(b"AMQP\x00\x00\x09\x01")
        assert client.recv(8)
        ask("suspend_listeners")
        assert not can_connect(node)
        assert ask("state")[-1] == Done("running")
        ask("suspend_listeners")
        ask("resume_listeners")
        assert can_connect(node)
        assert is_open(client)


def test_told_to_stop_it_says_its_process_and_then_ends(node, ask):
    assert ask("shutdown") == [Begun(), Done(os.getpid())]
    node.do(asyncio.wait_for(node.node.told_to_stop.wait(), 5))


class Unwilling(OneBroker):
    async def start_app(self):
        raise StartRefused("the port is taken")

    def reset(self):
        raise PermissionError(13, "no")


def test_what_goes_wrong_is_said():
    call = Call(Unwilling(), {})
    with pytest.raises(VerbRefused, match="Error:\nthe port is taken"):
        asyncio.run(nodes.start_app(call))
    with pytest.raises(VerbRefused, match="cannot reset the node"):
        asyncio.run(nodes.reset(call))
