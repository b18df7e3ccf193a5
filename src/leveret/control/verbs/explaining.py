"""leveretctl's command on where a message would go."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from leveret.broker.errors import Refused
from leveret.broker.permissions import DEFAULT_EXCHANGE_RESOURCE
from leveret.broker.publishing import copies_of
from leveret.control import exits
from leveret.control.call import Rows
from leveret.control.verbs.refusing import refusal, vhost_of
from leveret.definitions.arguments import table_of
from leveret.explaining.steps import explain
from leveret.explaining.telling import rows
from leveret.wire.properties import Properties

if TYPE_CHECKING:
    from leveret.control.call import Call, Reply
    from leveret.wire.values import Table

COLUMNS: Final = ("exchange", "destination", "destination_type", "matched", "why")


def explain_route(call: Call) -> Reply:
    """A row for each binding on the way."""
    headers, written = _headers(call), call.text("exchange")
    name = "" if written == DEFAULT_EXCHANGE_RESOURCE else written
    try:
        keys = (call.text("routing_key"), *copies_of(headers))
        properties = Properties(headers=headers)
        told = explain(vhost_of(call), name, keys, properties)
    except Refused as refused:
        raise refusal(exits.DATA, refused.reply_text) from refused
    return Rows(COLUMNS, [[row[each] for each in COLUMNS] for row in rows(told)])


def _headers(call: Call) -> Table:
    """Written as JSON. Raises VerbRefused."""
    try:
        return table_of(dict(json.loads(call.text("headers", "{}"))))
    except (ValueError, TypeError) as error:
        text = f'--headers takes a JSON object, such as {{"format": "pdf"}}: {error}'
        raise refusal(exits.USAGE, text) from error


VERBS = {"explain_route": explain_route}
