"""Requests about a replicated queue while it has no leader."""

import asyncio

import pytest

from leveret.broker.queues.queue import QueueOptions
from leveret.cluster.remote.placing import place
from leveret.management.elsewhere import leading
from leveret.management.elsewhere.asking import HTTP

DURABLE = QueueOptions(durable=True)


@pytest.fixture
def moving(pair):
    """A queue that hare is about to lead, as mouse knows."""
    place(pair.mouse.vhost, "q", DURABLE, pair.mouse_homes.of("hare"), is_mirrored=True)
    return pair


def lead_when_asked_again(pair):
    """Hare leads the queue once it has been asked for it twice in vain."""
    desk = pair.peers["mouse"].desks["hare"]
    ask, asked = desk[HTTP], []

    async def answer(body):
        asked.append(body)
        if len(asked) == 3:
            pair.hare.vhost.create_queue("q", DURABLE, None)
        return await ask(body)

    desk[HTTP] = answer


def test_it_is_shown_once_the_next_one_leads_it(moving):
    lead_when_asked_again(moving)
    assert moving.get("mouse", "/queues/%2F/q")["node"] == "hare"


def test_it_is_deleted_once_the_next_one_leads_it(moving):
    lead_when_asked_again(moving)
    assert moving.ask("mouse", "DELETE", "/queues/%2F/q").status == 204
    assert moving.hare.vhost.queues == {}


def test_it_is_shown_when_who_led_it_does_not_answer_any_more(moving):
    """The node that is asked leads it itself in the end."""
    moving.peers["mouse"].silent.add("hare")

    async def lead_soon():
        await asyncio.sleep(2 * leading.LOOK_S)
        vhost = moving.mouse.vhost
        vhost.replace_queue(vhost.queues["q"], vhost.make_queue("q", DURABLE, 0))

    async def scene():
        leads = asyncio.create_task(lead_soon())
        reply = await moving._ask("mouse", ("GET", "/queues/%2F/q", None), "ada", {})
        await leads
        return reply

    assert asyncio.run(scene()).json["node"] == "mouse"


def test_nobody_waits_for_ever(moving, monkeypatch):
    monkeypatch.setattr(leading, "PATIENCE_S", 0.1)
    assert moving.ask("mouse", "GET", "/queues/%2F/q").status == 404


def test_what_is_nowhere_is_not_waited_for(pair, monkeypatch):
    monkeypatch.setattr(leading, "PATIENCE_S", 1e9)
    assert pair.ask("mouse", "GET", "/queues/%2F/q").status == 404
    assert pair.ask("mouse", "DELETE", "/queues/%2F/q/contents").status == 404
