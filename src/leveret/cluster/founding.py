"""How a node's own metadata become a cluster's, and a cluster's a node's own again.

Both are a matter of files: the application is stopped meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.changes import (
    ExchangeDeclared,
    ExchangeDeleted,
    QueueDeclared,
    QueueDeleted,
    StreamCut,
    StreamGrew,
)
from leveret.cluster.metadata.changes import QueueHoused, RollSet
from leveret.cluster.metadata.ledger import Ledger
from leveret.storage.catalogue import CatalogueFile, read_catalogue
from leveret.storage.opening import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from leveret.broker.changes import Change
    from leveret.cluster.metadata.changes import SharedChange


def founding_changes(data_dir: Path, node: str, roll: bytes) -> tuple[SharedChange, ...]:
    """What the catalogue of a node that was alone holds, as the first metadata of its cluster.

    Raises StartRefused.
    """
    return (RollSet(roll), *_housed(read_catalogue(data_dir / CATALOGUE), node))


def _housed(changes: Iterable[Change], node: str) -> Iterator[SharedChange]:
    """The same, each queue at home on that node; where streams begin stays the node's business."""
    for change in changes:
        if isinstance(change, QueueDeclared):
            yield QueueHoused(change.vhost, change.name, node)
        if not isinstance(change, StreamGrew | StreamCut):
            yield change


def write_back(data_dir: Path, metadata: Sequence[SharedChange], *, is_synced: bool) -> None:
    """The node is alone from now on: its catalogue says all that the cluster's metadata said and
    that outlives a node's stop. Raises StartRefused, OSError."""
    catalogue = CatalogueFile(data_dir / CATALOGUE, is_synced=is_synced)
    try:
        before, after = Ledger(), Ledger()
        for change in _housed(catalogue.load(), ""):
            before.apply(change)
        for change in metadata:
            after.apply(change)
        _forget_passing(after)
        way = before.way_to(after)
        catalogue.write([each for each in way if not isinstance(each, QueueHoused | RollSet)])
    finally:
        catalogue.close()


def _forget_passing(ledger: Ledger) -> None:
    """Nobody finds a transient thing again after its last node has stopped."""
    for change in list(ledger.changes()):
        if isinstance(change, ExchangeDeclared) and not change.options.durable:
            ledger.apply(ExchangeDeleted(change.vhost, change.name))
        elif isinstance(change, QueueDeclared) and _is_passing(change):
            ledger.apply(QueueDeleted(change.number, change.vhost, change.name))


def _is_passing(change: QueueDeclared) -> bool:
    return change.options.exclusive or not change.options.durable
