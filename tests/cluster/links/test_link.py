"""What a link does with the frames of its carrier; the promises are in test_promises.py."""

import asyncio

import pytest

from leveret.cluster.links.desk import Desk
from leveret.cluster.links.frames import ANSWER, CALL, HEARTBEAT
from leveret.cluster.links.link import PeerLink
from leveret.cluster.links.ports import STREAM_MAX, LinkDown


class Paper:
    """A carrier that writes down what it is given."""

    is_behind = False

    def __init__(self):
        self.frames = []

    def carry(self, kind, stream, octets):
        self.frames.append((kind, stream, octets))


def test_only_the_carrier_that_holds_the_link_is_heard():
    async def scene():
        desk, got = Desk(), []
        desk.receive(16, lambda *frame: got.append(frame))
        link, old, new = PeerLink("hare", desk), Paper(), Paper()
        link.rise(old)
        link.fall(old, "it was lost")
        link.rise(new)
        await link.hear(old, [(16, 1, b"old")])
        await link.hear(new, [(HEARTBEAT, 0, b""), (16, 2, b"new")])
        link.fall(old, "again")
        assert link.is_up
        assert got == [("hare", 2, b"new")]

    asyncio.run(scene())


def test_a_link_that_falls_while_a_frame_is_taken_takes_no_more_of_the_old_ones():
    async def scene():
        desk, got, paper = Desk(), [], Paper()
        link = PeerLink("hare", desk)

        def take(_peer, stream, _octets):
            got.append(stream)
            link.fall(paper, "it was lost")

        desk.receive(16, take)
        link.rise(paper)
        await link.hear(paper, [(16, 1, b""), (16, 2, b"")])
        assert got == [1]

    asyncio.run(scene())


def test_numbers_of_calls_begin_again_and_pass_over_those_that_are_open():
    async def scene():
        link, paper = PeerLink("hare", Desk()), Paper()
        link.rise(paper)
        first = asyncio.create_task(link.call("a", b"", 5))
        await asyncio.sleep(0)
        link._last_call = STREAM_MAX - 1
        others = [asyncio.create_task(link.call("b", b"", 5)) for _ in range(2)]
        await asyncio.sleep(0)
        assert [(kind, number) for kind, number, _ in paper.frames] == [
            (CALL, 1), (CALL, STREAM_MAX), (CALL, 2),
        ]  # fmt: skip
        await link.hear(paper, [(ANSWER, 2, b"two"), (ANSWER, 1, b"one"), (ANSWER, 99, b"none")])
        assert (await first, await others[1]) == (b"one", b"two")
        link.fall(paper, "the test is over")
        with pytest.raises(LinkDown, match="hare cannot be reached: the test is over"):
            await others[0]

    asyncio.run(scene())


def test_one_follower_that_fails_keeps_nothing_from_the_others(caplog):
    async def scene():
        link, paper, told = PeerLink("hare", Desk()), Paper(), []
        link.on_state(lambda _is_up: 1 / 0)
        link.on_state(told.append)
        link.rise(paper)
        link.when_writable(lambda: 1 / 0)
        link.when_writable(lambda: told.append("room"))
        await asyncio.sleep(0)
        link.fall(paper, "it was lost")
        assert told == [True, "room", False]

    asyncio.run(scene())
    assert caplog.text.count("ZeroDivisionError: ") == 3
