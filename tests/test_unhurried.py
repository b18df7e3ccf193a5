"""Long work in the broker's loop, done in slices."""

import asyncio

import pytest

from leveret import unhurried as module
from leveret.broker.events import INTERNAL, Events
from leveret.unhurried import unhurried


def acting(events, seen, steps):
    for _ in range(steps):
        seen.append(events.actor)
        yield
    return "done"


def test_others_have_their_turns_between_two_slices(monkeypatch):
    monkeypatch.setattr(module, "SLICE_S", 0)
    events, seen = Events(), []

    async def beside():
        work = asyncio.create_task(unhurried(acting(events, seen, 3), events, "ada"))
        while not work.done():
            seen.append(events.actor)
            await asyncio.sleep(0)

    asyncio.run(beside())
    assert seen[:6] == [INTERNAL, "ada"] * 3


def test_what_is_done_is_told_to_be_the_actors_and_nothing_else_is():
    events, seen = Events(), []
    assert asyncio.run(unhurried(acting(events, seen, 3), events, "ada")) == "done"
    assert (seen, events.actor) == (["ada"] * 3, INTERNAL)


def test_what_fails_is_raised_and_the_actor_is_gone():
    events = Events()

    def failing():
        yield
        raise ValueError("no further")

    with pytest.raises(ValueError, match="no further"):
        asyncio.run(unhurried(failing(), events, "ada"))
    assert events.actor == INTERNAL


def test_a_slice_is_over_in_its_time_and_the_next_begins_after_a_turn(monkeypatch):
    monkeypatch.setattr(module, "SLICE_S", 100)
    lasting = module.Slice()
    assert not lasting.is_over
    monkeypatch.setattr(module, "SLICE_S", 0)
    others = []

    async def give_way():
        asyncio.get_running_loop().call_soon(others.append, "turn")
        await lasting.give_way()
        return list(others)

    assert asyncio.run(give_way()) == ["turn"]
    assert lasting.is_over
