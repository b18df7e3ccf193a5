"""`leveret repair`: what is damaged is mended, and the directory starts again."""

import json
import os
import resource
import sqlite3
import subprocess
from contextlib import closing

import pytest
from tests.storage.damage import contents, data_directory

from leveret.storage.opening import CATALOGUE, MESSAGES
from leveret.storage.segment import file_name


@pytest.fixture
def data_dir(leveret):
    path = leveret.home / "mq"
    data_directory(path, [3, 3, 1])
    (path / MESSAGES / "0000000000000001.index").unlink(missing_ok=True)
    return path


def spoil(path, offset=150):
    with path.open("r+b") as file:
        file.seek(offset)
        octet = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([octet ^ 1]))


def repair(leveret):
    return leveret.run("repair", "--data-dir", leveret.home / "mq")


def test_what_is_not_damaged_is_left_as_it_is(leveret, data_dir):
    with (data_dir / MESSAGES / file_name(1)).open("ab") as file:
        file.write(b"torn")
    before = contents(data_dir)
    told = repair(leveret)
    assert (told.returncode, told.stderr) == (0, "")
    assert "no damage in it, nothing was changed" in told.stdout
    assert "an unfinished write of 4 octets, which the next start cuts off" in told.stdout
    assert told.stdout.endswith("a node can start on it\n")
    after = contents(data_dir)
    assert {name: after[name] for name in before} == before
    assert {str(name) for name in after.keys() - before.keys()} == {"node.lock"}


def test_a_damaged_log_is_mended_and_starts(leveret, data_dir):
    segment = data_dir / MESSAGES / file_name(1)
    spoil(segment)
    damaged = segment.read_bytes()
    refused = leveret.run("serve", "--data-dir", data_dir, "--port", "0")
    assert refused.returncode == 1
    assert f"{file_name(1)} at offset 104: the record there is damaged" in refused.stderr
    assert "`leveret repair --data-dir DIR`" in refused.stderr

    told = repair(leveret)
    assert (told.returncode, told.stderr) == (0, "")
    assert f"DAMAGED: {segment}: at offset 104: the record there is damaged" in told.stdout
    assert "  at offset 104: 79 octets cannot be read\n  1 record lost\n  " in told.stdout
    assert f"  the damaged file is kept: {segment.name}.damaged\n" in told.stdout
    assert "what those had settled is delivered again" in told.stdout
    assert segment.with_name(segment.name + ".damaged").read_bytes() == damaged

    inspected = leveret.run("inspect", "--check", "--format", "json", "--data-dir", data_dir)
    assert [queue["messages"] for queue in json.loads(inspected.stdout)["queues"]] == [6]
    leveret.serve().end()


def test_what_nobody_can_count_is_told_as_far_as_it_is_known(leveret, data_dir):
    with (data_dir / MESSAGES / file_name(1)).open("r+b") as file:
        file.write(bytes(64 + 100))
    told = repair(leveret)
    assert told.returncode == 0
    assert "lost; how many more is not known" in told.stdout


def test_a_catalogue_of_which_nothing_is_left_is_told_what_can_be_done_about(leveret, data_dir):
    (data_dir / CATALOGUE).write_bytes(b"x" * 5000)
    told = repair(leveret)
    assert told.returncode == 1
    assert f"{data_dir / CATALOGUE} cannot be mended: " in told.stdout
    assert f"DAMAGE: the catalogue {data_dir / CATALOGUE} is damaged" in told.stdout
    assert f"put a backup of {data_dir / CATALOGUE} in its place" in told.stdout
    assert (data_dir / CATALOGUE).read_bytes() == b"x" * 5000


def test_a_missing_catalogue_is_not_made(leveret, data_dir):
    (data_dir / CATALOGUE).unlink()
    told = repair(leveret)
    assert told.returncode == 1
    assert f"DAMAGE: the catalogue {data_dir / CATALOGUE} is missing" in told.stdout
    assert not (data_dir / CATALOGUE).exists()


def test_what_can_be_read_of_a_catalogue_is_saved_and_no_message_is_given_up(leveret, data_dir):
    catalogue = data_dir / CATALOGUE
    with closing(sqlite3.connect(catalogue)) as file:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'queue'"
        (page,) = file.execute(query).fetchone()
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with catalogue.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    refused = leveret.run("serve", "--data-dir", data_dir, "--port", "0")
    assert refused.returncode == 1
    told = repair(leveret)
    assert (told.returncode, told.stderr) == (0, "")
    assert f"DAMAGED: {catalogue}: " in told.stdout
    assert "  saved: 1 vhost, 1 user, 0 permissions, 0 topic permissions, " in told.stdout
    assert " 1 queue, 0 bindings" in told.stdout
    assert "it is called recovered-1 now" in told.stdout
    assert f"  the damaged file is kept: {CATALOGUE}.damaged" in told.stdout
    assert told.stdout.endswith("a node can start on it\n")
    inspected = leveret.run("inspect", "--format", "json", "--data-dir", data_dir)
    (queue,) = json.loads(inspected.stdout)["queues"]
    assert (queue["name"], queue["messages"]) == ("recovered-1", 7)
    leveret.serve().end()


def test_not_while_a_node_is_at_work(leveret):
    node = leveret.serve()
    told = repair(leveret)
    assert (told.returncode, told.stdout) == (1, "")
    assert f"another node (process {node.process.pid}) is using the data directory" in told.stderr
    assert (node.data_dir / "node.pid").read_text() == f"{node.process.pid}\n"


def test_a_directory_that_is_not_there_is_not_made(leveret):
    told = repair(leveret)
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith("leveret: there is no data directory ")
    assert not (leveret.home / "mq").exists()


def test_a_full_disk_is_told_and_the_log_stays(leveret, data_dir):
    segment = data_dir / MESSAGES / file_name(1)
    spoil(segment)
    damaged = segment.read_bytes()
    told = subprocess.run(
        leveret.command("repair", "--data-dir", data_dir),
        env=leveret.environment | {"PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert told.stderr.startswith("leveret: cannot repair ")
    assert "what was not mended is as it was" in told.stderr
    assert segment.read_bytes() == damaged
    assert os.listdir(data_dir / MESSAGES)
