"""How messages have left a queue, since it was declared here or the node was started."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from leveret.broker.tallies import Deliveries

if TYPE_CHECKING:
    from leveret.broker.queues.deadletter import Reason
    from leveret.broker.tallies import Departures, QueueTally

REASONS: Final[tuple[Reason, ...]] = ("expired", "maxlen", "rejected", "delivery_limit")


def departures(tally: QueueTally) -> dict[str, Any]:
    """By how they left. What was taken out by hand was acknowledged in passing: it counts once."""
    taken, left = tally.deliveries or Deliveries(), tally.left
    return {
        "since": int(tally.since * 1000),
        "acknowledged": taken.ack - left.taken_out,
        "delivered_without_acknowledgement": taken.deliver_no_ack + taken.get_no_ack,
        **{reason: _died(left, reason) for reason in REASONS},
        "purged": left.purged,
        "taken_out": left.taken_out,
    }


def _died(left: Departures, reason: Reason) -> dict[str, int]:
    return {"dead_lettered": left.died[reason, True], "dropped": left.died[reason, False]}
