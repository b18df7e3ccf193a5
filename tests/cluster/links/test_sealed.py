"""A socket that only those with the cookie can speak on, block by block."""

import asyncio

import pytest

from leveret.cluster.links import sealed
from leveret.control.challenge import NotOurs, Purpose, Unproven
from leveret.control.server import ControlServer
from leveret.control.wire import BadFrame, Sealer
from tests.cluster.links.networks import COOKIE, listen, visit


def with_both_ends(scene):
    """Run it with a socket that came, and the one that was come to."""

    async def run():
        met = asyncio.get_running_loop().create_future()

        async def welcome(reader, writer, keys, purpose):
            met.set_result((sealed.welcomed(reader, writer, keys), purpose))
            await asyncio.Event().wait()

        server = ControlServer(None, COOKIE, welcome)
        place = await listen(server, "127.0.3.4")
        async with visit(place) as came, asyncio.timeout(10):
            there, purpose = await met
            assert purpose is Purpose.PEER
            await scene(came, there)
        await server.stop()

    asyncio.run(run())


def test_blocks_arrive_as_they_were_said_both_ways():
    async def scene(came, there):
        for one, other in ((came, there), (there, came)):
            assert not other.heard
            for block in (b"", b"one", bytes(sealed.BLOCK_OCTETS_MAX)):
                one.say(block)
                await one.drain()
                assert await other.receive() == block
            assert other.heard

    with_both_ends(scene)


def test_what_was_said_before_the_end_arrives():
    async def scene(came, there):
        came.say(b"last words")
        await came.finish()
        assert await there.receive() == b"last words"
        with pytest.raises(ConnectionResetError):
            await there.receive()

    with_both_ends(scene)


@pytest.mark.parametrize("octets", [Sealer(b"another key").seal(b"x"), b"\xff" * 36, bytes(100)])
def test_what_the_peer_did_not_write_is_noticed(octets):
    async def scene(came, there):
        came._writer.write(octets)
        with pytest.raises(BadFrame):
            await there.receive()

    with_both_ends(scene)


def test_a_block_that_is_too_large_is_refused_before_it_is_read():
    async def scene(came, there):
        came._writer.write((sealed.BLOCK_OCTETS_MAX + 1).to_bytes(4, "big") + bytes(32))
        with pytest.raises(BadFrame, match="65537 octets"):
            await there.receive()

    with_both_ends(scene)


def dial(answer, cookie=COOKIE):
    """Dial a server that says this and closes."""

    async def scene():
        async def serve(_reader, writer):
            writer.write(answer)
            writer.close()

        server = await asyncio.start_server(serve, "127.0.3.4", 0)
        try:
            await sealed.dial(server.sockets[0].getsockname()[:2], cookie, Purpose.PEER)
        finally:
            server.close()
            await asyncio.sleep(0.01)

    asyncio.run(scene())


def test_who_dials_somebody_else_is_told_so():
    with pytest.raises(NotOurs):
        dial(b"HTTP/1.1 400 Bad Request\r\nServer: somebody else\r\n\r\n")
    with pytest.raises(OSError, match=r"closed the connection|reset by peer"):
        dial(b"LVRT")


def test_another_cookie_is_noticed_by_who_dials():
    async def scene():
        server = ControlServer(None, b"another", None)
        place = await listen(server, "127.0.3.4")
        try:
            with pytest.raises(Unproven):
                await sealed.dial(place, COOKIE, Purpose.PEER)
        finally:
            await server.stop()

    asyncio.run(scene())
