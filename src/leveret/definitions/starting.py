"""Definitions that a node loads when it starts, as its settings say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from leveret.definitions.files import Source, read_sources
from leveret.definitions.loading import DefinitionsRefused, import_sources, log_report
from leveret.errors import StartRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from leveret.broker.broker import Broker


def load_at_start(broker: Broker, paths: Iterable[Path]) -> None:
    """Raises StartRefused, and nothing has changed."""
    _load(broker, [source for path in paths for source in read_sources(path)])


def load_document(broker: Broker, data: bytes) -> None:
    """One that a program gave. Raises StartRefused, and nothing has changed."""
    _load(broker, [Source(Path("(given)"), data)])


def _load(broker: Broker, sources: Sequence[Source]) -> None:
    try:
        for source, report in import_sources(broker, sources):
            log_report(source, report)
    except DefinitionsRefused as refused:
        raise StartRefused(str(refused)) from refused
