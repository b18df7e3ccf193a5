"""A node's seat, with its engine: two on one machine."""

import asyncio

from leveret.cluster.members.roll import Place, found
from leveret.cluster.seat import Seat
from leveret.config.load import load
from tests.cluster.nodes import HOSTS, name_of

HARE, MOUSE = HOSTS[:2]
PORT = 25673


def place(host):
    return Place(host, 25672, PORT)


def seat(host, roll, directory):
    told = {"bind": host, "node": name_of(host), "data_dir": str(directory / host)}
    (directory / host).mkdir()
    return Seat(name_of(host), roll, load(told, {}), b"cookie")


def test_two_seats_are_one_engine(scene_of_nodes, tmp_path):
    async def scene(_nodes):
        roll = found("c", name_of(HARE), place(HARE)).with_member(name_of(MOUSE), place(MOUSE))
        hare, mouse = seat(HARE, roll, tmp_path), seat(MOUSE, roll, tmp_path)
        try:
            await asyncio.gather(hare.take(), mouse.take())
            await hare.wait_whole(roll.nodes, 30)
            written = await hare.logs.open("notes", 2)
            await written.take_over()
            assert await mouse.logs.names() == ["notes"]
            await hare.join_group((name_of(HARE),))
            own = await hare.logs.open("own", 1, (name_of(HARE),))
            await own.take_over()
            assert await mouse.logs.leader_of("own") == name_of(HARE)
        finally:
            await asyncio.gather(hare.give_up(), mouse.give_up())

    scene_of_nodes(scene)
