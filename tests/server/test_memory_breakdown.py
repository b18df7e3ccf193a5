"""What the memory is for, by RabbitMQ's categories."""

from types import SimpleNamespace

from leveret.server.memory_breakdown import (
    BINARY_CATEGORIES,
    CATEGORIES,
    binary_breakdown,
    in_percent,
    memory_breakdown,
)

MACHINE = SimpleNamespace(resident_memory=lambda: 1000)


def broker(octets):
    return SimpleNamespace(paging=SimpleNamespace(octets=octets))


def test_the_categories_add_up_to_what_is_used():
    told = memory_breakdown(broker(300), MACHINE)
    assert tuple(told) == CATEGORIES
    assert (told["queue_procs"], told["other_system"]) == (300, 700)
    assert sum(told.values()) == 1000


def test_messages_take_no_more_than_there_is():
    # Their octets are counted by steps: for a moment they may be said to be more.
    told = memory_breakdown(broker(5000), MACHINE)
    assert (told["queue_procs"], told["other_system"]) == (1000, 0)


def test_shares_are_rounded_up():
    told = in_percent({"queue_procs": 1, "other_system": 999, "atom": 0})
    assert told == {"queue_procs": 1, "other_system": 100, "atom": 0}
    assert in_percent({"atom": 0}) == {"atom": 0}


def test_queues_hold_the_octets_of_messages():
    told = binary_breakdown(broker(300))
    assert tuple(told) == BINARY_CATEGORIES
    assert told["queue_procs"] == 300
    assert sum(told.values()) == 300
