"""Definitions: all that the broker knows besides messages, out of it and into it.

An import is all of the document or nothing of it; what is there already stays. A large one takes
its time, and messages go on.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from leveret.broker.definitions.exporting import definitions_in, definitions_of
from leveret.definitions.files import Source
from leveret.definitions.loading import DefinitionsRefused, import_steps, log_report
from leveret.definitions.writing import document_steps, vhost_document_steps
from leveret.management import multipart
from leveret.management.answers import (
    NO_CONTENT,
    BadRequest,
    Done,
    HttpRefused,
    Json,
)
from leveret.management.resource import ADMINISTRATOR, Resource
from leveret.unhurried import unhurried
from leveret.writing import unhurried_with_pen

if TYPE_CHECKING:
    from leveret.broker.definitions.steps import Steps
    from leveret.management.answers import Answer
    from leveret.management.call import Call

UNREADABLE: Final = "failed_to_parse_json"
# Where the document lies, as the log tells of it.
SENT: Final = Path("(sent over HTTP)")


async def show_definitions(call: Call) -> Answer:
    entries = list(definitions_of(call.broker))
    return await _shown(call, document_steps(entries, call.host.settings.product_version))


async def show_definitions_of_vhost(call: Call) -> Answer:
    vhost = call.broker.vhosts.get(call.path["vhost"])
    if vhost is None:
        raise BadRequest("vhost_not_found")
    entries = list(definitions_in(call.broker, vhost))
    return await _shown(call, vhost_document_steps(entries, call.host.settings.product_version))


async def import_definitions(call: Call) -> Answer:
    return await _import(call, None)


async def import_definitions_into_vhost(call: Call) -> Answer:
    return await _import(call, call.vhost_to_change.name)


async def _shown(call: Call, steps: Steps[dict[str, object]]) -> Answer:
    """What was there when it was asked for. `download` names a file for a browser to keep it in."""
    document = await unhurried(steps, call.broker.events, call.user.name)
    wanted, name = call.query.columns(), call.query.text("download")
    if wanted is not None:
        sections = {each.partition(".")[0] for each in wanted}
        document = {key: told for key, told in document.items() if key in sections}
    headers = {} if name is None else {"content-disposition": f"attachment; filename={_safe(name)}"}
    return Json(document, headers=headers)


def _safe(name: str) -> str:
    """As a header can say it."""
    return "".join(letter for letter in name if letter.isascii() and letter.isprintable())


async def _import(call: Call, vhost: str | None) -> Answer:
    """Raises HttpRefused."""
    kind = call.headers.get("content-type", "")
    redirect = None
    content = call.content
    if kind.startswith(multipart.KIND):
        form = multipart.fields_of(kind, content)
        content, redirect = form.get("file", b"-"), form.get("redirect")
    elif kind.partition(";")[0].strip() != "application/json":
        raise HttpRefused(415, "", "")
    _refuse_unreadable(content)
    try:
        steps = import_steps(call.broker, [Source(SENT, content)], vhost)
        reports = await unhurried_with_pen(call.broker, steps, call.user.name)
    except DefinitionsRefused as refused:
        raise BadRequest("\n".join(map(str, refused.faults))) from None
    for report in reports:
        log_report(*report)
    if redirect is None:
        return NO_CONTENT
    return Done(303, {"location": _safe(redirect.decode("latin-1"))})


def _refuse_unreadable(content: bytes) -> None:
    """Raises BadRequest."""
    told: Any = {}
    if content.strip():
        try:
            told = msgspec.json.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise BadRequest(UNREADABLE) from None
    if not isinstance(told, dict):
        raise BadRequest(UNREADABLE)


RESOURCES: Final = (
    *(
        Resource(
            path,
            ADMINISTRATOR,
            "All definitions: users, vhosts, permissions, parameters, policies, queues, exchanges, "
            "bindings. POST imports them, as JSON or as a form's file.",
            get=show_definitions,
            post=import_definitions,
            commits=(),
        )
        for path in ("/definitions", "/all-configuration")
    ),
    Resource(
        "/definitions/{vhost}",
        ADMINISTRATOR,
        "The definitions of what is in one vhost; POST imports them into it.",
        get=show_definitions_of_vhost,
        post=import_definitions_into_vhost,
        commits=(),
    ),
)
