"""What engines are asked as a system: real ones."""

import os
import signal

import pytest

from leveret.cluster.nats.client import Unanswered
from leveret.cluster.nats.connection import ApiError
from tests.cluster.engine.farm import (
    PATIENCE_S,
    freeze,
    make_stream,
    publish,
    servers_of,
    until,
)


def test_each_server_is_seen_with_its_routes(play):
    async def scene(farm):
        members, (hare, *_) = await farm.start("hare", "mouse", "vole")
        mesh = await hare.system.mesh(servers_of(members))
        assert mesh.is_full
        assert mesh.reached == servers_of(members)

    play(scene)


def test_a_member_that_is_removed_may_come_again_as_another_incarnation(play):
    async def scene(farm):
        members, (hare, mouse, vole) = await farm.start("hare", "mouse", "vole")
        client = await farm.client(hare)
        await make_stream(client, "orders", 3)
        await vole.stop()
        staying = members[:2]
        for each in (hare, mouse):
            await each.reload(tuple(staying))
        await until(lambda: hare.system.remove(members[2].server))
        assert (await hare.system.meta()).size == 2
        await hare.system.wait_whole(servers_of(staying), PATIENCE_S)
        await publish(client, "orders")

        again = farm.member("vole", incarnation=2)
        members = [*staying, again]
        for each in (hare, mouse):
            await each.reload(tuple(members))
        vole = farm.engine(again, members)
        await vole.start()
        await vole.system.wait_whole(servers_of(members), PATIENCE_S)
        assert (await vole.system.meta()).size == 3

    play(scene)


def test_a_removed_name_is_not_let_in_again(play):
    async def scene(farm):
        members, (hare, _, vole) = await farm.start("hare", "mouse", "vole")
        await vole.stop()
        await until(lambda: hare.system.remove(members[2].server))
        await vole.start()
        with pytest.raises(Unanswered, match=r"vole#1: not up to date|nobody leads|no route"):
            await hare.system.wait_whole(servers_of(members), 5.0)
        assert (await hare.system.meta()).size == 2

    play(scene)


def test_removing_who_is_no_member_changes_nothing(play):
    async def scene(farm):
        _, (hare, _) = await farm.start("hare", "mouse")
        await until(lambda: hare.system.remove("nobody#1"))
        assert (await hare.system.meta()).size == 2

    play(scene)


def test_the_leader_hands_over_and_another_does_not(play):
    async def scene(farm):
        members, engines = await farm.start("hare", "mouse", "vole")
        by_server = dict(zip(servers_of(members), engines, strict=True))
        leader = (await engines[0].system.meta()).leader
        for name, engine in by_server.items():
            if name != leader:
                await engine.system.hand_over()
        assert (await engines[0].system.meta()).leader == leader
        await until(by_server[leader].system.hand_over)

        async def another():
            new = (await engines[0].system.meta()).leader
            if new in (None, leader):
                raise Unanswered
            return new

        assert await until(another) in by_server

    play(scene)


def test_of_two_the_one_that_is_left_is_rescued_by_an_operators_word(play):
    async def scene(farm):
        members, (hare, mouse) = await farm.start("hare", "mouse")
        client = await farm.client(hare)
        await make_stream(client, "orders", 2)
        await publish(client, "orders")
        freeze(mouse.pid)
        try:
            assert not (await hare.system.meta()).has_majority
            await until(hare.system.rescue)
            await until(lambda: hare.system.remove(members[1].server))
            assert await publish(client, "orders") >= 2
            assert (await hare.system.meta()).has_majority
        finally:
            os.kill(mouse.pid, signal.SIGKILL)

    play(scene)


def test_a_frozen_server_is_no_longer_reached(play):
    async def scene(farm):
        members, (hare, mouse, vole) = await farm.start("hare", "mouse", "vole")

        async def lost():
            mesh = await mouse.system.mesh(servers_of(members))
            if mesh.is_full:
                raise Unanswered
            return mesh.reached

        freeze(vole.pid)
        try:
            assert await until(lost) == servers_of(members[:2])
            assert (await until(hare.system.meta)).size == 3
        finally:
            os.kill(vole.pid, signal.SIGCONT)
        await hare.system.wait_whole(servers_of(members), PATIENCE_S)

    play(scene)


def test_without_its_own_server_nothing_is_answered(play):
    async def scene(farm):
        _, (hare, _) = await farm.start("hare", "mouse")
        system = hare.system
        await hare.stop()
        for ask in (system.meta, system.is_there, lambda: system.mesh(("hare#1",))):
            with pytest.raises(Unanswered):
                await ask()

    play(scene)


def test_a_cluster_that_needs_no_rescue_is_not_rescued(play):
    async def scene(farm):
        members, engines = await farm.start("hare", "mouse", "vole")
        leader = (await engines[0].system.meta()).leader
        follower = engines[leader == members[0].server]
        with pytest.raises((ApiError, Unanswered)):
            await follower.system.rescue()
        assert (await until(follower.system.meta)).size == 3

    play(scene)
