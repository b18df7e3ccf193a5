"""A node's directory: one node at a time, and nothing left behind but the lock."""

import json
import os
import tempfile
from pathlib import Path

import pytest

from leveret.config import Listener, Listening
from leveret.data_directory import DataDirectory
from leveret.errors import StartRefused


@pytest.fixture
def files(tmp_path):
    directory = DataDirectory(tmp_path / "mq")
    directory.claim()
    yield directory
    directory.release()


def test_claiming_makes_the_directory_for_its_owner_only(files):
    assert files.path.stat().st_mode & 0o777 == 0o700
    assert files.pid_file.read_text() == f"{os.getpid()}\n"


def test_a_second_claim_is_refused_and_names_the_first(files):
    with pytest.raises(StartRefused, match=rf"another node \(process {os.getpid()}\) is using"):
        DataDirectory(files.path).claim()


def test_a_refused_claim_leaves_the_first_ones_files_alone(files):
    files.report("leveret@hare", [Listener("127.0.0.1", 5672)], ())
    second = DataDirectory(files.path)
    with pytest.raises(StartRefused):
        second.claim()
    second.release()
    assert files.pid_file.exists()
    assert files.report_file.exists()


def test_the_report_says_where_the_node_listens(files):
    http = Listening("http", "127.0.0.1", 40002)
    files.report("leveret@hare", [Listener("127.0.0.1", 40001)], [http])
    assert json.loads(files.report_file.read_text()) == {
        "node": "leveret@hare",
        "pid": os.getpid(),
        "listeners": [{"host": "127.0.0.1", "port": 40001, "is_tls": False}],
        "listening": [{"protocol": "http", "host": "127.0.0.1", "port": 40002}],
    }


def test_a_report_that_cannot_be_written_is_a_start_refused(files):
    (files.path / "node.json.new").mkdir()
    with pytest.raises(StartRefused, match=r"node.json.new: Is a directory"):
        files.report("leveret@hare", [], ())
    (files.path / "node.json.new").rmdir()


def test_releasing_leaves_only_the_lock_file_and_lets_the_next_node_in(files):
    files.report("leveret@hare", [], ())
    files.release()
    assert [path.name for path in files.path.iterdir()] == ["node.lock"]
    files.claim()


def test_claiming_forgets_what_a_killed_node_reported(tmp_path):
    (tmp_path / "node.json").write_text("{}")
    (tmp_path / "node.pid").write_text("1\n")
    directory = DataDirectory(tmp_path)
    directory.claim()
    assert not directory.report_file.exists()
    assert directory.pid_file.read_text() == f"{os.getpid()}\n"
    directory.release()


def test_a_file_in_the_place_of_the_directory_is_refused(tmp_path):
    (tmp_path / "mq").touch()
    with pytest.raises(StartRefused, match=r"cannot use the data directory .*mq: File exists"):
        DataDirectory(tmp_path / "mq").claim()


def test_a_directory_in_the_place_of_the_pid_file_is_refused_and_unlocked(tmp_path):
    (tmp_path / "node.pid").mkdir()
    with pytest.raises(StartRefused, match=r"node.pid: Is a directory"):
        DataDirectory(tmp_path).claim()
    (tmp_path / "node.pid").rmdir()
    directory = DataDirectory(tmp_path)
    directory.claim()
    directory.release()


@pytest.fixture
def unprivileged():
    """Root may write everywhere: for this test it is nobody."""
    nobody = 65534
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(nobody)
    yield
    if is_root:
        os.seteuid(0)


@pytest.fixture
def sealed():
    """A directory that may be read and not written."""
    with tempfile.TemporaryDirectory() as path:
        Path(path).chmod(0o555)
        yield Path(path)


@pytest.mark.usefixtures("unprivileged")
def test_a_directory_that_may_not_be_written_is_refused(sealed):
    with pytest.raises(StartRefused, match="Permission denied"):
        DataDirectory(sealed).claim()


def test_whoever_asks_whether_it_is_in_use_changes_nothing(files, tmp_path):
    other = DataDirectory(files.path)
    assert other.is_in_use()
    assert other.holder() == os.getpid()
    files.release()
    assert not other.is_in_use()
    assert other.holder() is None
    assert not DataDirectory(tmp_path / "nowhere").is_in_use()
    assert not (tmp_path / "nowhere").exists()


def test_a_lock_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "node.lock").symlink_to("node.lock")
    with pytest.raises(StartRefused, match=r"cannot use the data directory .*node\.lock"):
        DataDirectory(tmp_path).is_in_use()
