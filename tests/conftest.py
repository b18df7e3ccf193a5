"""What the tests share: the two brokers that comparisons run against, and how hypothesis runs.

RabbitMQ is the oracle: one node of it serves the whole session, started on first use. Where it is
not installed, what needs it is skipped; under CI that is a failure.
A test that takes `broker` runs twice, once per broker, and states what both must do.
Hypothesis gives the same examples each time, unless LEVERET_FUZZ=explore.
"""

import itertools
import os
from collections.abc import Callable, Iterator

import pytest
from bench.rabbitmq import is_installed, running_rabbitmq
from hypothesis import HealthCheck, settings

from leveret import running
from leveret.config import Settings
from tests.brokers import Endpoint, RabbitMQAdmin

# Nodes that tests start share it, and leave none in anybody's home directory.
os.environ["LEVERET_COOKIE"] = "the cookie of the tests"

# How long an example takes says something of the machine alone.
PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("steady", max_examples=30, derandomize=True, **PATIENT)
settings.register_profile("explore", max_examples=2000, **PATIENT)
settings.load_profile(os.environ.get("LEVERET_FUZZ", "steady"))

BROKERS = ["leveret", "rabbitmq"]

# What comes with RabbitMQ and is on by default in Leveret.
PLUGINS = (
    "rabbitmq_consistent_hash_exchange",
    "rabbitmq_random_exchange",
    "rabbitmq_recent_history_exchange",
    "rabbitmq_sharding",  # x-modulus-hash
)


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[Endpoint]:
    if not is_installed() and "CI" not in os.environ:
        pytest.skip("RabbitMQ is not installed: apt-get install rabbitmq-server")
    with running_rabbitmq(plugins=PLUGINS) as node:
        yield Endpoint("rabbitmq", node.host, node.port, RabbitMQAdmin(node))


@pytest.fixture(scope="session")
def leveret(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """As `leveret serve` has it: with a data directory, and nothing said before it is safe."""
    # All tests come from one address, and some say a wrong password.
    patient = Settings(data_dir=tmp_path_factory.mktemp("data"), login_failures_max=0)
    with running(port=0, settings=patient) as node:
        yield Endpoint("leveret", node.host, node.port, node.admin)


@pytest.fixture(params=BROKERS)
def broker(request: pytest.FixtureRequest) -> Endpoint:
    return request.getfixturevalue(request.param)


NUMBERS = itertools.count(1)


@pytest.fixture
def unique(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """Names for this test alone: the brokers outlive it and are shared."""
    number = next(NUMBERS)
    return lambda kind: f"{request.node.originalname}-{number}-{kind}"
