"""Real nats-servers: started, killed, frozen, stopped, joined; and what is refused."""

import asyncio
import logging
import os
import signal
import socket
import time

import pytest

import leveret.cluster.engine.engine as engine_module
from leveret.cluster.nats.client import Unanswered
from leveret.errors import StartRefused
from tests.cluster.chaos.disks import mounted
from tests.cluster.chaos.places import can_make_namespaces
from tests.cluster.engine.farm import (
    PATIENCE_S,
    freeze,
    is_alive,
    make_stream,
    messages_in,
    publish,
    servers_of,
    until,
    wait_for,
)


def test_two_fresh_engines_are_a_cluster(play):
    async def scene(farm):
        members, (hare, mouse) = await farm.start("hare", "mouse")
        meta = await mouse.system.meta()
        assert meta.leader in servers_of(members)
        assert meta.reached == servers_of(members)
        assert meta.size == 2
        await make_stream(await farm.client(hare), "orders", 2)
        assert await publish(await farm.client(mouse), "orders") == 1

    play(scene)


def test_a_third_joins_while_the_two_work(play):
    async def scene(farm):
        members, (hare, mouse) = await farm.start("hare", "mouse")
        client = await farm.client(hare)
        await make_stream(client, "orders", 2)
        third = farm.member("vole")
        members = [*members, third]
        pids = hare.pid, mouse.pid
        for each in (hare, mouse):
            await each.reload(tuple(members))
        vole = farm.engine(third, members)
        await vole.start()
        await vole.system.wait_whole(servers_of(members), PATIENCE_S)
        assert (hare.pid, mouse.pid) == pids
        assert (await hare.system.meta()).size == 3
        await until(lambda: publish(client, "orders"))
        assert await messages_in(await farm.client(vole), "orders") == 1

    play(scene)


def test_who_has_another_cookie_does_not_get_in(play, caplog):
    async def scene(farm):
        members, (hare, _) = await farm.start("hare", "mouse")
        stranger = farm.member("vole")
        vole = farm.engine(stranger, [*members, stranger], cookie=b"clover")
        await vole.start()
        await wait_for(lambda: "authentication error" in caplog.text)
        everybody = servers_of([*members, stranger])
        mesh = await hare.system.mesh(everybody)
        assert {pair for pair in mesh.missing if stranger.server in pair} == set(mesh.missing)
        assert len(mesh.missing) == 2
        with pytest.raises(Unanswered, match=f"no route between .* {stranger.server}"):
            await hare.system.wait_whole(everybody, 4.0)
        assert (await hare.system.meta()).size == 2

    play(scene)


def test_one_that_is_killed_is_started_again_and_has_everything(play, caplog):
    async def scene(farm):
        members, (hare, mouse) = await farm.start("hare", "mouse")
        client = await farm.client(mouse)
        await make_stream(client, "orders", 2)
        await publish(client, "orders")
        states = []
        hare.on_state(states.append)
        killed = hare.pid
        os.kill(killed, signal.SIGKILL)
        await wait_for(lambda: states == [False, True])
        assert hare.pid not in {killed, None}
        await mouse.system.wait_whole(servers_of(members), PATIENCE_S)
        assert await publish(client, "orders") == 2
        assert await messages_in(await farm.client(hare), "orders") == 2

    play(scene)
    assert "nats-server ended by signal 9; it is started again" in caplog.text
    assert [each.levelname for each in caplog.records if each.levelno >= logging.WARNING] == [
        "ERROR"
    ]


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(engine_module, "LOOK_S", 0.2)
    monkeypatch.setattr(engine_module, "ILL_LOOKS", 2)


@pytest.mark.usefixtures("impatient")
def test_one_that_says_nothing_any_more_is_ended_and_started_again(play, caplog):
    async def scene(farm):
        members, (hare, mouse) = await farm.start("hare", "mouse")
        states, frozen = [], hare.pid
        hare.on_state(states.append)
        freeze(frozen)
        await wait_for(lambda: states == [False, True])
        assert not is_alive(frozen)
        await mouse.system.wait_whole(servers_of(members), PATIENCE_S)

    play(scene)
    assert "does not do its work: it is ended" in caplog.text


async def write_on(client):
    """Whatever becomes of it."""
    while True:
        await publish(client, "orders", b"x" * 65536)


