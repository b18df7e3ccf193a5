"""The catalogue's file: written, read again after any end, refused when it is not ours."""

import errno
import os
import resource
import shutil
import sqlite3
import stat
import sys
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from leveret.broker.changes import (
    ExchangeDeclared,
    QueueDeclared,
    QueueDeleted,
    UserRemoved,
    UserSet,
    VhostAdded,
)
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.queues.queue import QueueOptions
from leveret.errors import StartRefused
from leveret.storage import catalogue as module
from leveret.storage import schema
from leveret.storage.catalogue import CatalogueFile, read_catalogue
from tests.ports.samples import ALL, OF_VERSION_1

GOLDEN = Path(__file__).parent / "golden"
BY_VERSION = {1: OF_VERSION_1, 2: ALL}
ROOT = "/"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "metadata.sqlite"


def load(path):
    """What a later start finds."""
    with closing(CatalogueFile(path)) as file:
        return file.load()


def write(path, *changes):
    with closing(CatalogueFile(path)) as file:
        file.write(changes)


def declare(number):
    return QueueDeclared(number, ROOT, f"q{number}", QueueOptions(durable=True))


def pragma(file, name):
    return file._connection.execute(f"PRAGMA {name}").fetchone()[0]


# Written and read --------------------------------------------------------------------------------


def test_a_new_file_is_empty(path):
    assert load(path) == []


def test_what_was_written_is_there_after_a_restart(path):
    write(path, *ALL)
    assert load(path) == ALL


def test_what_was_written_is_there_after_an_end_without_goodbye(path, tmp_path):
    with closing(CatalogueFile(path)) as file:
        file.write(ALL)
        crashed = tmp_path / "crashed"
        crashed.mkdir()
        for each in tmp_path.glob("metadata.sqlite*"):
            shutil.copy(each, crashed)
    assert load(crashed / "metadata.sqlite") == ALL


def test_nothing_to_write_is_no_error(path):
    write(path)
    assert load(path) == []


def test_the_highest_queue_number_outlives_its_queue(path):
    with closing(CatalogueFile(path)) as file:
        assert file.last_queue_number == 0
        file.write([declare(7), declare(3), QueueDeleted(7, ROOT, "q7")])
        assert file.last_queue_number == 7
    with closing(CatalogueFile(path)) as file:
        assert file.last_queue_number == 7


def test_the_number_of_an_exchange_counts_as_well(path):
    with closing(CatalogueFile(path)) as file:
        options = ExchangeOptions(durable=True)
        file.write([declare(3), ExchangeDeclared(ROOT, "later", "x-delayed-message", options, 9)])
        assert file.last_queue_number == 9


