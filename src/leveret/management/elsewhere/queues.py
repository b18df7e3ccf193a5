"""One queue as its home shows it, with the consumers that it has on all nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from leveret.management.answers import Item, Json
from leveret.management.elsewhere.asking import ask, ask_others, others, value_of
from leveret.management.elsewhere.leading import once_led
from leveret.management.elsewhere.rows import rows_in
from leveret.management.elsewhere.ways import home_of
from leveret.management.query import written
from leveret.management.question import Question
from leveret.management.views.consumers import CONSUMER, consumers_of
from leveret.peers import PeerAbsent

if TYPE_CHECKING:
    from leveret.management.answers import Answer, Handler
    from leveret.management.call import Call

CONSUMERS: Final = "consumer_details"


async def queue_alone(call: Call, handler: Handler) -> Answer:
    """A way (ways.py)."""
    told = await once_led(call, lambda: _told(call, handler))
    if CONSUMERS in told:
        known = {_names(each) for each in told[CONSUMERS]}
        more = [each for each in await _consumers(call) if _names(each) not in known]
        told[CONSUMERS] = [*told[CONSUMERS], *more]
    return Json(told)


async def _told(call: Call, handler: Handler) -> dict[str, Any]:
    """Raises NotThere, also when its home does not answer."""
    home = home_of(call, call.path["name"])
    if home in others(call):
        try:
            told: dict[str, Any] = value_of(await ask(call.peers, home, call.question))
        except PeerAbsent:
            call.absent |= {home}
        else:
            return told
    item = handler(call)
    assert isinstance(item, Item)
    return item.view.render(item.thing, call.look, call.query.columns())


async def _consumers(call: Call) -> list[dict[str, Any]]:
    """Those of every node."""
    vhost, name = call.path["vhost"], call.path["name"]
    query = written({"queue": name})
    path = f"/consumers/{quote(vhost, safe='')}"
    asked = Question("GET", path, query, call.user.name, wants_rows=True)
    rows = [row for reply in (await ask_others(call, asked)).values() for row in rows_in(reply)]
    queue = call.vhost.queues.get(name)
    own = [] if queue is None else consumers_of(queue)
    return rows + [CONSUMER.render(each, call.look) for each in own]


def _names(consumer: dict[str, Any]) -> tuple[str, str]:
    return consumer["channel_details"]["name"], consumer["consumer_tag"]
