"""Exchanges: listed, shown, declared, deleted. In paths amq.default is the one without a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.permissions import DEFAULT_EXCHANGE_RESOURCE
from leveret.management import fields
from leveret.management.answers import (
    CREATED,
    NO_CONTENT,
    BadRequest,
    Item,
    Listing,
    NotThere,
)
from leveret.management.elsewhere.ways import sums_of_all
from leveret.management.resource import MANAGEMENT, VHOST, Resource
from leveret.management.views.exchanges import (
    BARE_EXCHANGE,
    BARE_EXCHANGE_DETAILED,
    EXCHANGE,
    EXCHANGE_DETAILED,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.broker.exchanges.exchange import Exchange
    from leveret.broker.vhost import Vhost
    from leveret.management.answers import Answer
    from leveret.management.call import Call

ORDER: Final = ("vhost", "name")
USUAL_TYPE: Final = "direct"


def exchange_name(written: str) -> str:
    return "" if written == DEFAULT_EXCHANGE_RESOURCE else written


def list_exchanges(call: Call) -> Answer:
    return _listed(call, call.visible_vhosts())


def list_exchanges_of_vhost(call: Call) -> Answer:
    return _listed(call, [call.vhost])


def _listed(call: Call, vhosts: Iterable[Vhost]) -> Answer:
    exchanges = [exchange for vhost in vhosts for exchange in vhost.exchanges.values()]
    view = BARE_EXCHANGE if call.query.flag("disable_stats") else EXCHANGE
    return Listing(exchanges, view, ORDER)


def show_exchange(call: Call) -> Answer:
    is_bare = call.query.flag("disable_stats")
    return Item(_exchange(call), BARE_EXCHANGE_DETAILED if is_bare else EXCHANGE_DETAILED)


def declare_exchange(call: Call) -> Answer:
    """201 for a new one, 204 for one that is there and is as told."""
    name, body = call.path["name"], call.body()
    options = ExchangeOptions(
        durable=fields.boolean(body, "durable"),
        auto_delete=fields.boolean(body, "auto_delete"),
        internal=fields.boolean(body, "internal"),
        arguments=fields.arguments(body),
    )
    kind = body.get("type", USUAL_TYPE)
    if not isinstance(kind, str):
        raise BadRequest(["not_string", "type"])
    fields.check_name("exchange", name)
    count = len(call.vhost.exchanges)
    call.access(call.vhost).declare_exchange(name, kind, options)
    return CREATED if len(call.vhost.exchanges) > count else NO_CONTENT


def delete_exchange(call: Call) -> Answer:
    exchange = _exchange(call)
    access = call.access(call.vhost)
    access.delete_exchange(exchange.name, if_unused=call.query.flag("if-unused"))
    return NO_CONTENT


def _exchange(call: Call) -> Exchange:
    exchange = call.vhost.exchanges.get(exchange_name(call.path["name"]))
    if exchange is None:
        raise NotThere
    return exchange


_COUNTED: Final = {"GET": sums_of_all("message_stats", names=("vhost", "name"))}

RESOURCES: Final = (
    Resource(
        "/exchanges",
        MANAGEMENT,
        "The exchanges of all vhosts.",
        get=list_exchanges,
        among=_COUNTED,
    ),
    Resource(
        "/exchanges/{vhost}",
        VHOST,
        "The exchanges of a vhost.",
        get=list_exchanges_of_vhost,
        among=_COUNTED,
    ),
    Resource(
        "/exchanges/{vhost}/{name}",
        VHOST,
        "One exchange.",
        get=show_exchange,
        put=declare_exchange,
        delete=delete_exchange,
        among=_COUNTED,
    ),
)