def test_only_its_owner_may_read_it(path):
    with closing(CatalogueFile(path)) as file:
        file.write([VhostAdded(ROOT)])
        modes = {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    assert modes == {0o600}


def test_a_commit_is_on_the_disk_when_write_returns(path):
    with closing(CatalogueFile(path)) as file:
        assert (pragma(file, "journal_mode"), pragma(file, "synchronous")) == ("wal", 2)


def test_a_commit_may_be_left_to_the_system(path):
    with closing(CatalogueFile(path, is_synced=False)) as file:
        assert pragma(file, "synchronous") == 1


def test_what_a_person_changes_by_hand_is_understood(path):
    write(path, *ALL)
    with closing(sqlite3.connect(path)) as shell:
        shell.execute("UPDATE user SET name = 'admin' WHERE name = 'guest'")
        shell.execute("UPDATE permission SET user = 'admin', write = 'ä' WHERE user = 'guest'")
        shell.commit()
    found = load(path)
    assert "admin" in {each.name for each in found if isinstance(each, UserSet)}
    write(path, UserRemoved("admin"))
    # The account, its limits, two permissions.
    assert len(load(path)) == len(found) - 4


# Errors ------------------------------------------------------------------------------------------


@contextmanager
def file_size_limit(octets):
    """No file may grow beyond it: as good as a full disk, and as soon over."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_write_that_fails_changes_nothing_and_can_be_repeated(path):
    big = [declare(number) for number in range(1, 2000)]
    with closing(CatalogueFile(path)) as file:
        file.write([VhostAdded(ROOT)])
        with file_size_limit(64 * 1024), pytest.raises(OSError, match="disk") as refusal:
            file.write(big)
        assert refusal.value.errno in {errno.EIO, errno.ENOSPC}
        assert refusal.value.filename == str(path)
        assert file.load() == [VhostAdded(ROOT)]
        file.write(big)
        assert file.load() == [VhostAdded(ROOT), *big]


def test_a_full_disk_is_told_as_such(path):
    with closing(CatalogueFile(path)) as file:
        pages = pragma(file, "page_count")
        file._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(OSError, match="full") as refusal:
            file.write([declare(number) for number in range(1, 2000)])
        assert refusal.value.errno == errno.ENOSPC
        assert file.load() == []


def test_what_another_program_locks_is_an_error_until_it_lets_go(path, monkeypatch):
    monkeypatch.setattr(module, "_LOCK_S", 0.0)
    with closing(CatalogueFile(path)) as file:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(OSError, match="locked") as refusal:
                file.write([VhostAdded(ROOT)])
            assert refusal.value.errno == errno.EBUSY
        file.write([VhostAdded(ROOT)])
        assert file.load() == [VhostAdded(ROOT)]


def test_a_change_that_cannot_be_written_takes_its_batch_along(path):
    with closing(CatalogueFile(path)) as file:
        with pytest.raises(OSError, match="datatype mismatch"):
            file.write([VhostAdded(ROOT), QueueDeclared("seven", ROOT, "q", QueueOptions())])
        assert not file._connection.in_transaction
        assert file.load() == []


# Refused -----------------------------------------------------------------------------------------


def refusal_of(act, path):
    with pytest.raises(StartRefused) as refusal:
        act(path)
    text = str(refusal.value)
    assert str(path) in text
    return text


READERS = pytest.mark.parametrize("read", [load, read_catalogue], ids=["open", "read"])


@READERS
def test_a_later_version_is_refused_and_left_alone(path, read):
    write(path, VhostAdded(ROOT))
    with closing(sqlite3.connect(path)) as later:
        later.execute("PRAGMA user_version = 7")
    before = path.read_bytes()
    text = refusal_of(read, path)
    assert f"has schema version 7, and this Leveret reads up to {schema.VERSION}" in text
    assert "--data-dir" in text
    assert path.read_bytes() == before


@READERS
def test_another_programs_database_is_refused(path, read):
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE cookies (id)")
    assert "is a database of another program" in refusal_of(read, path)


@READERS
def test_a_file_that_is_no_database_is_refused(path, read):
    path.write_bytes(b"Dear diary, " * 100)
    assert "is damaged (file is not a database): restore it" in refusal_of(read, path)
    assert path.read_bytes() == b"Dear diary, " * 100


@READERS
def test_a_file_with_holes_is_refused(path, read):
    write(path, *[declare(number) for number in range(1, 3000)])
    data = bytearray(path.read_bytes())
    for page in range(3, len(data) // 4096):
        data[page * 4096 : page * 4096 + 100] = bytes(100)
    path.write_bytes(data)
    assert "is damaged (" in refusal_of(read, path)


def test_a_cut_file_is_refused(path):
    write(path, *[declare(number) for number in range(1, 3000)])
    os.truncate(path, path.stat().st_size // 2)
    assert "is damaged (" in refusal_of(load, path)


def test_a_wrong_index_is_refused_before_it_can_do_harm(path):
    write(path, *ALL)
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA writable_schema = ON")
        other.execute("UPDATE sqlite_master SET rootpage = 3 WHERE name = 'binding_to'")
        other.commit()
    assert "is damaged (" in refusal_of(CatalogueFile, path)


@READERS
def test_arguments_that_cannot_be_decoded_are_damage(path, read):
    write(path, declare(1))
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE queue SET arguments = x'ffffffff'")
        other.commit()
    assert "is damaged (a value of 4294967295 octets" in refusal_of(read, path)


@READERS
def test_a_path_that_cannot_be_opened_is_refused(path, read):
    path.mkdir()
    assert refusal_of(read, path).startswith("cannot use the catalogue")


def test_a_directory_that_is_not_there_is_named(path):
    assert "No such file" in refusal_of(load, path / "metadata.sqlite")


# Read from outside -------------------------------------------------------------------------------


def test_reading_changes_nothing_and_makes_nothing(path):
    refusal_of(read_catalogue, path)
    assert not path.exists()
    write(path, *ALL)
    before = path.read_bytes()
    assert read_catalogue(path) == ALL
    assert path.read_bytes() == before


def test_what_a_crash_left_behind_can_be_read(path):
    with closing(CatalogueFile(path)) as file:
        file.write(ALL)
        assert read_catalogue(path) == ALL


def test_a_name_with_signs_of_an_address_can_be_read(tmp_path):
    path = tmp_path / "50% of #1?mode=memory.sqlite"
    write(path, VhostAdded(ROOT))
    assert read_catalogue(path) == [VhostAdded(ROOT)]


# Versions ----------------------------------------------------------------------------------------


@READERS
@pytest.mark.parametrize("version", BY_VERSION)
def test_a_file_of_every_version_is_read_by_this_one(path, read, version):
    shutil.copy(golden(version), path)
    assert read(path) == BY_VERSION[version]
    with closing(CatalogueFile(path)) as file:
        assert file.last_queue_number == 2**32 + 1


def test_every_version_has_its_golden_file():
    assert list(BY_VERSION) == list(range(1, schema.VERSION + 1))


@READERS
def test_a_file_is_brought_forward(path, monkeypatch, read):
    def rename_all(connection):
        connection.execute("UPDATE vhost SET name = 'new ' || name")

    shutil.copy(golden(1), path)
    ladder = (*schema.LADDER, rename_all)
    monkeypatch.setattr(schema, "LADDER", ladder)
    monkeypatch.setattr(schema, "VERSION", len(ladder))
    assert VhostAdded("new /") in read(path)


def golden(version):
    return GOLDEN / f"catalogue-{version}.sqlite"


def make_golden():
    """How the file of the latest version is made, once: python -m tests.storage.test_catalogue."""
    last = 2**32 + 1
    path = golden(schema.VERSION)
    assert not path.exists(), "a version's file is never replaced"
    write(path, *BY_VERSION[schema.VERSION], declare(last), QueueDeleted(last, ROOT, f"q{last}"))


if __name__ == "__main__":
    sys.exit(make_golden())
