"""A catalogue becomes a cluster's metadata, and metadata a catalogue again."""

from leveret.broker.changes import (
    Bound,
    ExchangeDeclared,
    QueueDeclared,
    UserSet,
    VhostAdded,
)
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.queues.queue import QueueOptions
from leveret.cluster.founding import founding_changes, write_back
from leveret.cluster.metadata.changes import QueueHoused, RollSet
from leveret.storage.catalogue import CatalogueFile, read_catalogue
from leveret.storage.opening import CATALOGUE

DURABLE = QueueOptions(durable=True)
ALONE = (
    VhostAdded("/"),
    VhostAdded("old"),
    UserSet("ann", b"hash", frozenset({"administrator"}), "rabbit_password_hashing_sha256"),
    QueueDeclared(3, "/", "jobs", DURABLE),
    QueueDeclared(4, "old", "gone", DURABLE),
    Bound("/", "amq.direct", "queue", "jobs", "key", {}),
)


def write(directory, *changes):
    file = CatalogueFile(directory / CATALOGUE)
    file.write(changes)
    file.close()


def test_every_queue_is_at_home_on_the_node_that_founds(tmp_path):
    write(tmp_path, *ALONE)
    changes = founding_changes(tmp_path, "hare", b"roll")
    assert changes[0] == RollSet(b"roll")
    assert all(each in changes for each in ALONE)
    for at, change in enumerate(changes):
        if isinstance(change, QueueDeclared):
            assert changes[at - 1] == QueueHoused(change.vhost, change.name, "hare")


def test_what_the_cluster_knew_last_is_what_the_node_knows(tmp_path):
    write(tmp_path, *ALONE)
    new = (
        VhostAdded("new"),
        ExchangeDeclared("new", "logs", "topic", ExchangeOptions(durable=True), 0),
        QueueHoused("new", "mail", "hare"),
        QueueDeclared(9, "new", "mail", DURABLE),
        Bound("new", "logs", "queue", "mail", "#", {}),
    )
    passing = (
        ExchangeDeclared("new", "brief", "topic", ExchangeOptions(), 0),
        QueueHoused("new", "mine", "hare"),
        QueueDeclared(10, "new", "mine", QueueOptions(durable=True, exclusive=True)),
        Bound("new", "brief", "queue", "mail", "#", {}),
    )
    there = [each for each in ALONE if getattr(each, "vhost", "") != "old"]
    there = [each for each in there if each != VhostAdded("old")]
    write_back(tmp_path, (RollSet(b"roll"), *_housed(there), *new, *passing), is_synced=False)
    wanted = [*there, *(each for each in new if not isinstance(each, QueueHoused))]
    kept = read_catalogue(tmp_path / CATALOGUE)
    assert sorted(map(repr, kept)) == sorted(map(repr, wanted))


def _housed(changes):
    for change in changes:
        if isinstance(change, QueueDeclared):
            yield QueueHoused(change.vhost, change.name, "hare")
        yield change