@pytest.mark.slow
@pytest.mark.usefixtures("impatient")
@pytest.mark.skipif(not can_make_namespaces(), reason="needs root")
def test_one_whose_disk_was_full_keeps_logs_again_when_there_is_room(play, tmp_path):
    async def scene(farm):
        _, (hare, mouse) = await farm.start("hare", "mouse")
        client = await farm.client(mouse)
        await make_stream(client, "orders", 2)
        disk.fill()
        writing = asyncio.create_task(write_on(client))
        while await hare.system.keeps_logs():  # noqa: ASYNC110  # it is asked
            await asyncio.sleep(0.1)
        writing.cancel()
        full = hare.pid
        await asyncio.sleep(1)
        assert hare.pid == full
        disk.empty()
        await wait_for(lambda: hare.pid not in {full, None})
        await until(hare.system.keeps_logs)

    with mounted(tmp_path / "hare-1", 128) as disk:
        play(scene)


def test_one_that_cannot_be_started_again_is_tried_until_it_can(play, caplog):
    async def scene(farm):
        _, (hare, _) = await farm.start("hare", "mouse")
        states = []
        hare.on_state(states.append)
        conf = farm.directory / "hare-1" / "nats-server.conf"
        written = conf.read_text()
        conf.write_text("{ nonsense")
        os.kill(hare.pid, signal.SIGKILL)
        await wait_for(lambda: "nats-server ended with 1" in caplog.text)
        conf.write_text(written)
        await wait_for(lambda: states == [False, True])

    play(scene)


def test_stopping_hands_over_what_it_leads(play):
    async def scene(farm):
        members, engines = await farm.start("hare", "mouse", "vole")
        leader = (await engines[0].system.meta()).leader
        by_server = dict(zip(servers_of(members), engines, strict=True))
        leaving = by_server.pop(leader)
        other = next(iter(by_server.values()))
        client = await farm.client(other)
        await make_stream(client, "orders", 3)
        await publish(client, "orders")
        stopped_at = time.monotonic()
        await leaving.stop()
        await make_stream(client, "invoices", 2)
        # An election because of a leader that is missed takes 4 s at the least.
        assert time.monotonic() - stopped_at < 3.5
        assert leaving.pid is None
        assert (await other.system.meta()).leader in by_server

    play(scene)


def test_stopped_it_is_not_started_again_and_may_be_stopped_twice(play):
    async def scene(farm):
        _, (hare, _) = await farm.start("hare", "mouse")
        pid = hare.pid
        await hare.stop()
        await hare.stop()
        assert not is_alive(pid)
        await hare.start()
        assert is_alive(hare.pid)

    play(scene)


def test_a_start_that_fails_says_why(play):
    async def scene(farm):
        member = farm.member("hare")
        with socket.socket() as taken:
            taken.bind((member.host, member.port))
            taken.listen()
            with pytest.raises(StartRefused, match=r"nats-server ended with 1: .*in use"):
                await farm.engine(member, [member]).start()

    play(scene)


def test_a_program_that_is_gone_is_refused(play, tmp_path):
    async def scene(farm):
        member = farm.member("hare")
        engine = farm.engine(member, [member])
        engine._program = tmp_path / "gone"
        with pytest.raises(StartRefused, match=r"nats-server ended with 1: .*FileNotFoundError"):
            await engine.start()

    play(scene)


def test_what_it_says_is_in_our_log(play, caplog):
    caplog.set_level(logging.DEBUG, "leveret.cluster.engine")

    async def scene(farm):
        await farm.start("hare", "mouse")

    play(scene)
    levels = {record.levelno for record in caplog.records if "Listening" in record.getMessage()}
    assert levels == {logging.DEBUG}
    assert not [each for each in caplog.records if each.levelno >= logging.WARNING]


def test_an_engine_left_by_a_node_that_was_killed_makes_room(play, caplog):
    async def scene(farm):
        members, (hare, _) = await farm.start("hare", "mouse")
        # As after a kill of the node, where the kernel has not told its engine.
        hare._watching.cancel()
        await asyncio.wait((hare._watching,))
        left = hare.pid
        again = farm.engine(members[0], members)
        await again.start()
        assert again.pid != left
        await again.system.wait_whole(servers_of(members), PATIENCE_S)
        await hare._client.close()
        hare._watching = None

    play(scene)
    assert "ended nats-server of an earlier start" in caplog.text
