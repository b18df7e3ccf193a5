"""What a node loads when it starts."""

import pytest

from leveret.broker.vhost_metadata import VhostMetadata
from leveret.definitions.starting import load_at_start, load_document
from leveret.errors import StartRefused
from tests.broker.definitions.entries import new_broker


def test_files_one_after_the_other(tmp_path):
    (tmp_path / "queues.json").write_text('{"queues": [{"name": "jobs", "vhost": "/"}]}')
    (tmp_path / "vhosts.json").write_text('{"vhosts": [{"name": "/"}]}')
    broker = new_broker()
    load_at_start(broker, [tmp_path / "vhosts.json", tmp_path / "queues.json"])
    assert "jobs" in broker.vhosts["/"].queues


def test_a_fault_stops_the_start_and_names_its_place(tmp_path):
    file = tmp_path / "a.json"
    file.write_text("{x")
    with pytest.raises(StartRefused, match=rf"the definitions {file}: document: JSON: "):
        load_at_start(new_broker(), [file])


def test_what_has_not_changed_is_not_loaded_again(tmp_path, caplog):
    caplog.set_level("INFO", "leveret.definitions")
    file = tmp_path / "a.json"
    file.write_text('{"vhosts": [{"name": "x", "metadata": {"description": "told"}}]}')
    broker = new_broker()
    load_at_start(broker, [file], "sha256")
    mark = broker.parameters.globals["imported_definition_hash_value"]
    broker.describe_vhost("x", VhostMetadata("changed by hand"))
    load_at_start(broker, [file], "sha256")
    assert broker.vhosts["x"].metadata.description == "changed by hand"
    assert "have not changed" in caplog.messages[-1]
    file.write_text(file.read_text() + "\n")
    load_at_start(broker, [file], "sha256")
    assert broker.vhosts["x"].metadata.description == "told"
    assert broker.parameters.globals["imported_definition_hash_value"] != mark


def test_what_could_not_be_loaded_is_tried_again(tmp_path):
    file = tmp_path / "a.json"
    file.write_text('{"queues": [{"name": "q", "vhost": "x"}]}')
    broker = new_broker()
    with pytest.raises(StartRefused):
        load_at_start(broker, [file], "sha256")
    broker.add_vhost("x")
    load_at_start(broker, [file], "sha256")
    assert "q" in broker.vhosts["x"].queues


def test_a_document_that_a_program_gave():
    broker = new_broker()
    load_document(broker, b'{"vhosts": [{"name": "x"}]}')
    assert list(broker.vhosts) == ["x"]
    with pytest.raises(StartRefused, match=r"the definitions \(given\)"):
        load_document(broker, b"[]")
