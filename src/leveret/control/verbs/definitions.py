"""leveretctl's commands on definitions: everything that is declared, out and in as a document.

The node knows RabbitMQ's JSON; files and YAML are the tool's.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from leveret.broker.definitions.document import LOADED_LAST
from leveret.broker.definitions.exporting import definitions_of
from leveret.control import exits
from leveret.control.call import ACTOR
from leveret.control.verbs.refusing import refusal
from leveret.definitions import telling
from leveret.definitions.files import Source
from leveret.definitions.loading import DefinitionsRefused, import_steps
from leveret.definitions.writing import document_steps, encoded
from leveret.unhurried import unhurried
from leveret.writing import unhurried_with_pen, with_pen

if TYPE_CHECKING:
    from leveret.control.call import Call, Reply


async def export_definitions(call: Call) -> Reply:
    """The document, as text: what was there when it was asked for. Messages go on meanwhile."""
    entries = list(definitions_of(call.broker))
    steps = document_steps(entries, call.host.settings.product_version)
    return encoded(await unhurried(steps, call.broker.events, ACTOR)).decode()


async def import_definitions(call: Call) -> Reply:
    """All of it or nothing; what was left out, a line each. Messages go on meanwhile."""
    data = call.text("document").encode(errors="surrogateescape")
    mark = f"sha256:{hashlib.sha256(data).hexdigest()}"
    parameters = call.broker.parameters
    if call.flag("skip_if_unchanged") and parameters.globals.get(LOADED_LAST) == mark:
        return []
    steps = import_steps(call.broker, [Source(Path("(given)"), data)])
    try:
        [(_source, report)] = await unhurried_with_pen(call.broker, steps, ACTOR)
    except DefinitionsRefused as refused:
        raise refusal(exits.DATA, "\n".join(map(str, refused.faults))) from refused
    if call.flag("skip_if_unchanged"):
        await with_pen(call.broker, lambda: parameters.set_global(LOADED_LAST, mark))
    return [*telling.remarks(report)]


VERBS = {"export_definitions": export_definitions, "import_definitions": import_definitions}
