"""A topology from a file: the example of docs/definitions.md."""

import json
import re

import pytest
from bench.rabbitmq import is_installed, running_rabbitmq

import leveret
from tests.examples.conftest import EXAMPLES
from tests.examples.program import Program

TOPOLOGY = EXAMPLES / "definitions" / "topology.json"
PAGE = EXAMPLES.parent / "docs" / "definitions.md"
SEEN = ["error 2", "error 3", "error 4"]


def uses(port):
    url = f"amqp://app:secret@127.0.0.1:{port}/%2F"
    with Program(EXAMPLES / "definitions" / "use.py", (), url) as program:
        return program.wait_end()


def test_a_topology_that_nobody_declares():
    with leveret.running(settings=leveret.Settings(load_definitions=TOPOLOGY)) as broker:
        assert uses(broker.port) == SEEN


def test_the_same_file_on_rabbitmq():
    if not is_installed():
        pytest.skip("RabbitMQ is not installed: apt-get install rabbitmq-server")
    with running_rabbitmq(settings=[f"load_definitions = {TOPOLOGY}"]) as node:
        assert uses(node.port) == SEEN


def test_the_pages_topology_and_its_test_work():
    page = PAGE.read_text()
    told = json.loads(re.search(r"```json\n(.*?)```", page, re.DOTALL)[1])
    with leveret.running(definitions=told) as broker:
        assert broker.port
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)[1]
    exec(f"import leveret, pika\n{code}    connection.close()\n", {})
