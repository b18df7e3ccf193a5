"""Which data directory a command is about."""

import pytest

from leveret.cli.data_dir import existing_data_dir
from leveret.errors import StartRefused


def test_the_one_that_was_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mq").mkdir()
    assert existing_data_dir("mq") == tmp_path / "mq"


def test_or_else_the_one_that_serve_would_take(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LEVERET_NODE", "leveret@here")
    (tmp_path / ".leveret" / "leveret@here").mkdir(parents=True)
    assert existing_data_dir(None) == tmp_path / ".leveret" / "leveret@here"


def test_one_that_is_not_there_is_refused_and_not_made(tmp_path):
    with pytest.raises(StartRefused, match=r"there is no data directory .*/mq; name one"):
        existing_data_dir(str(tmp_path / "mq"))
    assert list(tmp_path.iterdir()) == []
