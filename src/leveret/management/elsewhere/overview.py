"""The overview of a cluster: what is counted adds up, what nodes have stands side by side.

Rule: what all nodes know alike (vhosts, exchanges, types, names) is told as this one knows it.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from leveret.management.answers import Item, Json
from leveret.management.elsewhere.asking import ask_others, value_of
from leveret.management.elsewhere.sums import summed

if TYPE_CHECKING:
    from leveret.management.answers import Answer, Handler
    from leveret.management.call import Call

_COUNTED: Final = ("message_stats", "churn_rates", "queue_totals")
_TOTALS: Final = "object_totals"
_TOLD_ALIKE: Final = "exchanges"
# In which order things of several nodes stand.
_SIDE_BY_SIDE: Final = {"listeners": itemgetter("protocol", "node"), "contexts": itemgetter("node")}


async def overview_of_all(call: Call, handler: Handler) -> Answer:
    """A way (ways.py)."""
    item = handler(call)
    assert isinstance(item, Item)
    told = item.view.render(item.thing, call.look, call.query.columns())
    for reply in (await ask_others(call, call.question)).values():
        _add(told, value_of(reply))
    for name, place in _SIDE_BY_SIDE.items():
        if name in told:
            told[name].sort(key=place)
    return Json(told)


def _add(told: dict[str, Any], other: dict[str, Any]) -> None:
    for name in _COUNTED:
        if name in other:
            told[name] = summed(told.get(name, {}), other[name])
    if _TOTALS in told:
        alike = {_TOLD_ALIKE: told[_TOTALS].get(_TOLD_ALIKE)}
        told[_TOTALS] = {**summed(told[_TOTALS], other.get(_TOTALS, {})), **alike}
    for name in _SIDE_BY_SIDE:
        if name in told:
            told[name] += other.get(name, [])
