"""Definitions that a node loads when it starts, as its settings say."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from leveret.broker.definitions.document import LOADED_LAST
from leveret.definitions.files import Source, fingerprint, read_sources
from leveret.definitions.loading import DefinitionsRefused, import_sources, log_report
from leveret.errors import StartRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from leveret.broker.broker import Broker

log = logging.getLogger("leveret.definitions")


def load_at_start(broker: Broker, paths: Iterable[Path], algorithm: str | None = None) -> None:
    """Raises StartRefused, and nothing has changed.

    algorithm: how to tell whether the files are those that were loaded last; then nothing is done.
    None loads them in any case.
    """
    sources = [source for path in paths for source in read_sources(path)]
    if algorithm is None:
        _load(broker, sources)
        return
    mark = fingerprint(sources, algorithm)
    if broker.parameters.globals.get(LOADED_LAST) == mark:
        log.info("the definitions have not changed since they were loaded: nothing is loaded")
        return
    _load(broker, sources)
    broker.parameters.set_global(LOADED_LAST, mark)


def load_document(broker: Broker, data: bytes) -> None:
    """One that a program gave. Raises StartRefused, and nothing has changed."""
    _load(broker, [Source(Path("(given)"), data)])


def _load(broker: Broker, sources: Sequence[Source]) -> None:
    try:
        for source, report in import_sources(broker, sources):
            log_report(source, report)
    except DefinitionsRefused as refused:
        raise StartRefused(str(refused)) from refused
