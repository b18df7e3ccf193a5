"""A damaged catalogue: the rows that can be read are saved, and the file is kept."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from leveret.broker.broker import Broker
from leveret.broker.changes import (
    Bound,
    ExchangeDeclared,
    PermissionSet,
    QueueDeclared,
    UserSet,
    VhostAdded,
)
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.permissions import Permission
from leveret.broker.restore import restore
from leveret.errors import StartRefused
from leveret.storage import rescue as module
from leveret.storage.catalogue import CatalogueFile
from leveret.storage.rescue import Unrescuable, rescue
from leveret.storage.survey import read_abandoned
from tests.ports.samples import ALL
from tests.storage.damage import contents
from tests.storage.hand import DURABLE

PAGE = 4096
QUEUES = 500


@pytest.fixture
def path(tmp_path):
    """A catalogue of many pages."""
    path = tmp_path / "metadata.sqlite"
    changes = [VhostAdded("/"), UserSet("guest", b"hash", frozenset({"administrator"}))]
    changes.append(PermissionSet("guest", "/", Permission(".*", ".*", ".*")))
    changes.append(ExchangeDeclared("/", "jobs", "topic", ExchangeOptions(durable=True)))
    changes.append(Bound("/", "jobs", "exchange", "amq.fanout", "#", {}))
    for number in range(1, QUEUES + 1):
        changes.append(QueueDeclared(number, "/", f"q{number}\udcff", DURABLE))
        changes.append(Bound("/", "jobs", "queue", f"q{number}\udcff", "key", {"x": number}))
    with closing(CatalogueFile(path)) as file:
        file.write(changes)
    return path


def root_of(path, name):
    """The first page of a table or an index."""
    with closing(sqlite3.connect(path)) as file:
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        return file.execute(query, (name,)).fetchone()[0]


def spoil(path, page):
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(b"\xff" * PAGE)


def kind(changes, wanted):
    return [each for each in changes if isinstance(each, wanted)]


def assert_restorable(changes):
    broker = Broker(lambda: 0.0, bytes)
    for change in changes:
        restore(broker, change)


def test_a_damaged_index_costs_nothing(path):
    before = read_abandoned(path)
    spoil(path, root_of(path, "binding_to"))
    damaged = path.read_bytes()
    with pytest.raises(StartRefused) as refused:
        CatalogueFile(path)
    assert "\n" not in str(refused.value)
    rescued = rescue(path, [])
    assert rescued.damaged == []
    assert rescued.rows["queue"] == rescued.rows["binding"] - 1 == QUEUES
    assert rescued.kept_as == ["metadata.sqlite.damaged"]
    assert path.with_name("metadata.sqlite.damaged").read_bytes() == damaged
    assert {each.name for each in path.parent.iterdir()} == {path.name, *rescued.kept_as}
    after = read_abandoned(path)
    assert len(after) == len(before)
    assert [each for each in before if each not in after] == []


@pytest.mark.parametrize("table", ["vhost", "permission", "exchange", "queue", "binding"])
def test_a_lost_table_costs_what_was_in_it_and_what_named_it(path, table):
    spoil(path, root_of(path, table))
    rescued = rescue(path, [3, 7])
    assert rescued.damaged == [table]
    changes = read_abandoned(path)
    assert_restorable(changes)
    assert [each.name for each in kind(changes, VhostAdded)] == ["/"]
    queues = kind(changes, QueueDeclared)
    if table == "queue":
        assert rescued.named == ["recovered-3", "recovered-7"]
        assert [(each.number, each.vhost, each.name) for each in queues] == [
            (3, "/", "recovered-3"),
            (7, "/", "recovered-7"),
        ]
        # Of the bindings only the one between exchanges is left.
        assert rescued.rows["binding"] == 1
    else:
        assert rescued.named == []
        assert len(queues) == QUEUES
        assert queues[0].name == "q1\udcff"


def test_what_a_lost_delayed_exchange_held_is_not_given_up(path):
    options = ExchangeOptions(durable=True, arguments={"x-delayed-type": "direct"})
    with closing(CatalogueFile(path)) as file:
        file.write([ExchangeDeclared("/", "later", "x-delayed-message", options, QUEUES + 1)])
    shutil.copy(path, path.with_name("whole.sqlite"))
    spoil(path, root_of(path, "exchange"))
    assert rescue(path, [3, QUEUES + 1]).named == [f"recovered-{QUEUES + 1}"]
    # Where only queues are lost, its number is no queue's.
    shutil.move(path.with_name("whole.sqlite"), path)
    spoil(path, root_of(path, "queue"))
    assert rescue(path, [3, QUEUES + 1]).named == ["recovered-3"]


def test_a_page_costs_the_rows_on_it(path):
    with closing(sqlite3.connect(path)) as file:
        query = "SELECT max(pageno) FROM dbstat WHERE name = 'queue' AND pagetype = 'leaf'"
        try:
            (page,) = file.execute(query).fetchone()
        except sqlite3.OperationalError:
            pytest.skip("this SQLite does not tell its pages")
    spoil(path, page)
    rescued = rescue(path, range(1, QUEUES + 1))
    assert rescued.damaged == ["queue"]
    assert 0 < len(rescued.named) < QUEUES / 2
    changes = read_abandoned(path)
    assert_restorable(changes)
    assert {each.number for each in kind(changes, QueueDeclared)} == set(range(1, QUEUES + 1))
    assert len(kind(changes, Bound)) == 1 + QUEUES - len(rescued.named)


def test_without_users_nothing_is_changed(path):
    spoil(path, root_of(path, "user"))
    before = contents(path.parent)
    with pytest.raises(Unrescuable, match="no user in it can be read"):
        rescue(path, [])
    assert contents(path.parent) == before


@pytest.mark.parametrize("octets", [b"", b"no database at all" * 500])
def test_what_is_no_catalogue_is_not_changed(path, octets):
    path.write_bytes(octets)
    before = contents(path.parent)
    with pytest.raises(Unrescuable):
        rescue(path, [])
    assert contents(path.parent) == before


def test_another_version_is_not_changed(path):
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA user_version = 99")
    before = contents(path.parent)
    with pytest.raises(Unrescuable, match="does not say that it is a catalogue of this version"):
        rescue(path, [])
    assert contents(path.parent) == before


def test_rows_that_make_no_sense_are_not_rescued(path):
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("UPDATE queue SET arguments = x'ff'")
    with pytest.raises(Unrescuable, match="what is left of it makes no catalogue"):
        rescue(path, [])


def test_every_kind_of_row_is_saved(tmp_path):
    path = tmp_path / "metadata.sqlite"
    with closing(CatalogueFile(path)) as file:
        file.write(ALL)
        # What has not reached the database itself yet is beside it.
        rescued = rescue_copy(path)
    assert read_abandoned(path.with_name("copy.sqlite")) == ALL
    assert rescued.kept_as == ["copy.sqlite.damaged", "copy.sqlite.damaged-wal"]


def rescue_copy(path):
    copy = path.with_name("copy.sqlite")
    for ending in ("", "-wal"):
        copy.with_name(copy.name + ending).write_bytes(
            path.with_name(path.name + ending).read_bytes()
        )
    return rescue(copy, [])


def test_a_second_damaged_file_is_kept_beside_the_first(path):
    spoil(path, root_of(path, "binding_to"))
    rescue(path, [])
    spoil(path, root_of(path, "binding_to"))
    assert rescue(path, []).kept_as == ["metadata.sqlite.damaged-2"]


def test_what_cannot_be_kept_is_not_replaced(path, monkeypatch):
    def full(_path, _rescued):
        raise OSError(28, "No space left on device")

    spoil(path, root_of(path, "binding_to"))
    before = contents(path.parent)
    monkeypatch.setattr(module, "_keep", full)
    with pytest.raises(OSError, match="No space left"):
        rescue(path, [])
    assert contents(path.parent) == before
