"""Some worlds, every time; `make sim SEED=n COUNT=n` runs others, and shows one again.

And the simulator itself: that it repeats itself, that it sees what is wrong, that it cuts a
failure down to what matters.
"""

import pytest

from leveret.broker.queues.consumers import Consumers
from leveret.broker.queues.expiry import MessageExpiry
from leveret.broker.queues.priority import PriorityReady
from leveret.broker.queues.queue import Queue
from leveret.broker.queues.ready import Ready
from leveret.broker.vhost import Vhost
from leveret.protocol.connection import Connection
from leveret.session import channel, consumer, publish
from leveret.session.blocking import Blocking
from leveret.session.confirms import Confirms
from leveret.session.session import Session
from tests.simulation.run import Failed, failure_of, run_seed
from tests.simulation.shrinking import shrink
from tests.simulation.steps import steps_of
from tests.simulation.world import World

SEEDS = 25
STEPS = 250
# A fault that shows in one world of ten is found in so many but once in two thousand.
SEEDS_TO_SEE_IT = 75


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_world_goes_right(seed):
    run_seed(seed)


def test_the_same_seed_is_the_same_world():
    def told(seed):
        world = World()
        for step in steps_of(seed, STEPS):
            world.take(step)
        return world.told

    assert told(1) == told(1)
    assert told(1) != told(2)


def test_more_steps_begin_with_the_same_ones():
    assert list(steps_of(1, 100))[:60] == list(steps_of(1, 50))


def test_a_world_has_a_bit_of_everything():
    """No step is in vain: each of them makes the broker say something."""
    told = []
    for seed in range(100, 112):
        told += failure_of(steps_of(seed, STEPS))[1]
    heard = {line.split(": ")[1].split("(")[0] for line in told if line.startswith("    to ")}
    asked = {line.split(": ")[1].split("(")[0] for line in told if line[:2] in ("0/", "1/", "2/")}
    assert {"BasicDeliver", "BasicReturn", "BasicAck", "BasicGetOk", "BasicCancel"} <= heard
    assert {"ConnectionBlocked", "ConnectionUnblocked", "ChannelClose", "TxCommitOk"} <= heard
    assert {"BasicAck", "BasicNack", "BasicReject", "BasicRecover", "TxRollback"} <= asked


# What it sees --------------------------------------------------------------------------------


def first_failure():
    for seed in range(SEEDS_TO_SEE_IT):
        error, _told = failure_of(steps_of(seed, STEPS))
        if error is not None:
            return str(error) or repr(error)
    return ""


def never_redelivered(ready):
    ready.count -= 1
    lines = ready._returned, ready._fresh
    return (lines[0].pop(0)[1] if lines[0] else lines[1].popleft()), False


def publish_twice(queue, message, publish_once=Queue.publish):
    publish_once(queue, message)
    publish_once(queue, message)


def requeue_all_but_one(queue, messages, requeue=Queue.requeue):
    requeue(queue, list(messages)[1:])


def put_back_at_the_end(ready, message):
    ready._fresh.append(message)
    ready.count += 1


def confirm_one_less(confirms, take_ack=Confirms.take_ack):
    confirms.due -= confirms.due > 1
    return take_ack(confirms)


def lowest_first(ready):
    return reversed(list(ready._lines.values()))


def lowest_consumers_first(consumers):
    consumers.first = consumers._lines[min(consumers._lines)] if consumers._lines else ()


def return_nothing(_channel, message, receivers, *, is_mandatory):
    assert is_mandatory in (True, False)
    for receiver in receivers:
        receiver.publish(message)


def nothing(*_, **__):
    """What was to be done is not."""


FAULTS = {
    "a message is published twice": (Queue, "publish", publish_twice),
    "a message is lost on its way back": (Queue, "requeue", requeue_all_but_one),
    "what comes back goes to the end": (Ready, "put_back", put_back_at_the_end),
    "nothing is flagged as redelivered": (Ready, "take", never_redelivered),
    "the lowest priority comes first": (PriorityReady, "_highest_first", lowest_first),
    "nothing expires": (MessageExpiry, "drop_expired", nothing),
    "full consumers stay in line": (Consumers, "park", nothing),
    "consumers of low priority come first": (Consumers, "_choose", lowest_consumers_first),
    "nobody hears of room": (consumer.Consumer, "reconsider", nothing),
    "a limit is never used up": (channel.Channel, "delivered_to", nothing),
    "the last publish is not confirmed": (Confirms, "take_ack", confirm_one_less),
    "nothing is returned": (publish, "hand_over", return_nothing),
    "an auto-delete queue stays": (Queue, "unsubscribe", nothing),
    "a queue's consumers are not told of its end": (channel.Channel, "queue_gone", nothing),
    "old routes are remembered": (Vhost, "forget_routes", nothing),
    "a dying connection takes messages": (Session, "closing", nothing),
    "an alarm stops reading only": (Connection, "halt", nothing),
    "an alarm's end sets nothing free": (Blocking, "_end", nothing),
    "pauses are ignored": (Session, "pause", nothing),
    "exclusive queues stay": (Session, "closed", nothing),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_seen(fault, monkeypatch):
    owner, name, faulty = FAULTS[fault]
    monkeypatch.setattr(owner, name, faulty)
    assert first_failure()


# What it tells -------------------------------------------------------------------------------


def test_a_failure_tells_its_seed_a_short_trace_and_how_to_see_it_again(monkeypatch):
    monkeypatch.setattr(Confirms, "take_ack", confirm_one_less)
    failing = next(n for n in range(SEEDS_TO_SEE_IT) if failure_of(steps_of(n, STEPS))[0])
    with pytest.raises(Failed) as failed:
        run_seed(failing)
    first, *trace, last = str(failed.value).splitlines()
    assert first.startswith(f"seed {failing}, shrunk to ")
    assert any("ConfirmSelect()" in line for line in trace)
    assert last == f"again: make sim SEED={failing} COUNT=1"


def test_a_failing_list_is_cut_down_to_what_makes_it_fail():
    assert shrink(range(100), lambda steps: {17, 62} <= set(steps)) == [17, 62]


def test_cutting_down_ends_after_so_many_attempts():
    attempts = []
    shrink(range(1000), lambda steps: attempts.append(steps) or len(steps) > 990, attempts_max=20)
    assert len(attempts) == 20
