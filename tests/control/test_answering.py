"""What is told of one question, from beginning to end."""

import asyncio

import pytest

from leveret import unhurried
from leveret.broker.errors import NotFound
from leveret.broker.events import INTERNAL
from leveret.control import answering, exits, verbs
from leveret.control.call import Feed, Rows, VerbRefused
from leveret.control.messages import (
    APP_STOPPED,
    Ask,
    Batch,
    Begun,
    Columns,
    Done,
    Refused,
    Told,
)
from tests.broker.hand_pen import give_pen
from tests.control.served import OneBroker


async def waits(_call):
    await asyncio.sleep(0)
    return "waited"


async def ticks():
    yield 1
    yield 2


def not_found(_call):
    raise NotFound("no queue 'q'")


def unwilling(_call):
    raise VerbRefused(exits.DATA, "no")


def broken(_call):
    raise ZeroDivisionError


def breaks_off(_call):
    return Rows(["n"], (1 // (1 - n) for n in range(3)))


VERBS = {
    "waits": waits,
    "silent": lambda _call: None,
    "ticks": lambda _call: Feed(ticks()),
    "many": lambda _call: Rows(["n"], ([n] for n in range(1200))),
    "none": lambda _call: Rows(["n"], []),
    "not_found": not_found,
    "unwilling": unwilling,
    "broken": broken,
    "breaks_off": breaks_off,
    "always": lambda _call: None,
    "acts": lambda call: call.broker.events.actor,
}


@pytest.fixture(autouse=True)
def known(monkeypatch):
    known = {name: verbs.Known(verb, name != "always") for name, verb in VERBS.items()}
    monkeypatch.setattr(answering, "find", known.get)


def told(verb, host=None):
    async def collect():
        return [each async for each in answering.answers(host or OneBroker(), Ask(verb))]

    return asyncio.run(collect())


def test_what_is_done_what_is_said_and_what_takes_time():
    assert told("silent") == [Begun(), Done()]
    assert told("waits") == [Begun(), Done("waited")]
    assert told("ticks") == [Begun(), Told(1), Told(2), Done()]


def test_a_listing_comes_in_slices(monkeypatch):
    monkeypatch.setattr(unhurried, "SLICE_S", 100)
    begun, columns, *batches, done = told("many")
    assert (begun, columns, done) == (Begun(), Columns(["n"]), Done())
    assert [len(batch.rows) for batch in batches] == [500, 500, 200]
    assert [row for batch in batches for row in batch.rows] == [[n] for n in range(1200)]


def test_a_slice_ends_with_its_time(monkeypatch):
    monkeypatch.setattr(unhurried, "SLICE_S", 0)
    assert [len(each.rows) for each in told("many") if isinstance(each, Batch)] == [1] * 1200


def test_an_empty_listing_has_columns_and_no_rows():
    assert told("none") == [Begun(), Columns(["n"]), Done()]


def test_refusals_are_told_in_their_own_words():
    assert told("unwilling") == [Begun(), Refused(exits.DATA, "no")]
    assert told("not_found") == [Begun(), Refused(exits.UNAVAILABLE, "Error:\nno queue 'q'")]
    assert told("nosuch") == [
        Refused(exits.SOFTWARE, "this node does not know the command 'nosuch'")
    ]


def test_a_stopped_application_is_said_before_it_begins():
    host = OneBroker()
    asyncio.run(host.stop_app())
    [refused] = told("silent", host)
    assert (refused.exit_code, refused.needs) == (exits.USAGE, APP_STOPPED)
    assert told("always", host) == [Begun(), Done()]


@pytest.mark.parametrize("verb", ["broken", "breaks_off"])
def test_an_error_of_ours_is_in_the_log_and_ends_the_answer(verb, caplog):
    last = told(verb)[-1]
    assert last.exit_code == exits.SOFTWARE
    assert "see the node's log" in last.text
    assert f"the command {verb} failed" in caplog.text


def test_whose_doing_it_is():
    host = OneBroker()
    assert told("acts", host)[-1] == Done("rmq-cli")
    assert host.broker.events.actor == INTERNAL


# In a cluster ------------------------------------------------------------------------------------


def test_whatever_is_named_like_a_change_is_done_with_the_pen_in_hand():
    changing = {
        name
        for name in verbs._all()
        if name.partition("_")[0] in {"add", "change", "clear", "delete", "remove", "set", "update"}
    }
    of_this_node = {"set_disk_free_limit", "set_log_level", "set_vm_memory_high_watermark"}
    of_messages = {"delete_messages"}
    commits = {name for name, verb in verbs._all().items() if verb.commits}
    assert commits == changing - of_this_node - of_messages


@pytest.fixture
def in_cluster(monkeypatch):
    """A node of a cluster, its pen, and a verb that changes something."""

    def add(call):
        call.broker.add_vhost("jobs")

    monkeypatch.setattr(answering, "find", lambda _name: verbs.Known(add, True, commits=True))
    host = OneBroker()
    return host, give_pen(host.application.broker)


async def collected(host):
    return [each async for each in answering.answers(host, Ask("add"))]


def test_it_waits_for_the_pen(in_cluster):
    host, pen = in_cluster

    async def scene():
        asking = asyncio.create_task(collected(host))
        await asyncio.sleep(0.05)
        assert "jobs" not in host.application.broker.vhosts
        pen.come()
        assert "jobs" in host.application.broker.vhosts
        return await asking

    assert asyncio.run(scene()) == [Begun(), Done()]


def test_what_cannot_be_done_without_a_majority_is_told(in_cluster):
    host, pen = in_cluster

    async def scene():
        asking = asyncio.create_task(collected(host))
        await asyncio.sleep(0.05)
        pen.give_up()
        return await asking

    begun, refused = asyncio.run(scene())
    assert (begun, refused.exit_code) == (Begun(), exits.UNAVAILABLE)
    assert "majority" in refused.text
