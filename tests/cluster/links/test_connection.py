"""Heartbeats, silence, and what waits to be sent."""

import asyncio
import dataclasses
import os
import signal
import sys
import time

from leveret.cluster.links import connection
from leveret.cluster.links.ports import BEHIND_OCTETS
from tests.cluster.links.networks import QUICK, play_over_sockets
from tests.cluster.links.test_promises import KIND, PATIENCE_S, states_of, until, up

NERVOUS = dataclasses.replace(QUICK, heartbeat_s=0.06, silent_heartbeats=5)


def test_a_link_on_which_nothing_is_said_stays_up():
    async def scene(network):
        link = await up(network)
        told = states_of(link)
        await asyncio.sleep(1)
        assert told == []

    play_over_sockets(scene, pace=NERVOUS)


def test_silence_takes_it_down_at_both_ends_and_it_comes_back_when_it_is_over():
    async def scene(network):
        link = await up(network)
        back = await up(network, "mouse", "hare")
        told = states_of(link), states_of(back)
        await network.hold("hare", "mouse")
        begun = time.monotonic()
        await until(lambda: told == ([False], [False]))
        assert time.monotonic() - begun > 0.15
        assert link.trouble == back.trouble == "nothing was heard of it for 0.3 s"
        await network.release()
        await until(lambda: link.is_up and back.is_up)

    play_over_sockets(scene, pace=NERVOUS)


def test_a_large_frame_on_a_slow_network_is_a_sign_of_life():
    async def scene(network):
        got = []
        network.links("mouse").receive(KIND, lambda _peer, _stream, octets: got.append(octets))
        link = await up(network)
        told = states_of(link)
        network.slow_down("hare", "mouse", 0.02)
        begun = time.monotonic()
        link.send(KIND, 1, bytes(5_000_000))
        await until(lambda: got)
        assert time.monotonic() - begun > 2 * NERVOUS.heartbeat_s * NERVOUS.silent_heartbeats
        assert got == [bytes(5_000_000)]
        assert told == []

    play_over_sockets(scene, pace=NERVOUS)


def test_who_sends_on_and_on_to_one_that_does_not_read_loses_the_link(monkeypatch, caplog):
    monkeypatch.setattr(connection, "OVERFULL_OCTETS", 8 * BEHIND_OCTETS)

    async def scene(network):
        link = await up(network)
        told = states_of(link)
        await network.hold("hare", "mouse")
        sent = 0
        while not told:
            link.send(KIND, 1, bytes(BEHIND_OCTETS))
            sent += 1
            assert sent < 1000
            await asyncio.sleep(0)
        assert link.trouble == "it took less than it was sent"

    play_over_sockets(scene)
    assert "mouse takes less than it is sent" in caplog.text


def test_what_was_said_before_the_links_are_closed_arrives():
    async def scene(network):
        got = []
        network.links("mouse").receive(KIND, lambda _peer, stream, _octets: got.append(stream))
        link = await up(network)
        for number in range(100):
            link.send(KIND, number, bytes(10_000))
        await network.links("hare").close()
        await until(lambda: len(got) == 100)

    play_over_sockets(scene)


def test_closing_does_not_wait_for_a_peer_that_does_not_read():
    async def scene(network):
        link = await up(network)
        await network.hold("hare", "mouse")
        while not link.is_behind:
            link.send(KIND, 1, bytes(30 * BEHIND_OCTETS))
        begun = time.monotonic()
        await network.links("hare").close()
        assert 0.9 < time.monotonic() - begun < 3
        assert not link.is_up

    play_over_sockets(scene)


def test_a_receiver_that_fails_begins_the_link_anew(caplog):
    async def scene(network):
        def fail(*_frame):
            raise ZeroDivisionError

        network.links("mouse").receive(KIND, fail)
        link = await up(network)
        told = states_of(link)
        link.send(KIND, 1, b"")
        await until(lambda: told == [False, True])

    play_over_sockets(scene)
    assert "what hare sent could not be taken" in caplog.text


def test_a_frozen_process_is_down_and_up_again_when_it_thaws():
    async def scene(network):
        vole = network.node("vole")
        await vole.stop()
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.cluster.links.node_process", "vole", *map(str, vole.place),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            assert await child.stdout.readline() == b"listens\n"
            link = await up(network, "hare", "vole")
            told = states_of(link)
            assert await link.call("echo", b"a", PATIENCE_S) == b"hare:a"
            os.kill(child.pid, signal.SIGSTOP)
            await until(lambda: told == [False])
            assert link.trouble == "nothing was heard of it for 0.3 s"
            os.kill(child.pid, signal.SIGCONT)
            await until(lambda: told[-1])
            assert await link.call("echo", b"b", PATIENCE_S) == b"hare:b"
        finally:
            child.kill()
            await child.wait()

    play_over_sockets(scene, pace=NERVOUS)
