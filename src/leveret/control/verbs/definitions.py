"""leveretctl's commands on definitions: everything that is declared, out and in as a document.

The node knows RabbitMQ's JSON; files and YAML are the tool's.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from leveret.broker.definitions.document import LOADED_LAST
from leveret.broker.definitions.exporting import definitions_of
from leveret.broker.definitions.importing import Unimportable, import_into
from leveret.control import exits
from leveret.control.verbs.refusing import refusal
from leveret.definitions import telling
from leveret.definitions.reading import read_document
from leveret.definitions.writing import write_document

if TYPE_CHECKING:
    from leveret.control.call import Call, Reply


def export_definitions(call: Call) -> Reply:
    """The document, as text."""
    version = call.host.settings.product_version
    return write_document(definitions_of(call.broker), version).decode()


def import_definitions(call: Call) -> Reply:
    """All of it or nothing; what was left out, a line each."""
    data = call.text("document").encode(errors="surrogateescape")
    mark = f"sha256:{hashlib.sha256(data).hexdigest()}"
    parameters = call.broker.parameters
    if call.flag("skip_if_unchanged") and parameters.globals.get(LOADED_LAST) == mark:
        return []
    try:
        document = read_document(data)
        report = import_into(call.broker, document.entries)
    except Unimportable as refused:
        raise refusal(exits.DATA, "\n".join(telling.faults(refused))) from refused
    if call.flag("skip_if_unchanged"):
        parameters.set_global(LOADED_LAST, mark)
    report.skipped[:0] = document.skipped
    return [*telling.remarks(report)]


VERBS = {"export_definitions": export_definitions, "import_definitions": import_definitions}
