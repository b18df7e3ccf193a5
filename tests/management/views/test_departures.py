"""How messages have left a queue, as it is shown."""

from leveret.broker.tallies import Deliveries, QueueTally
from leveret.management.views.departures import departures


def test_of_an_idle_queue_there_is_nothing():
    tally = QueueTally()
    tally.since = 1.5
    nothing = {"dead_lettered": 0, "dropped": 0}
    assert departures(tally) == {
        "since": 1500,
        "acknowledged": 0,
        "delivered_without_acknowledgement": 0,
        "expired": nothing,
        "maxlen": nothing,
        "rejected": nothing,
        "delivery_limit": nothing,
        "purged": 0,
        "taken_out": 0,
    }


def test_each_message_counts_once():
    tally, taken = QueueTally(), Deliveries()
    taken.deliver, taken.ack, taken.deliver_no_ack, taken.get_no_ack = 9, 8, 3, 1
    tally.begin(object(), taken)
    tally.left.taken_out, tally.left.purged = 2, 5
    tally.left.died["expired", True] = 4
    tally.left.died["maxlen", False] = 6
    told = departures(tally)
    assert (told["acknowledged"], told["taken_out"], told["purged"]) == (6, 2, 5)
    assert told["delivered_without_acknowledgement"] == 4
    assert told["expired"] == {"dead_lettered": 4, "dropped": 0}
    assert told["maxlen"] == {"dead_lettered": 0, "dropped": 6}
