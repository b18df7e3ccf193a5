"""The broker of a data directory without its node."""

import pytest

from leveret.broker.changes import Bound
from leveret.cli.offline import broker_seen_in, change_broker_in, empty_broker
from leveret.data_directory import DataDirectory
from leveret.errors import StartRefused
from leveret.storage.catalogue import CatalogueFile
from leveret.storage.opening import CATALOGUE


def contents(path):
    return {file.name: file.read_bytes() for file in path.rglob("*") if file.is_file()}


def test_what_was_changed_is_there_afterwards(tmp_path):
    assert change_broker_in(tmp_path, lambda broker: broker.add_vhost("x").name) == "x"
    before = contents(tmp_path)
    assert list(broker_seen_in(tmp_path).vhosts) == ["x"]
    assert contents(tmp_path) == before


def test_an_empty_directory_holds_nothing(tmp_path):
    assert not broker_seen_in(tmp_path).vhosts
    assert list(tmp_path.iterdir()) == []
    assert not empty_broker().vhosts


def test_beside_a_node(tmp_path):
    change_broker_in(tmp_path, lambda broker: broker.add_vhost("x"))
    files = DataDirectory(tmp_path)
    files.claim()
    try:
        assert list(broker_seen_in(tmp_path).vhosts) == ["x"]
        with pytest.raises(StartRefused, match="another node"):
            change_broker_in(tmp_path, lambda _broker: None)
    finally:
        files.release()


def test_what_fails_leaves_the_directory_free(tmp_path):
    with pytest.raises(ZeroDivisionError):
        change_broker_in(tmp_path, lambda _broker: 1 / 0)
    assert not DataDirectory(tmp_path).is_in_use()


def test_a_catalogue_that_cannot_be_applied(tmp_path):
    file = CatalogueFile(tmp_path / CATALOGUE)
    file.write([Bound("nowhere", "x", "queue", "q", "", {})])
    file.close()
    with pytest.raises(StartRefused, match="cannot restore"):
        broker_seen_in(tmp_path)
    with pytest.raises(StartRefused, match="cannot restore"):
        change_broker_in(tmp_path, lambda _broker: None)


def test_a_catalogue_that_cannot_be_read(tmp_path):
    (tmp_path / CATALOGUE).mkdir()
    with pytest.raises(StartRefused, match="cannot read"):
        broker_seen_in(tmp_path)
