"""What a data directory holds, seen from outside."""

import os
import shutil
import sqlite3
from binascii import crc32
from contextlib import closing

import pytest

from leveret.broker.changes import ExchangeDeclared, QueueDeclared, QueueDeleted
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.errors import StartRefused
from leveret.storage.catalogue import CatalogueFile
from leveret.storage.disk import RealDisk
from leveret.storage.opening import CATALOGUE, MESSAGES, SPILL
from leveret.storage.read_only import ReadOnlyDisk
from leveret.storage.segment import file_name
from leveret.storage.survey import QueueSeen, SegmentSeen, Survey, read_abandoned, survey
from tests.storage.damage import contents, data_directory, published
from tests.storage.hand import DURABLE


@pytest.fixture
def path(tmp_path):
    """Two queues with nine messages each, in three segments."""
    data_directory(tmp_path, [3, 3, 3], segment_octets=300, queues=(1, 2))
    return tmp_path


def world_of(path):
    """An engine at work there."""
    disk, catalogue = RealDisk(path / MESSAGES), CatalogueFile(path / CATALOGUE)
    return published([], disk=disk, catalogue=catalogue, queues=())


def spoil(path, offset):
    with path.open("r+b") as file:
        file.seek(offset)
        octet = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([octet ^ 1]))


def test_everything_is_counted_and_nothing_is_changed(path):
    before = contents(path)
    seen = survey(path, is_running=False)
    assert contents(path) == before
    assert seen.vhosts == ["/"]
    assert seen.counts == {
        "vhosts": 1, "users": 1, "permissions": 0, "exchanges": 0, "queues": 2, "bindings": 0
    }  # fmt: skip
    assert seen.queues == [QueueSeen(1, "/", "q1", 9, 0), QueueSeen(2, "/", "q2", 9, 0)]
    assert [(each.name, each.messages, each.live, each.live_share) for each in seen.segments] == [
        (file_name(number), 3, 3, 1.0) for number in (1, 2, 3)
    ]
    assert seen.octets == sum(each.stat().st_size for each in path.glob("messages/*.segment"))
    assert (seen.torn, seen.damages, seen.kept) == (0, [], [])


def test_what_a_delayed_exchange_holds_is_counted_under_its_name(path):
    options = ExchangeOptions(durable=True, arguments={"x-delayed-type": "direct"})
    with closing(CatalogueFile(path / CATALOGUE)) as file:
        file.write([QueueDeleted(2, "/", "q2")])
        file.write([ExchangeDeclared("/", "later", "x-delayed-message", options, 2)])
    seen = survey(path, is_running=False)
    assert seen.queues[1] == QueueSeen(2, "/", "later (delayed exchange)", 9, 0)


def test_settled_and_delivered_messages_are_told_apart(path):
    world = world_of(path)
    for position in (1, 2, 4):
        world.engine.storage.messages.settle(1, position)
        world.engine.storage.messages.settle(2, position)
    world.engine.storage.messages.delivered(2, 5)
    world.engine.close()
    seen = survey(path, is_running=False)
    assert seen.queues == [QueueSeen(1, "/", "q1", 6, 0), QueueSeen(2, "/", "q2", 6, 1)]
    assert [each.live for each in seen.segments] == [1, 2, 3, 0]
    assert [round(each.live_share, 1) for each in seen.segments] == [0.3, 0.7, 1.0, 0.0]


def test_an_empty_directory_holds_nothing(tmp_path):
    assert survey(tmp_path, is_running=False, reads_all=True) == Survey()
    assert list(tmp_path.iterdir()) == []
    assert SegmentSeen("none", 0).live_share == 0


def test_a_torn_tail_is_counted_and_not_cut(path):
    tail = path / MESSAGES / file_name(3)
    size = tail.stat().st_size
    with tail.open("ab") as file:
        file.write(b"\x2c\0\0\0torn")
    seen = survey(path, is_running=False, reads_all=True)
    assert (seen.torn, seen.octets, seen.damages) == (8, 3 * size, [])
    assert tail.stat().st_size == size + 8


def test_what_a_start_would_remove_stays(path):
    (path / MESSAGES / (file_name(1) + ".new")).touch()
    (path / MESSAGES / file_name(9)).touch()
    before = contents(path)
    assert survey(path, is_running=False).damages == []
    assert contents(path) == before


def test_the_spill_is_told(path):
    spill = RealDisk(path / SPILL)
    for number in (1, 2):
        spill.create(file_name(number)).append([b"x" * 100])
    seen = survey(path, is_running=False)
    assert (seen.spill_segments, seen.spill_octets) == (2, 200)


