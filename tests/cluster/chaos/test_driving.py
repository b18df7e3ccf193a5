"""Whatever a schedule breaks is mended again, also when the run is ended in the middle."""

import pytest

from tests.cluster.chaos.checker import Promise, Violation
from tests.cluster.chaos.driving import Outcome, broken, perform
from tests.cluster.chaos.history import Confirmed, Delivered, Faulted, History, Message
from tests.cluster.chaos.places import Place
from tests.cluster.chaos.schedule import (
    Episode,
    Fault,
    Part,
    Repertoire,
    Schedule,
    schedule_of,
)

OF_NETWORKS = {Fault.ISOLATE, Fault.CUT_PAIR, Fault.CUT_ONE_WAY, Fault.SLOW}


class Network:
    """Keeps what is cut and slow. The real one: test_places.py."""

    def __init__(self):
        self.places = tuple(Place(number, "") for number in (1, 2, 3))
        self.cuts = set()
        self.crawls = set()

    def cut(self, sender, receiver):
        self.cuts.add((sender, receiver))

    def slow(self, number):
        self.crawls.add(number)

    def heal(self):
        self.cuts.clear()
        self.crawls.clear()


class Cluster:
    """Keeps what is wrong with its nodes, and refuses what makes no sense."""

    def __init__(self):
        self.network = Network()
        self.down = set()
        self.frozen = set()
        self.full = set()

    def kill(self, node, part):
        assert (node, part) not in self.down
        self.down.add((node, part))

    stop = kill

    def start(self, node, part):
        self.down.remove((node, part))

    def freeze(self, node, part):
        self.frozen.add((node, part))

    def thaw(self, node, part):
        self.frozen.remove((node, part))

    def fill_disk(self, node):
        self.full.add(node)

    def empty_disk(self, node):
        self.full.remove(node)

    def wrongs(self):
        wrongs = self.down | self.frozen | self.full | self.network.cuts | self.network.crawls
        return sorted(wrongs, key=str)


@pytest.fixture
def cluster():
    return Cluster()


def episode_of(fault, part=Part.NODE):
    (first, *_) = schedule_of(1, 0, Repertoire((fault,), (part,))).episodes
    return first


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_breaks_something_and_is_mended(cluster, fault):
    with broken(cluster, episode_of(fault)):
        assert cluster.wrongs()
        assert bool(cluster.network.cuts or cluster.network.crawls) == (fault in OF_NETWORKS)
    assert not cluster.wrongs()


def test_a_run_that_is_ended_leaves_nothing_broken(cluster):
    with pytest.raises(KeyboardInterrupt), broken(cluster, episode_of(Fault.FREEZE_TWO)):
        raise KeyboardInterrupt
    assert not cluster.wrongs()


def test_the_engine_alone(cluster):
    with broken(cluster, episode_of(Fault.KILL, Part.ENGINE)):
        assert [part for _, part in cluster.down] == [Part.ENGINE]


@pytest.mark.parametrize(
    ("fault", "nodes", "cuts"),
    [
        (Fault.ISOLATE, (2,), {(2, 1), (2, 3), (1, 2), (3, 2)}),
        (Fault.CUT_PAIR, (3, 1), {(3, 1), (1, 3)}),
        (Fault.CUT_ONE_WAY, (3, 1), {(3, 1)}),
    ],
)
def test_what_is_cut(cluster, fault, nodes, cuts):
    with broken(cluster, Episode(fault, nodes, 0, 0)):
        assert cluster.network.cuts == cuts


def test_a_schedule_is_performed_in_its_order(cluster):
    history = History()
    episodes = tuple(Episode(fault, (1,), 0, 0) for fault in (Fault.KILL, Fault.SLOW))
    perform(cluster, Schedule(0, episodes), history)
    told = [event.what for event in history.events if isinstance(event, Faulted)]
    assert told == [str(episodes[0]), "mended", str(episodes[1]), "mended"]


def test_how_long_it_takes_until_something_is_confirmed_again():
    """The last mending is not followed by any: publishers were done."""
    confirmed, mended = Confirmed(Message("a", 1)), Faulted(0, "mended")
    events = [confirmed, mended, confirmed, mended, mended, confirmed, mended]
    history = History(events, [0, 1, 1.5, 2, 7, 9, 10])
    assert history.slowest_return_s() == 7


def test_an_outcome_tells_what_was_seen():
    history = History()
    for event in (Confirmed(Message("a", 1)), Delivered(Message("a", 1), "eve")):
        history.tell(event)
    well = Outcome(Schedule(9, ()), [], history)
    told = "1 confirmed, 1 delivered, longest pause 0.0 s, back 0.0 s after mending"
    assert str(well).endswith(f"{told}; all promises kept")
    ill = Outcome(Schedule(9, ()), [Violation(Promise.LOST, "a")] * 2, history)
    assert str(ill).endswith("{'confirmed and lost': 2}")
