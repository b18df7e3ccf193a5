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
