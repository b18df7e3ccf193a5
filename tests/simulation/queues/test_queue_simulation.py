"""The disciplines of queues against queues that are lists; `make sim` runs more seeds.

And the model itself: that faults in the broker do not escape it.
"""

import pytest

from leveret.broker import dead_letters
from leveret.broker.dead_letters import DeadLetters
from leveret.broker.queues import deadletter, ruled
from leveret.broker.queues.consumers import SingleActiveConsumer
from leveret.broker.queues.expiry import MessageExpiry, QueueExpiry
from leveret.broker.queues.keeping import Keeping
from leveret.broker.queues.overflow import Limit
from leveret.broker.queues.priority import PriorityReady
from leveret.broker.queues.queue import Queue
from leveret.broker.queues.ready import Ready
from leveret.broker.queues.ruled import Ruled
from leveret.session import unacked
from tests.simulation.queues.run import STEPS, Failed, failure_of, run_seed
from tests.simulation.queues.steps import steps_of

SEEDS = 60
SEEDS_TO_SEE_IT = 60


@pytest.mark.parametrize("seed", range(SEEDS))
def test_queues_are_lists(seed):
    run_seed(seed)


def test_the_same_seed_is_the_same_life():
    assert failure_of(steps_of(1, STEPS)) == failure_of(steps_of(1, STEPS))
    assert failure_of(steps_of(1, STEPS))[1] != failure_of(steps_of(2, STEPS))[1]


def test_every_way_to_die_is_gone(monkeypatch):
    reasons = []

    def told(letter, death, bury=deadletter.bury):
        reasons.append(death.reason)
        return bury(letter, death)

    monkeypatch.setattr(dead_letters, "bury", told)
    for seed in range(12):
        run_seed(seed)
    assert set(reasons) == {"rejected", "expired", "maxlen", "delivery_limit"}


# What it sees --------------------------------------------------------------------------------


def first_failure():
    for seed in range(SEEDS_TO_SEE_IT):
        error, _told = failure_of(steps_of(seed, STEPS))
        if error is not None:
            return str(error) or repr(error)
    return ""


def nothing(*_, **__):
    """What was to be done is not."""


def always(_self, *_arguments):
    return True


def never(_self, *_arguments):
    return False


def newest_first(ready):
    """The newest gives way instead of the oldest."""
    ready.count -= 1
    if ready._fresh:
        return ready._fresh.pop(), False
    return ready._returned.pop(0)[1], True


def keep_expiration(letter, death, bury=deadletter.bury):
    """The dead letter expires once more."""
    dead = bury(letter, death)
    dead.traits = letter.traits
    return dead


def count_anew(_deaths, details):
    return [{"count": 1, **details}]


def stored_for_ever(_keeping, _message):
    """The store is never told that a message is settled."""


def settle_before_it_died(letters, queue, message, reason, deliver=DeadLetters._deliver):
    """Let go of twice."""
    deliver(letters, queue, message, reason)
    if reason == "maxlen":
        queue.let_go(message)


def last_come_first(single):
    """The newest consumer takes over."""
    newest = list(single._all)[-1:]
    single.first = type(single.first)(newest) if set(newest) <= single._can_take else ()


def requeue_as_settled(deliveries):
    """What a closing channel held is lost."""
    unacked.settle(deliveries)


def not_counted(_queue, message):
    return message


FAULTS = {
    "no message expires": (MessageExpiry, "drop_expired", nothing),
    "who comes to the front is not looked at": (MessageExpiry, "look", nothing),
    "what expires is not watched": (MessageExpiry, "_watch", nothing),
    "a time to live of 0 waits": (MessageExpiry, "is_over_at_once", never),
    "queues do not expire": (QueueExpiry, "_timer_fired", nothing),
    "using a queue does not keep it": (QueueExpiry, "touch", nothing),
    "a full queue drops nothing": (Ruled, "_drop_excess", nothing),
    "a full queue refuses nothing": (Limit, "has_room_for", always),
    "octets are not counted off": (Limit, "taken", nothing),
    "octets are not counted": (Limit, "added", nothing),
    "a purge leaves its octets behind": (Limit, "cleared", nothing),
    "what waited before is not weighed": (Limit, "weigh", nothing),
    "the newest gives way": (Ready, "take", newest_first),
    "the dead go nowhere": (DeadLetters, "take", nothing),
    "a dead letter expires again": (dead_letters, "bury", keep_expiration),
    "deaths are not counted up": (deadletter, "_counted", count_anew),
    "dead letters go round": (dead_letters, "is_cycle", never),
    "dead letters never come back": (dead_letters, "is_cycle", always),
    "a rejected message is only settled": (unacked, "reject", unacked.settle),
    "what comes back is not counted": (Ruled, "_counted", not_counted),
    "a count is not said": (ruled, "with_count", lambda message, _count: message),
    "the store hears of no delivery": (Keeping, "mark_delivered", nothing),
    "the store is not told of the end": (Keeping, "let_go", stored_for_ever),
    "a death is told to the store twice": (DeadLetters, "_deliver", settle_before_it_died),
    "the wrong consumer takes over": (SingleActiveConsumer, "_choose", last_come_first),
    "who is full hands over": (SingleActiveConsumer, "park", nothing),
    "priorities are lost on the way back": (PriorityReady, "put_back", PriorityReady.push),
    "what a channel held is lost": (unacked, "requeue", requeue_as_settled),
    "a policy has no effect": (Ruled, "_apply", nothing),
    "a successor is not served": (Queue, "pump", nothing),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_seen(fault, monkeypatch):
    owner, name, faulty = FAULTS[fault]
    monkeypatch.setattr(owner, name, faulty)
    assert first_failure()


def test_a_failure_tells_its_seed_a_short_trace_and_how_to_see_it_again(monkeypatch):
    monkeypatch.setattr(MessageExpiry, "drop_expired", nothing)
    failing = next(n for n in range(SEEDS_TO_SEE_IT) if failure_of(steps_of(n, STEPS))[0])
    with pytest.raises(Failed) as failed:
        run_seed(failing)
    first, *trace, last = str(failed.value).splitlines()
    assert first.startswith(f"seed {failing}, shrunk to ")
    assert any("Letter(" in line for line in trace)
    assert last == f"again: python -m tests.simulation.queues {failing} 1"
