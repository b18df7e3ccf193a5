"""Calls are answered one beside the other, and never without a limit."""

import asyncio

import pytest

from leveret.cluster.links import desk
from leveret.cluster.links.desk import Desk
from leveret.cluster.links.frames import ANSWER, REFUSAL, call_octets, parse_refusal
from leveret.cluster.links.ports import TOO_MANY


async def wait_for_ever(_peer, _body):
    await asyncio.Event().wait()


def test_a_verb_or_a_kind_has_one_owner():
    it = Desk()
    it.serve("verb", wait_for_ever)
    it.receive(16, print)
    for taken in (lambda: it.serve("verb", wait_for_ever), lambda: it.receive(16, print)):
        with pytest.raises(AssertionError, match="already"):
            taken()


@pytest.mark.parametrize("kind", [0, 15, 256])
def test_the_links_own_kinds_are_nobodys(kind):
    with pytest.raises(AssertionError):
        Desk().receive(kind, print)


def test_too_many_calls_are_refused_and_those_that_wait_go_on(monkeypatch):
    monkeypatch.setattr(desk, "CALLS_MAX", 2)

    async def scene():
        it, said, gate = Desk(), [], asyncio.Event()

        async def wait(_peer, body):
            await gate.wait()
            return body

        it.serve("wait", wait)
        for number in range(3):
            octets = call_octets("wait", b"%d" % number)
            it.begin("hare", octets, lambda kind, octets: said.append((kind, octets)))
        assert [kind for kind, _ in said] == [REFUSAL]
        assert parse_refusal(said[0][1])[0] == TOO_MANY
        gate.set()
        await asyncio.sleep(0.01)
        assert said[1:] == [(ANSWER, b"0"), (ANSWER, b"1")]

    asyncio.run(scene())


def test_stopping_ends_what_is_being_answered():
    async def scene():
        it, ended = Desk(), asyncio.Event()

        async def wait(_peer, _body):
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        it.serve("wait", wait)
        it.begin("hare", call_octets("wait", b""), print)
        await asyncio.sleep(0)
        it.stop()
        await asyncio.wait_for(ended.wait(), 5)

    asyncio.run(scene())