def test_files_that_a_repair_has_kept_are_told(path):
    (path / MESSAGES / (file_name(1) + ".damaged")).touch()
    (path / (CATALOGUE + ".damaged-wal")).touch()
    assert survey(path, is_running=False).kept == [
        file_name(1) + ".damaged",
        CATALOGUE + ".damaged-wal",
    ]


# Damage --------------------------------------------------------------------------------------


def test_damage_that_stops_a_start_is_told(path):
    for name in os.listdir(path / MESSAGES):
        if name.endswith(".index"):
            (path / MESSAGES / name).unlink()
    spoil(path / MESSAGES / file_name(2), 120)
    seen = survey(path, is_running=False)
    (damage,) = seen.damages
    assert f"{file_name(2)} at offset 104" in damage
    assert [(each.name, each.messages) for each in seen.segments] == [
        (file_name(number), None) for number in (1, 2, 3)
    ]
    assert seen.queues == []


def test_damage_that_a_start_passes_over_is_found_when_all_is_read(path):
    spoil(path / MESSAGES / file_name(1), 150)
    assert survey(path, is_running=False).damages == []
    (damage,) = survey(path, is_running=False, reads_all=True).damages
    assert damage == f"{file_name(1)}: at offset 104: the record there is damaged"


def test_what_another_version_wrote_is_told(path):
    octets = b"LVRTLOG\0\2".ljust(60, b"\0")
    (path / MESSAGES / file_name(4)).write_bytes(
        octets + crc32(octets).to_bytes(4, "little") + b"?"
    )
    told = survey(path, is_running=False, reads_all=True).damages
    assert len(told) == 2
    assert all(file_name(4) in each and "version" in each for each in told)


def test_without_a_catalogue_queues_have_only_their_numbers(path):
    (path / CATALOGUE).write_bytes(b"no database at all" * 100)
    seen = survey(path, is_running=False)
    (damage,) = seen.damages
    assert f"the catalogue {path / CATALOGUE} is damaged" in damage
    assert seen.queues == [QueueSeen(1, None, None, 9, 0), QueueSeen(2, None, None, 9, 0)]


def test_a_catalogue_that_is_missing_beside_messages_is_told(path):
    (path / CATALOGUE).unlink()
    (damage,) = survey(path, is_running=False).damages
    assert f"the catalogue {path / CATALOGUE} is missing" in damage


# While a node is at work ---------------------------------------------------------------------


def test_a_node_at_work_is_not_disturbed(path):
    world = world_of(path)
    before = contents(path)
    seen = survey(path, is_running=True)
    assert [each.messages for each in seen.queues] == [9, 9]
    assert set(contents(path)) == set(before)
    world.engine.storage.messages.settle(1, 1)
    world.pass_time(1)
    assert [each.messages for each in survey(path, is_running=True).queues] == [8, 9]
    world.engine.close()


def test_a_segment_that_goes_away_meanwhile_is_no_failure(path, monkeypatch):
    names = ReadOnlyDisk.names
    told = iter([["gone.segment"]])
    monkeypatch.setattr(ReadOnlyDisk, "names", lambda disk: next(told, None) or names(disk))
    assert [each.messages for each in survey(path, is_running=True).queues] == [9, 9]


def test_a_file_that_stays_away_is_one(path, monkeypatch):
    monkeypatch.setattr(ReadOnlyDisk, "names", lambda _disk: ["gone.segment"])
    with pytest.raises(FileNotFoundError):
        survey(path, is_running=True)


# The catalogue of a dead node ----------------------------------------------------------------


def test_what_stands_in_the_write_ahead_log_counts(path, tmp_path_factory):
    left = tmp_path_factory.mktemp("left")
    with closing(CatalogueFile(path / CATALOGUE)) as file:
        file.write([QueueDeclared(3, "/", "q3", DURABLE)])
        for ending in ("", "-wal"):
            shutil.copyfile(path / (CATALOGUE + ending), left / (CATALOGUE + ending))
    before = contents(left)
    assert "q3" in [getattr(each, "name", None) for each in read_abandoned(left / CATALOGUE)]
    assert contents(left) == before


def test_a_catalogue_is_checked_as_a_start_checks_it(path):
    with closing(sqlite3.connect(path / CATALOGUE)) as file:
        file.execute("PRAGMA user_version = 99")
    with pytest.raises(StartRefused, match=f"the catalogue {path / CATALOGUE} has schema version"):
        read_abandoned(path / CATALOGUE)
