"""examples/cluster.sh, run as a reader runs it: scenarios 10 to 13 on one machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from bench.addresses import own_addresses
from bench.leveret_cluster import free_port_of_all

from tests.cluster.nats.servers import is_installed

SCRIPT = Path(__file__).parents[3] / "examples" / "cluster.sh"
HOSTS = own_addresses()[:3]
PROGRAMS = {
    "leveret": "-c 'from leveret.cli.main import main; main()'",
    "leveretctl": "-c 'from leveret.cli.ctl.main import main; main()'",
    "python3": "",
}


@pytest.fixture
def environment(tmp_path):
    """A PATH with this checkout's leveret and leveretctl, and this python3."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, arguments in PROGRAMS.items():
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec {sys.executable} {arguments} "$@"\n')
        program.chmod(0o755)
    port = free_port_of_all(HOSTS)
    own = {"PORT": str(port), "HOSTS": " ".join(HOSTS), "HOME": str(tmp_path)}
    return os.environ | own | {"PATH": f"{programs}:{os.environ['PATH']}"}


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.skipif(not is_installed(), reason="needs nats-server")
def test_the_walk_goes_as_the_page_says(environment):
    ended = subprocess.run(
        [SCRIPT], env=environment, check=False, capture_output=True, text=True, timeout=170
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    first = f"leveret@{HOSTS[0]}"
    seen = [
        f"Disk Nodes\x1b[0m\n\n{first}",
        "3 messages wait in orders",
        f"404 NOT_FOUND - home node '{first}' of durable queue 'orders' in vhost '/' is down",
        "orders had all of them",
        "5 messages are safe in lqz.work",
        "lqz.work had all of them",
    ]
    place = 0
    for each in seen:
        place = ended.stdout.find(each, place)
        assert place >= 0, f"{each!r} is not there, or not in its turn: {ended.stdout}"
