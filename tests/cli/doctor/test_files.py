"""The data directory, the disk under it, the cookie."""

import os

import pytest
from tests.server.fake_machine import FakeMachine

from leveret.cli.doctor import files
from leveret.cli.doctor.files import (
    cookie,
    data_directory,
    disk,
    file_system,
    file_system_of,
    look_at_files,
    nearest_existing,
)
from leveret.cli.doctor.finding import Health
from leveret.config.settings import settings_of
from leveret.data_directory import DataDirectory


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "mq"
    path.mkdir(mode=0o700)
    return path


def test_a_directory_that_will_be_made(tmp_path):
    found = data_directory(tmp_path / "not" / "there")
    assert found.health is Health.WELL
    assert "the first start makes it" in found.told
    assert not (tmp_path / "not").exists()


def test_a_directory_that_nobody_uses(own):
    assert data_directory(own).told == f"{own}, not in use"


def test_a_directory_at_work(own):
    holder = DataDirectory(own)
    holder.claim()
    assert data_directory(own).told == f"{own}, in use by node process {os.getpid()}"
    holder.release()


def test_a_directory_that_others_may_read(own):
    own.chmod(0o750)
    found = data_directory(own)
    assert (found.health, found.advice) == (Health.WARNING, f"close it: chmod 700 {own}")


def test_a_directory_that_may_not_be_written(own, monkeypatch):
    monkeypatch.setattr(files.os, "access", lambda *_: False)  # The tests may run as root.
    found = data_directory(own)
    assert found.health is Health.FAILED
    assert "chown" in found.advice


def test_a_file_where_the_directory_should_be(tmp_path):
    (tmp_path / "mq").touch()
    assert data_directory(tmp_path / "mq").health is Health.FAILED
    assert data_directory(tmp_path / "mq" / "below").health is Health.FAILED


def test_what_of_a_path_is_there(tmp_path):
    assert nearest_existing(tmp_path / "a" / "b") == tmp_path


@pytest.mark.parametrize(
    ("kind", "health"),
    [("ext4", Health.WELL), ("", Health.WELL), ("tmpfs", Health.WARNING), ("nfs4", Health.WARNING)],
)
def test_some_file_systems_keep_less_than_they_say(own, kind, health):
    assert file_system(own, kind).health is health


def test_the_innermost_mount_is_the_one(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/a / ext4 rw 0 0\ntmpfs /run tmpfs rw 0 0\nhost:/x /mnt/my\\040disk nfs4 rw 0 0\n"
    )
    kinds = {
        path: file_system_of(tmp_path.__class__(path), mounts)
        for path in ("/var/lib", "/run/mq", "/mnt/my disk/mq")
    }
    assert kinds == {"/var/lib": "ext4", "/run/mq": "tmpfs", "/mnt/my disk/mq": "nfs4"}
    assert file_system_of(tmp_path, tmp_path / "absent") == ""


@pytest.mark.parametrize(
    ("free", "health"),
    [
        (49_999_999, Health.FAILED),
        (50_000_000, Health.WARNING),
        (200_000_000, Health.WELL),
        (None, Health.WARNING),
    ],
)
def test_room_on_the_disk(own, free, health):
    machine = FakeMachine()
    machine.free = free
    assert disk(settings_of({"data_dir": own}), machine, own).health is health


def test_a_disk_without_inodes_takes_no_more_files(own, monkeypatch):
    class Full:
        f_files, f_favail = 100_000, 12

    monkeypatch.setattr(files.os, "statvfs", lambda _: Full)
    found = disk(settings_of({"data_dir": own}), FakeMachine(), own)
    assert (found.health, found.told) == (Health.FAILED, "12 files may still be made")
    Full.f_files = 0
    assert disk(settings_of({"data_dir": own}), FakeMachine(), own).health is Health.WARNING


def test_everything_about_a_directory(own):
    machine = FakeMachine()
    found = [each.subject for each in look_at_files(settings_of({"data_dir": own}), machine)]
    assert found == ["data directory", "file system", "disk"]


# The cookie ---------------------------------------------------------------------------------------


def written(tmp_path, text="SECRET", mode=0o400):
    file = tmp_path / "cookie"
    file.write_text(text)
    file.chmod(mode)
    return file


def test_a_cookie_that_its_owner_alone_can_read(tmp_path):
    found = cookie(written(tmp_path), os.getuid())
    assert found.health is Health.WELL
    assert found.told.endswith("mode 400")
    assert "SECRET" not in found.told


def test_a_cookie_that_will_be_made(tmp_path):
    assert cookie(tmp_path / "cookie", os.getuid()).health is Health.WELL


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o640])
def test_a_cookie_that_others_can_read(tmp_path, mode):
    file = written(tmp_path, mode=mode)
    found = cookie(file, os.getuid())
    assert (found.health, found.advice) == (Health.FAILED, f"chmod 400 {file}")


def test_an_empty_cookie(tmp_path):
    assert cookie(written(tmp_path, "\n"), os.getuid()).told.endswith("is empty")


def test_a_cookie_of_somebody_else(tmp_path):
    assert cookie(written(tmp_path), os.getuid() + 1).health is Health.WARNING


def test_a_cookie_that_cannot_be_read(tmp_path):
    assert cookie(tmp_path, os.getuid()).told == f"{tmp_path} cannot be read: Is a directory"
    file = written(tmp_path, mode=0o600)
    file.write_bytes(b"\xff\xfe")
    assert cookie(file, os.getuid()).told.endswith("it is not text")
