"""Sockets that wait for their first visitor."""

import asyncio
import contextlib
import socket

import pytest

from leveret.config.socket_settings import SocketSettings
from leveret.node import new_event_loop
from leveret.server.doorbell import Doorbell


@contextlib.asynccontextmanager
async def hung(serve, place="127.0.0.1"):
    bell = Doorbell("tea", serve)
    await bell.listen(place, 0, SocketSettings())
    try:
        yield bell
    finally:
        bell.close()


def visit(bell):
    return socket.create_connection(bell.places[0], timeout=10)


def test_the_first_visitor_rings_and_is_served_too():
    async def scene():
        async def serve(sockets):
            (listening,) = sockets
            visitor, _ = await asyncio.get_running_loop().sock_accept(listening)
            visitor.sendall(b"tea")
            visitor.close()

        async with hung(serve) as bell:
            assert bell.serving is None
            with visit(bell) as visitor:
                assert await asyncio.to_thread(visitor.recv, 3) == b"tea"
            await bell.serving

    asyncio.run(scene())


def test_without_a_place_every_interface_is_listened_on():
    async def scene():
        async with hung(pytest.fail, place=None) as bell:
            assert bell.places[0][0] == "0.0.0.0"
            assert len({port for _, port in bell.places}) == 1

    asyncio.run(scene())


def test_nobody_waits_where_nobody_can_serve(caplog):
    async def scene():
        async def serve(_):
            raise ImportError("no kettle")

        async with hung(serve) as bell:
            with visit(bell) as visitor, pytest.raises(ConnectionResetError):
                await asyncio.to_thread(visitor.recv, 1)

    asyncio.run(scene())
    assert "tea on" in caplog.text
    assert "no kettle" in caplog.text


def test_a_bell_that_never_rang_leaves_its_port_free():
    async def scene():
        async with hung(pytest.fail) as bell:
            place = bell.places[0]
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(place)

    asyncio.run(scene())


def test_a_bell_may_be_closed_again():
    """By a node that lets clients in again; uvloop refuses what is done to a closed socket."""

    async def scene():
        async with hung(None) as bell:
            bell.close()
            bell.close()

    for loop in (asyncio.new_event_loop(), new_event_loop()):
        try:
            loop.run_until_complete(scene())
        finally:
            loop.close()
