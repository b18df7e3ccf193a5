"""leveretctl's commands on messages: what a queue has is looked at, chosen ones leave it."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Final

from leveret.broker.errors import NotFound, PreconditionFailed, Refused
from leveret.broker.exchanges.delayed import DelayedMessage
from leveret.broker.queues.distant import DistantQueue
from leveret.control import exits
from leveret.control.call import Rows
from leveret.control.elsewhere import at_home
from leveret.control.verbs.refusing import refusal, vhost_of
from leveret.messages import looking, moving, onward
from leveret.messages.choosing import queue_to_change
from leveret.messages.searching import PARTS, Search
from leveret.messages.telling import delayed_told, outcome_told, seen_told

if TYPE_CHECKING:
    from leveret.broker.queues.queue import Queue
    from leveret.broker.streams.stream import Stream
    from leveret.control.call import Call, Reply
    from leveret.messages.moving import WayOn

COUNT: Final = 10
COLUMNS: Final = (
    "position", "place", "redelivered", "exchange", "routing_key", "properties", "payload_bytes",
    "payload", "payload_encoding",
)  # fmt: skip
HOLDER: Final = "holder"
DELAYED_COLUMNS: Final = tuple("due" if name == "redelivered" else name for name in COLUMNS)


async def peek(call: Call) -> Reply:
    """Some messages; nothing is taken."""
    try:
        queue = _readable(call)
        state = looking.UNACKNOWLEDGED if call.flag("unacknowledged") else looking.READY
        wish = _wish(call, queue)
        view = await looking.look(queue, state, wish)
    except Refused as refused:
        raise _refused(refused) from refused
    columns = (*COLUMNS, HOLDER) if call.flag("unacknowledged") else COLUMNS
    encoding = "base64" if call.flag("base64") else "auto"
    since = call.application.statistics.out_since
    told = (seen_told(each, encoding, wish.octets_max, since) for each in view.seen)
    return Rows(columns, [[each[name] for name in columns] for each in told])


async def peek_delayed(call: Call) -> Reply:
    """Some of what a delayed exchange holds back on this node."""
    vhost = vhost_of(call)
    try:
        exchange = vhost.exchange(call.text("exchange"))
        if not isinstance(exchange.type, DelayedMessage):
            raise PreconditionFailed(f"{exchange} holds nothing back")
        wish = _wish(call, None)
        view = await looking.delayed(exchange.type.delays, wish)
    except Refused as refused:
        raise _refused(refused) from refused
    encoding, agenda = "base64" if call.flag("base64") else "auto", call.broker.agenda
    told = (delayed_told(each, encoding, wish.octets_max, agenda) for each in view.seen)
    return Rows(DELAYED_COLUMNS, [[each[name] for name in DELAYED_COLUMNS] for each in told])


def _readable(call: Call) -> Queue | Stream:
    """Raises NotFound."""
    queue = vhost_of(call).queue(call.text("queue"))
    if isinstance(queue, DistantQueue):
        raise queue.absence()
    return queue


def _wish(call: Call, queue: Queue | Stream | None) -> looking.Wish:
    """Raises VerbRefused."""
    parts = tuple((call.optional_text("search_in") or ",".join(PARTS)).split(","))
    if not set(parts) <= set(PARTS):
        raise refusal(exits.USAGE, f"--search-in takes some of {','.join(PARTS)}")
    return looking.Wish(
        looking.first_of(queue, call.text("from", "0"), time.time()),
        int(call.number("count", COUNT)),
        Search(call.optional_text("search") or "", parts),
        None if call.arguments.get("truncate") is None else int(call.number("truncate")),
    )


# Chosen -----------------------------------------------------------------------------------------


async def move_messages(call: Call) -> Reply:
    vhost, target = vhost_of(call), call.text("target")
    if target not in vhost.queues:
        raise refusal(exits.UNAVAILABLE, f"no queue '{target}' in vhost '{vhost.name}'")
    return await _moved(call, partial(onward.to_queue, vhost.route, target))


async def republish_messages(call: Call) -> Reply:
    vhost, exchange = vhost_of(call), call.text("exchange")
    if exchange not in vhost.exchanges:
        raise refusal(exits.UNAVAILABLE, f"no exchange '{exchange}' in vhost '{vhost.name}'")
    key = call.optional_text("routing_key")
    return await _moved(call, partial(onward.to_exchange, vhost.route, exchange, key))


async def replay(call: Call) -> Reply:
    vhost = vhost_of(call)
    return await _moved(call, partial(onward.replay, vhost.route, vhost, call.text("queue")))


async def delete_messages(call: Call) -> Reply:
    return await _moved(call, lambda _message: None)


async def _moved(call: Call, way_on: WayOn) -> Reply:
    try:
        queue = queue_to_change(_readable(call))
        outcome = await moving.move(vhost_of(call), queue, _chosen(call), way_on)
    except Refused as refused:
        raise _refused(refused) from refused
    return outcome_told(outcome)


def _chosen(call: Call) -> list[int] | None:
    """Raises VerbRefused."""
    said = call.optional_text("positions")
    if (said is None) is not call.flag("all"):
        raise refusal(exits.USAGE, "say which messages: --positions 17,18 or --all")
    if said is None:
        return None
    words = said.split(",")
    if not all(each.isdecimal() for each in words):
        raise refusal(exits.USAGE, "--positions takes numbers with commas between them")
    return [int(each) for each in words]


def _refused(refused: Refused) -> Exception:
    code = exits.UNAVAILABLE if isinstance(refused, NotFound) else exits.USAGE
    return refusal(code, str(refused))


AMONG = dict.fromkeys(
    ("delete_messages", "move_messages", "peek", "replay", "republish_messages"), at_home
)

VERBS = {
    "delete_messages": delete_messages,
    "move_messages": move_messages,
    "peek": peek,
    "peek_delayed": peek_delayed,
    "replay": replay,
    "republish_messages": republish_messages,
}
