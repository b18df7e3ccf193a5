"""leveretctl's export and import, in JSON and YAML."""

import io
import json
import sys

import pytest
import yaml

from leveret.control import exits


@pytest.fixture
def vhosts(node):
    return node.broker.vhosts


@pytest.mark.parametrize("name", ["out.json", "out.yaml"])
def test_out_and_in_again(node, vhosts, ctl, tmp_path, name):
    file = tmp_path / name
    node.broker.add_vhost("ü")
    form = "YAML" if name.endswith("yaml") else "JSON"
    told = ctl("export_definitions", str(file)).out
    assert told == f'Exporting definitions in {form} to a file at "{file}" ...\n'
    read = yaml.safe_load if form == "YAML" else json.loads
    assert {each["name"] for each in read(file.read_text())["vhosts"]} == {"/", "ü"}
    node.broker.remove_vhost("ü")
    imported = ctl("import_definitions", str(file))
    assert imported.out.splitlines() == [
        f'Importing definitions in {form} from a file at "{file}" ...',
        "Definitions are imported.",
    ]
    assert "ü" in vhosts


@pytest.mark.usefixtures("node")
def test_to_stdout_and_from_stdin(vhosts, ctl, monkeypatch):
    document = json.loads(ctl("export_definitions", "-").out)
    document["vhosts"].append({"name": "a"})
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(document)))
    assert ctl("import_definitions", "-q").out == ""
    assert "a" in vhosts


@pytest.mark.usefixtures("node")
def test_what_was_left_out_is_told(ctl, tmp_path):
    file = tmp_path / "in.json"
    file.write_text('{"nosuch_section": []}')
    imported = ctl("import_definitions", str(file))
    assert imported.code == exits.OK
    assert "nosuch_section" in imported.err


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [("in.json", "junk", "malformed"), ("in.yaml", "a: [", "Failed to deserialise input")],
)
@pytest.mark.usefixtures("node")
def test_what_is_no_document(ctl, tmp_path, name, text, told):
    file = tmp_path / name
    file.write_text(text)
    refused = ctl("import_definitions", str(file))
    assert refused.code == exits.DATA
    assert told in refused.err


def test_files_that_cannot_be(ctl, tmp_path):
    for line in (
        ["export_definitions", str(tmp_path / "nosuch" / "x.json")],
        ["import_definitions", str(tmp_path / "nosuch.json")],
        ["export_definitions", str(tmp_path / "x.json"), "--format", "erlang"],
    ):
        refused = ctl(*line)
        assert refused.code == exits.DATA
        assert "Bad argument: " in refused.err


@pytest.mark.usefixtures("node")
def test_a_directory_is_no_file(ctl, tmp_path):
    refused = ctl("export_definitions", str(tmp_path))
    assert (refused.code, refused.err) == (exits.DATA, f"Error:\nPath {tmp_path} is a directory\n")


@pytest.mark.usefixtures("node")
def test_without_pyyaml_json_is_left(ctl, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    refused = ctl("export_definitions", str(tmp_path / "x.yaml"))
    assert refused.code == exits.UNAVAILABLE
    assert "YAML needs PyYAML" in refused.err
