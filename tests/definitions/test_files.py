"""Where documents lie, and how it is seen that they changed."""

import hashlib

import pytest

from leveret.definitions.files import ALGORITHMS, fingerprint, read_sources
from leveret.errors import StartRefused


def test_a_file(tmp_path):
    file = tmp_path / "a.json"
    file.write_bytes(b"{}")
    assert [(each.path, each.data) for each in read_sources(file)] == [(file, b"{}")]


def test_a_directory_in_the_order_of_names(tmp_path):
    for name in ("20.json", "10.txt", ".hidden", "30.json"):
        (tmp_path / name).write_text(name)
    (tmp_path / "..data").mkdir()
    (tmp_path / "inner").mkdir()
    assert [each.path.name for each in read_sources(tmp_path)] == ["10.txt", "20.json", "30.json"]


def test_what_cannot_be_read_is_named(tmp_path):
    missing = tmp_path / "missing.json"
    with pytest.raises(StartRefused) as refused:
        read_sources(missing)
    assert str(refused.value) == f"cannot read the definitions {missing}: No such file or directory"


def test_a_fingerprint_changes_with_what_the_files_say(tmp_path):
    for name, text in [("a", "12"), ("b", "3")]:
        (tmp_path / name).write_text(text)
    first = fingerprint(read_sources(tmp_path), "sha256")
    assert first.startswith("sha256:")
    assert fingerprint(read_sources(tmp_path), "sha256") == first
    (tmp_path / "a").write_text("1")
    (tmp_path / "b").write_text("23")
    assert fingerprint(read_sources(tmp_path), "sha256") != first


@pytest.mark.parametrize("name", ALGORITHMS)
def test_every_algorithm_of_rabbitmqs(name):
    size = hashlib.new(ALGORITHMS[name]).digest_size
    assert len(fingerprint([], name)) == len(name) + 1 + 2 * size
