"""Where a message would go and why. Nothing is published."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from leveret.broker.errors import NotFound, Refused
from leveret.broker.publishing import copies_of
from leveret.explaining.steps import explain
from leveret.explaining.telling import explanation_told
from leveret.management import fields
from leveret.management.answers import BadRequest, Json, NotThere
from leveret.management.publishing import properties_of
from leveret.management.resource import VHOST, Resource
from leveret.management.routes.exchanges import exchange_name

if TYPE_CHECKING:
    from leveret.management.answers import Answer
    from leveret.management.call import Call
    from leveret.wire.properties import Properties


def show_way(call: Call) -> Answer:
    """{"routing_key", "headers"?, "properties"?}"""
    (said,) = call.required("routing_key")
    body = call.body()
    name = exchange_name(call.path["name"])
    key = fields.short_string(said, "routing_key")
    properties = _properties(body)
    try:
        keys = (key, *copies_of(properties.headers or {}))
        told = explain(call.vhost, name, keys, properties)
    except NotFound:
        raise NotThere from None
    except Refused as refused:
        raise BadRequest(refused.reply_text) from refused
    return Json({**explanation_told(told), "refused": _refusal(call, name, key, properties)})


def _properties(body: dict[str, Any]) -> Properties:
    """Headers may stand beside the properties: they are what most people ask about."""
    properties = properties_of(body.get("properties", {}))
    if "headers" not in body:
        return properties
    return replace(properties, headers=fields.table(body["headers"], "headers"))


def _refusal(call: Call, name: str, key: str, properties: Properties) -> str | None:
    """What the user would be told instead, were this published."""
    try:
        call.access(call.vhost).route(name, key, properties)
    except Refused as refused:
        return refused.reply_text
    return None


RESOURCES: Final = (
    Resource(
        "/exchanges/{vhost}/{name}/explain",
        VHOST,
        "Where a message would go and why: POST its routing key and headers; nothing is published.",
        post=show_way,
        commits=(),
    ),
)
