"""What a node loads when it starts."""

import pytest

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


def test_a_document_that_a_program_gave():
    broker = new_broker()
    load_document(broker, b'{"vhosts": [{"name": "x"}]}')
    assert list(broker.vhosts) == ["x"]
    with pytest.raises(StartRefused, match=r"the definitions \(given\)"):
        load_document(broker, b"[]")
