"""Who waits for what."""

import asyncio

import pytest

from leveret.broker.ports import Leaving
from tests.cluster.mirrors.leading import NODES, Leading
from tests.storage.hand import message

JOBS, MAILS, OWN = 1, 2, 9


@pytest.fixture
def node():
    node = Leading()
    node.declare(JOBS, MAILS)
    yield node
    node.close()


class Heard(list):
    """What was told, by name; `lost NAME` for what will never be safe."""

    def kept(self, name):
        return lambda: self.append(name)

    def both(self, name):
        return self.kept(name), self.kept(f"lost {name}")


@pytest.fixture
def heard():
    return Heard()


def begin(node):
    """A client's turn."""
    node.storage.apart.begin()


def keep(node, position, *queues):
    node.storage.messages.append(message(position, b"m"), queues)


def turn(node):
    """A turn of the loop, in which nothing arrives."""
    node.loop.call_soon(node.loop.stop)
    node.loop.run_forever()


def run_loop(node):
    """The logs get on, the own engine does not."""
    node.loop.run_until_complete(asyncio.sleep(10))


def cut_off(node):
    node.faults.split((NODES[0],))


def give_up(node, queue):
    node.storage.messages.give_up(queue)


def test_a_message_in_several_places_is_safe_when_all_of_them_have_it(node, heard):
    begin(node)
    keep(node, 1, JOBS, OWN)
    node.storage.when_kept(*heard.both("both"))
    run_loop(node)
    assert heard == []
    node.own.durability.sync()
    assert heard == ["both"]


def test_a_queue_whose_majority_is_away_holds_up_nobody_else(node, heard):
    cut_off(node)
    begin(node)
    keep(node, 1, JOBS)
    node.storage.when_kept(*heard.both("mirrored"))
    # In the same turn of the loop.
    begin(node)
    keep(node, 2, OWN)
    node.storage.when_kept(*heard.both("own"))
    node.run()
    assert heard == ["own"]
    node.faults.heal()
    node.run()
    assert heard == ["own", "mirrored"]


def test_whoever_does_not_say_what_he_wrote_to_waits_for_all(node, heard):
    cut_off(node)
    begin(node)
    keep(node, 1, JOBS)
    turn(node)
    node.storage.durability.when_durable(heard.kept("all"))
    begin(node)
    node.storage.when_kept(*heard.both("nothing noted"))
    node.run()
    assert heard == []
    node.faults.heal()
    node.run()
    assert heard == ["all", "nothing noted"]
    node.storage.durability.when_durable(heard.kept("at once"))
    node.own.durability.sync()
    assert heard[2:] == ["at once"]


def test_one_queue_can_be_waited_for_at_any_time(node, heard):
    cut_off(node)
    keep(node, 1, JOBS)
    keep(node, 2, OWN)
    turn(node)
    node.storage.apart.when_queue_kept(JOBS, *heard.both("jobs"))
    node.storage.apart.when_queue_kept(OWN, *heard.both("own"))
    node.run()
    assert heard == ["own"]
    node.faults.heal()
    node.run()
    assert heard == ["own", "jobs"]


def test_what_is_settled_before_is_safe_with_what_is_published_then(node):
    keep(node, 1, JOBS)
    node.run()
    begin(node)
    node.storage.messages.settle(JOBS, 1)
    keep(node, 2, JOBS)
    settled = []
    node.storage.when_kept(lambda: settled.append(kinds(node).count(3)), None)
    node.run()
    assert settled == [1]


def kinds(node):
    return [each.kind for each in node.engine.logs["q1"].records]


def test_what_was_lost_with_its_mirror_is_told_to_those_who_wrote_to_it(node, heard):
    cut_off(node)
    begin(node)
    keep(node, 1, JOBS, MAILS)
    node.storage.when_kept(*heard.both("jobs and mails"))
    begin(node)
    keep(node, 2, MAILS)
    node.storage.when_kept(*heard.both("mails"))
    node.storage.durability.when_durable(heard.kept("all"))
    give_up(node, JOBS)
    assert heard == ["lost jobs and mails"]
    begin(node)
    keep(node, 3, JOBS)
    node.storage.when_kept(*heard.both("after"))
    turn(node)
    assert heard[1:] == ["lost after"]
    node.faults.heal()
    node.run()
    assert heard[2:] == ["mails", "all"]


def test_a_batch_ends_with_every_append_to_a_mirror_and_with_the_engines_own(node):
    durability = node.storage.durability
    first = durability.batch
    assert durability.batch == first
    keep(node, 1, OWN)
    assert durability.batch == first
    keep(node, 2, JOBS)
    second = durability.batch
    keep(node, 3, MAILS)
    third = durability.batch
    node.own.durability.begin_sync()
    assert first < second < third < durability.batch


def test_what_is_said_after_somebody_began_to_wait_is_of_another_batch(node, heard):
    durability = node.storage.durability
    begin(node)
    keep(node, 1, JOBS)
    first = durability.batch
    node.storage.when_kept(*heard.both("mirrored"))
    begin(node)
    keep(node, 2, OWN)
    assert durability.batch > first


def test_it_is_behind_for_those_alone_who_write_to_what_is(node, monkeypatch):
    monkeypatch.setattr("leveret.cluster.mirrors.mirror.UNSAFE_MAX", 0)
    cut_off(node)
    begin(node)
    keep(node, 1, JOBS)
    assert node.storage.durability.is_behind
    begin(node)
    keep(node, 2, OWN)
    assert not node.storage.durability.is_behind


class Twice:
    """The place of a queue that moves."""

    def __init__(self, mirror):
        self.engines = {None: None, mirror: None}


