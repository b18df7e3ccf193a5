"""A seed is a schedule: the same one each time."""

import pytest

from tests.cluster.chaos.schedule import (
    OF_ONE,
    OF_PROCESSES,
    Episode,
    Fault,
    Part,
    Repertoire,
    Schedule,
    schedule_of,
)

MANY = [schedule_of(seed, 60) for seed in range(200)]


def test_a_seed_is_one_schedule():
    assert schedule_of(7, 60) == schedule_of(7, 60)
    assert len(set(MANY)) == len(MANY)


def test_every_fault_happens_to_every_node():
    episodes = [episode for schedule in MANY for episode in schedule.episodes]
    met = {(episode.fault, node) for episode in episodes for node in episode.nodes}
    assert met == {(fault, node) for fault in Fault for node in (1, 2, 3)}


def test_a_schedule_fits_into_its_time():
    assert max(schedule.seconds for schedule in MANY) <= 60
    assert min(len(schedule.episodes) for schedule in MANY) >= 2
    assert len(schedule_of(1, 0).episodes) == 1


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_hits_as_many_as_it_says(fault):
    (episode, *_) = schedule_of(3, 30, Repertoire((fault,))).episodes
    expected = 3 if fault is Fault.KILL_ALL else 1 if fault in OF_ONE else 2
    assert episode.fault is fault
    assert len(set(episode.nodes)) == expected


def test_it_tells_what_it_is_going_to_do():
    schedule = Schedule(5, (Episode(Fault.FREEZE, (2,), 4.5, 3.0),))
    assert str(schedule) == "seed 5: freeze node 2 for 4.5 s, then 3 s"


def test_parts_of_nodes_are_hit_alone_by_what_hits_processes():
    repertoire = Repertoire(parts=tuple(Part))
    schedules = [schedule_of(seed, 60, repertoire) for seed in range(100)]
    episodes = [episode for schedule in schedules for episode in schedule.episodes]
    assert {each.part for each in episodes} == set(Part)
    assert {each.part for each in episodes if each.fault not in OF_PROCESSES} == {Part.NODE}
