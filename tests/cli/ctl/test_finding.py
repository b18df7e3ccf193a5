"""A node is found by its name, its directory, or its port."""

import json

import pytest

from leveret.cli.ctl import finding
from leveret.cli.ctl.finding import Place, place_of
from leveret.cli.ctl.parsing import parse
from leveret.cli.ctl.vhosts import COMMANDS
from leveret.control.client import Unreachable

ADD = COMMANDS[0]


def given(*words):
    return parse(ADD, ["add_vhost", "a", *words])


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("LEVERET_NODE", "RABBITMQ_NODENAME", "LEVERET_DATA_DIR", "LEVERET_NODE_PORT"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("written", "environ", "name"),
    [
        (None, {}, f"leveret@{finding.HOST}"),
        ("a", {}, f"a@{finding.HOST}"),
        ("a@b", {"LEVERET_NODE": "c@d"}, "a@b"),
        (None, {"LEVERET_NODE": "c@d", "RABBITMQ_NODENAME": "e@f"}, "c@d"),
        (None, {"RABBITMQ_NODENAME": "e@f"}, "e@f"),
        ("@b", {}, "leveret@b"),
    ],
)
def test_its_name(written, environ, name):
    assert finding.node_name(written, environ) == name


def report(directory, **told):
    directory.mkdir(parents=True, exist_ok=True)
    told = {"node": "n@h", "pid": 1, "listening": [{"protocol": "clustering", **told}]}
    (directory / "node.json").write_text(json.dumps(told))


def test_one_of_this_machine_says_where_its_port_is(home):
    report(home / ".leveret" / "n@localhost", port=4711, host="127.0.0.1")
    assert place_of(given("-n", "n@localhost"), {}) == Place("127.0.0.1", 4711, "n@h", is_here=True)


def test_one_that_listens_on_one_address_is_asked_there(home):
    report(home / ".leveret" / "n@localhost", port=4711, host="10.1.2.3")
    assert place_of(given("-n", "n@localhost"), {}).host == "10.1.2.3"
    report(home / ".leveret" / "n@localhost", port=4711, host="0.0.0.0")
    assert place_of(given("-n", "n@localhost"), {}).host == "127.0.0.1"


def test_a_directory_that_is_named(home):
    report(home / "data", port=4711, host="127.0.0.1")
    place = Place("127.0.0.1", 4711, "n@h", is_here=True)
    assert place_of(given("--data-dir", str(home / "data")), {}) == place
    assert place_of(given(), {"LEVERET_DATA_DIR": str(home / "data")}) == place
    with pytest.raises(Unreachable, match="no node is running with the data directory"):
        place_of(given("--data-dir", str(home)), {})


def test_one_of_another_machine_has_the_usual_port(home):
    report(home / ".leveret" / "n@elsewhere", port=4711, host="127.0.0.1")
    assert place_of(given("-n", "n@elsewhere"), {}) == Place("elsewhere", 25672, "n@elsewhere")


def test_a_port_that_is_named_is_the_port(home):
    report(home / ".leveret" / "n@localhost", port=4711, host="127.0.0.1")
    words = ("-n", "n@localhost", "--node-port", "4712")
    assert place_of(given(*words), {}) == Place("127.0.0.1", 4712, "n@localhost", is_here=True)
    environ = {"LEVERET_NODE_PORT": "4713"}
    assert place_of(given("-n", "n@far"), environ) == Place("far", 4713, "n@far")


def test_without_a_report_the_usual_port_here_is_tried():
    assert place_of(given("-n", "n@localhost"), {}) == Place(
        "127.0.0.1", 25672, "n@localhost", is_here=True
    )