class TestMoves:
    """A message that goes on between queues."""

    @staticmethod
    def move(node, position, origin, *queues, heard):
        leaving = Leaving(origin, position - 1, heard.kept("done"), heard.kept("again"))
        node.loop.run_until_complete(_move(node, position, queues, leaving))

    def test_one_engine_keeps_both_in_order(self, node, heard):
        self.move(node, 2, OWN, OWN, heard=heard)
        self.move(node, 4, JOBS, JOBS, heard=heard)
        assert heard == ["done", "done"]

    def test_it_is_done_when_it_is_safe_elsewhere(self, node, heard):
        cut_off(node)
        self.move(node, 2, OWN, OWN, JOBS, heard=heard)
        node.run()
        assert heard == []
        assert node.storage.moves.moving_from(OWN) == {1}
        node.faults.heal()
        node.run()
        assert heard == ["done"]
        assert node.storage.moves.moving_from(OWN) == set()

    def test_from_a_mirror_to_the_own_disk(self, node, heard):
        self.move(node, 2, JOBS, OWN, heard=heard)
        run_loop(node)
        assert heard == []
        node.own.durability.sync()
        assert heard == ["done"]

    def test_of_a_queue_in_two_places_it_waits_for_each_it_goes_to(self, node, heard):
        """Whichever of the two is believed in the end, the other may have heard of the settle."""
        node.store.places[5] = Twice(node.mirrors[JOBS])
        self.move(node, 2, 5, OWN, heard=heard)
        run_loop(node)
        assert heard == []
        node.own.durability.sync()
        assert heard == ["done"]

    def test_it_is_sent_again_when_where_it_went_was_given_up(self, node, heard):
        cut_off(node)
        self.move(node, 2, OWN, JOBS, heard=heard)
        give_up(node, JOBS)
        assert heard == ["again"]
        assert node.storage.moves.moving_from(OWN) == set()

    def test_what_is_noted_of_it_is_not_the_clients(self, node, heard):
        cut_off(node)
        begin(node)
        keep(node, 1, OWN)
        self.move(node, 3, OWN, JOBS, heard=heard)
        node.storage.when_kept(*heard.both("own"))
        node.run()
        assert heard == ["own"]


async def _move(node, position, queues, leaving):
    node.storage.moves.begin_move()
    node.store.append(message(position, b"m"), queues)
    node.storage.moves.end_move(leaving)


class TestAnswers:
    """What tx.commit and the like wait for."""

    def test_it_waits_for_the_mirrors_that_were_said_something_to(self, node, heard):
        cut_off(node)
        before = node.answers.demands
        say(node, lambda: commit(node, heard, 1, JOBS))
        assert node.answers.demands > before
        say(node, lambda: node.answers.when_durable(heard.kept("declare")))
        node.run()
        assert heard == ["declare"]
        node.faults.heal()
        node.run()
        assert heard[1:] == ["kept"]

    def test_what_a_queue_is_told_later_is_not_waited_for(self, node, heard):
        say(node, lambda: commit(node, heard, 1, JOBS))
        node.own.durability.sync()
        run_loop(node)
        cut_off(node)
        say(node, lambda: keep(node, 2, JOBS))
        assert heard == ["kept"]

    def test_a_queue_whose_majority_is_away_holds_up_no_other(self, node, heard):
        cut_off(node)
        say(node, lambda: keep(node, 1, JOBS))
        turn(node)
        say(node, lambda: commit(node, heard, 2, OWN))
        node.own.durability.sync()
        assert heard == ["kept"]

    def test_who_waits_for_what_is_lost_hears_so_and_nobody_else_does(self, node, heard):
        cut_off(node)
        say(node, lambda: commit(node, heard, 1, JOBS))
        others = Heard()
        begin(node)
        say(node, lambda: commit(node, others, 2, MAILS))
        give_up(node, JOBS)
        assert heard == ["lost kept"]
        node.faults.heal()
        node.run()
        assert (heard, others) == (["lost kept"], ["kept"])

    def test_what_is_said_to_who_leads_no_more_is_lost(self, node, heard):
        say(node, lambda: keep(node, 1, JOBS))
        node.run()
        give_up(node, JOBS)
        say(node, lambda: purge(node, heard, 1, JOBS))
        node.run()
        assert heard == ["lost kept"]

    def test_a_queue_that_went_with_something_unsafe_is_nobodys_loss(self, node, heard):
        """Nobody ever hears of what was said to it last: its log is closed."""
        say(node, lambda: keep(node, 1, JOBS))
        give_up(node, JOBS)
        node.loop.run_until_complete(node.mirrors[JOBS].log.close())
        assert not node.mirrors[JOBS].is_safe
        say(node, lambda: keep(node, 2, MAILS))
        node.run()
        say(node, lambda: purge(node, heard, 2, MAILS))
        node.run()
        assert heard == ["kept"]

    def test_what_is_safe_everywhere_is_not_waited_for(self, node):
        keep(node, 1, JOBS)
        node.run()
        before = node.answers.demands - node.own.durability.demands
        say(node, node.answers.demand)
        assert node.answers.demands - node.own.durability.demands == before


def commit(node, heard, position, queue):
    keep(node, position, queue)
    node.answers.demand()
    node.answers.when_kept(*heard.both("kept"))


def purge(node, heard, position, queue):
    node.storage.messages.settle(queue, position)
    node.answers.demand()
    node.answers.when_kept(*heard.both("kept"))


def say(node, action):
    """In the event loop, which then has a turn."""
    node.loop.call_soon(action)
    turn(node)


def test_what_has_copies_is_known_until_the_turn_ends(node):
    begin(node)
    keep(node, 1, OWN)
    assert not node.storage.has_written_copies
    keep(node, 2, OWN, JOBS)
    assert node.storage.has_written_copies
    begin(node)
    assert not node.storage.has_written_copies
