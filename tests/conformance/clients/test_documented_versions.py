"""docs/clients.md says which versions were tested: the ones that are installed here."""

import importlib.metadata
import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
ROW = re.compile(r"^\| ([a-z-]+)[^|]*\| (\w+) \| ([\d.]+) \|", re.MULTILINE)
PAGE = (ROOT / "docs" / "clients.md").read_text()


def test_the_python_clients_are_those_of_the_page():
    rows = {name: version for name, language, version in ROW.findall(PAGE) if language == "Python"}
    assert rows == {name: importlib.metadata.version(name) for name in rows}
    assert len(rows) == 6


def test_the_node_client_is_that_of_the_page():
    lock = json.loads((ROOT / "tests/conformance/node/package-lock.json").read_text())
    version = lock["packages"]["node_modules/amqplib"]["version"]
    assert ("amqplib", "Node", version) in ROW.findall(PAGE)
