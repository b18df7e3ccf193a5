"""What is in a queue: looked at without taking it, and moved, deleted or replayed where chosen.

These routes are Leveret's own. Rule: who looks may read the queue; who moves may publish where the
messages go (messages/onward.py).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from leveret.broker.exchanges.delayed import NAME as DELAYED
from leveret.broker.exchanges.delayed import DelayedMessage
from leveret.broker.queues.distant import DistantQueue
from leveret.management import fields
from leveret.management.answers import BadRequest, Json
from leveret.management.elsewhere.ways import at, at_home
from leveret.management.resource import VHOST, Resource
from leveret.management.routes.exchanges import exchange_name
from leveret.messages import looking, moving, onward
from leveret.messages.choosing import queue_to_change
from leveret.messages.searching import PARTS, Search
from leveret.messages.telling import delayed_told, outcome_told, seen_told

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from leveret.broker.queues.queue import Queue
    from leveret.broker.streams.stream import Stream
    from leveret.management.answers import Answer, Handler
    from leveret.management.call import Call
    from leveret.messages.looking import Wish
    from leveret.messages.moving import WayOn

ENCODINGS: Final = ("auto", "base64")
ALL: Final = "all"
_COUNT: Final = 100


# Looking ----------------------------------------------------------------------------------------


async def look(call: Call) -> Answer:
    """Some messages, and where the next begin."""
    queue = call.access(call.vhost).readable_queue(call.path["name"])
    if isinstance(queue, DistantQueue):
        # One whose home lives would have been asked there.
        raise queue.absence()
    state = _word(call, "state", looking.STATES)
    encoding = _word(call, "encoding", ENCODINGS)
    wish = _wish(call, queue)
    view = await looking.look(queue, state, wish)
    since = call.look.statistics.out_since
    return Json({
        "messages_ready": queue.ready.count,
        "messages_unacknowledged": queue.tally.unacknowledged,
        "looked_at": view.looked_at,
        "next": view.next,
        "messages": [seen_told(each, encoding, wish.octets_max, since) for each in view.seen],
    })  # fmt: skip


async def look_at_delayed(call: Call) -> Answer:
    """What a delayed exchange holds back on this node."""
    asked = call.query.text("node") or call.broker.node
    if asked != call.broker.node:
        raise BadRequest(f"Node {asked} could not be contacted")
    exchange = call.access(call.vhost).readable_exchange(exchange_name(call.path["name"]))
    if not isinstance(exchange.type, DelayedMessage):
        raise BadRequest(f"{exchange} holds nothing back: it is not of type {DELAYED}")
    encoding, wish = _word(call, "encoding", ENCODINGS), _wish(call, None)
    view = await looking.delayed(exchange.type.delays, wish)
    agenda = call.broker.agenda
    return Json({
        "node": call.broker.node,
        "messages_delayed": exchange.type.delayed_count,
        "looked_at": view.looked_at,
        "next": view.next,
        "messages": [delayed_told(each, encoding, wish.octets_max, agenda) for each in view.seen],
    })  # fmt: skip


def _at_asked_node(call: Call, handler: Handler) -> Answer | Awaitable[Answer]:
    """Each holds back what was published through it."""
    return at(call, call.query.text("node") or call.broker.node, handler)


def _word(call: Call, name: str, words: tuple[str, ...]) -> str:
    """The first, where nothing is said. Raises BadRequest."""
    said = call.query.text(name) or words[0]
    if said not in words:
        raise BadRequest(f"{name} should be one of {', '.join(words)}")
    return said


def _wish(call: Call, queue: Queue | Stream | None) -> Wish:
    parts = tuple((call.query.text("search_in") or ",".join(PARTS)).split(","))
    if not set(parts) <= set(PARTS):
        raise BadRequest(f"search_in should be some of {','.join(PARTS)}")
    return looking.Wish(
        looking.first_of(queue, call.query.text("from") or "0", call.look.now),
        _number(call, "count", _COUNT),
        Search(call.query.text("search") or "", parts),
        _number(call, "truncate", None),
    )


def _number(call: Call, name: str, default: Any) -> Any:  # noqa: ANN401  # None or a number
    number = call.query.number(name)
    if number is None and name in call.query:
        raise BadRequest(f"{name} should be a number")
    return default if number is None else number


# Choosing ---------------------------------------------------------------------------------------


async def delete(call: Call) -> Answer:
    return await _moved(call, lambda _message: None)


async def move(call: Call) -> Answer:
    (name,) = call.required("queue")
    target = fields.short_string(name, "queue")
    access = call.access(call.vhost)
    access.vhost.queue(target)
    return await _moved(call, partial(onward.to_queue, access.route, target))


async def requeue(call: Call) -> Answer:
    """Behind all that waits."""
    access = call.access(call.vhost)
    return await _moved(call, partial(onward.to_queue, access.route, call.path["name"]))


async def republish(call: Call) -> Answer:
    (name,) = call.required("exchange")
    exchange = exchange_name(fields.short_string(name, "exchange"))
    key = call.body().get("routing_key")
    if key is not None:
        key = fields.short_string(key, "routing_key")
    access = call.access(call.vhost)
    access.vhost.exchange(exchange)
    return await _moved(call, partial(onward.to_exchange, access.route, exchange, key))


async def replay(call: Call) -> Answer:
    """Back to the queues they died in."""
    access = call.access(call.vhost)
    back = partial(onward.replay, access.route, access.vhost, call.path["name"])
    return await _moved(call, back)


async def _moved(call: Call, way_on: WayOn) -> Answer:
    chosen = _chosen(call)
    access = call.access(call.vhost)
    queue = queue_to_change(access.readable_queue(call.path["name"]))
    return Json(outcome_told(await moving.move(access.vhost, queue, chosen, way_on)))


def _chosen(call: Call) -> list[int] | None:
    """Raises BadRequest."""
    (said,) = call.required("positions")
    if said == ALL:
        return None
    if not isinstance(said, list) or not all(_is_position(each) for each in said):
        raise BadRequest('positions should be a list of numbers, or "all"')
    return said


def _is_position(said: object) -> bool:
    return isinstance(said, int) and not isinstance(said, bool) and said >= 0


_HERE: Final = "/queues/{vhost}/{name}/messages"
_ACTIONS: Final = (
    ("delete", "Delete chosen messages of a queue.", delete),
    ("move", "Move chosen messages to another queue, as they are.", move),
    ("requeue", "Put chosen messages behind all others of their queue.", requeue),
    ("republish", "Publish chosen messages again, to an exchange.", republish),
    ("replay", "Send chosen dead letters back to the queues they died in.", replay),
)
RESOURCES: Final = (
    Resource(
        "/exchanges/{vhost}/{name}/delayed",
        VHOST,
        "What a delayed exchange holds back on a node.",
        get=look_at_delayed,
        among={"GET": _at_asked_node},
    ),
    Resource(
        _HERE, VHOST, "What is in a queue; nothing is taken.", get=look, among={"GET": at_home}
    ),
    *(
        Resource(f"{_HERE}/{action}", VHOST, about, post=act, commits=(), among={"POST": at_home})
        for action, about, act in _ACTIONS
    ),
)
