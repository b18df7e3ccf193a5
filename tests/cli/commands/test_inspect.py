"""`leveret inspect`: what is there, told without a node and without touching it."""

import json

import pika
import pytest
from tests.storage.damage import contents, data_directory

from leveret.storage.opening import CATALOGUE, MESSAGES
from leveret.storage.segment import file_name


@pytest.fixture
def data_dir(leveret):
    path = leveret.home / "mq"
    data_directory(path, [3, 3], segment_octets=300)
    return path


def inspect(leveret, *options):
    told = leveret.run("inspect", "--data-dir", leveret.home / "mq", *options)
    assert told.stderr == ""
    return told


def test_a_table_for_people(leveret, data_dir):
    before = contents(data_dir)
    told = inspect(leveret)
    assert contents(data_dir) == before
    assert told.returncode == 0
    lines = told.stdout.splitlines()
    assert lines[0] == f"Data directory {data_dir}"
    assert "vhosts       1" in lines
    assert "vhosts by name: /" in lines
    assert "queue  vhost  number  messages  delivered before" in lines
    assert "q1     /           1         6                 0" in lines
    assert any(line.startswith(file_name(1)) and "100%" in line for line in lines)
    assert lines[-1].startswith("message log: 2 segments, ")


def test_the_same_for_programs(leveret, data_dir):
    told = json.loads(inspect(leveret, "--format", "json").stdout)
    assert told["data_directory"] == str(data_dir)
    assert told["node"] == {"is_running": False, "pid": None}
    assert told["counts"]["queues"] == 1
    assert told["queues"] == [
        {"number": 1, "vhost": "/", "name": "q1", "messages": 6, "delivered": 0}
    ]
    first, _second = told["messages"]["segments"]
    assert (first["name"], first["messages"], first["live_share"]) == (file_name(1), 3, 1.0)
    assert told["damages"] == []


def test_damage_is_told_with_exit_code_1(leveret, data_dir):
    (data_dir / CATALOGUE).write_bytes(b"x" * 5000)
    with (data_dir / MESSAGES / file_name(2)).open("ab") as file:
        file.write(b"torn")
    (data_dir / MESSAGES / (file_name(9) + ".damaged")).touch()
    (data_dir / "spill").mkdir()
    (data_dir / "spill" / file_name(1)).write_bytes(b"x" * 10)
    told = inspect(leveret)
    assert told.returncode == 1
    lines = told.stdout.splitlines()
    assert any(line.startswith("(name unknown)") for line in lines)
    assert "torn tail: 4 octets, an unfinished write; the next start cuts it off" in lines
    assert "spill: 1 segment, 10 B" in lines
    assert f"kept by a repair: {file_name(9)}.damaged" in lines
    assert lines[-1].startswith(f"DAMAGE: the catalogue {data_dir / CATALOGUE} is damaged")


def test_every_record_is_read_when_asked_to(leveret, data_dir):
    segment = data_dir / MESSAGES / file_name(1)
    octets = bytearray(segment.read_bytes())
    octets[150] ^= 1
    segment.write_bytes(octets)
    assert inspect(leveret).returncode == 0
    told = inspect(leveret, "--check")
    assert told.returncode == 1
    assert f"DAMAGE: {file_name(1)}: at offset" in told.stdout


def test_a_segment_that_cannot_be_read_has_no_counts(leveret, data_dir):
    (data_dir / MESSAGES / file_name(1)).write_bytes(b"x" * 200)
    told = inspect(leveret)
    assert told.returncode == 1
    assert "?" in told.stdout
    assert "`leveret repair --data-dir DIR`" in told.stdout


def test_an_empty_directory(leveret):
    (leveret.home / "mq").mkdir()
    told = inspect(leveret)
    assert told.returncode == 0
    assert "no queues" in told.stdout


def test_a_directory_that_is_not_there(leveret):
    told = leveret.run("inspect", "--data-dir", leveret.home / "mq")
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith(f"leveret: there is no data directory {leveret.home / 'mq'}")


def test_a_directory_that_cannot_be_read(leveret, data_dir):
    (data_dir / MESSAGES / file_name(1)).unlink()
    (data_dir / MESSAGES / file_name(1)).mkdir()
    told = leveret.run("inspect", "--data-dir", data_dir)
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith("leveret: cannot read ")


def test_a_node_at_work_is_told_and_not_disturbed(leveret):
    node = leveret.serve()
    with pika.BlockingConnection(pika.URLParameters(node.url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare("\x1b[2Jjobs", durable=True)
        persistent = pika.BasicProperties(delivery_mode=2)
        for number in range(3):
            channel.basic_publish("", "\x1b[2Jjobs", b"%d" % number, persistent)
        told = inspect(leveret)
        assert told.returncode == 0
        assert f"a node (process {node.process.pid}) is at work in it" in told.stdout
        assert r"\x1b[2Jjobs  /           1         3                 0" in told.stdout
        assert json.loads(inspect(leveret, "--format", "json").stdout)["node"] == {
            "is_running": True,
            "pid": node.process.pid,
        }
        channel.basic_publish("", "\x1b[2Jjobs", b"3", persistent)
    node.end()
    assert json.loads(inspect(leveret, "--format", "json").stdout)["queues"][0]["messages"] == 4
