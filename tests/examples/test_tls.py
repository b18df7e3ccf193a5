"""The TLS example as a reader would run it: certificates, a node with its rabbitmq.conf, hello."""

import os
import shutil
import subprocess
import sys

from bench.processes import free_node_port

from tests.conformance.tls.conftest import serving
from tests.examples.conftest import EXAMPLES


def test_hello_over_tls_with_a_certificate_for_a_password(tmp_path, monkeypatch):
    for name in ("certificates.sh", "rabbitmq.conf", "hello.py"):
        shutil.copy(EXAMPLES / "tls" / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    subprocess.run(["sh", "certificates.sh"], check=True, capture_output=True)
    port = free_node_port()
    monkeypatch.setenv("LEVERET_TLS_PORT", str(port))
    monkeypatch.setenv("LEVERET_BIND", "127.0.0.1")
    with serving(tmp_path / "rabbitmq.conf", tmp_path / "data"):
        said = subprocess.run(
            [sys.executable, "hello.py"],
            env=dict(os.environ),
            check=True,
            capture_output=True,
            text=True,
        )
    assert said.stdout == "hare says: Hello, burrow!\n"
