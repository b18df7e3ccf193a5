"""A live broker for the load generator: Leveret itself, embedded in the test process."""

from collections.abc import Iterator

import pytest

from leveret import running
from leveret.dial.address import Address, parse_uri
from leveret.perf.churn import Pace
from leveret.perf.flow import Traffic


@pytest.fixture(scope="session")
def address() -> Iterator[Address]:
    with running(port=0) as broker:
        yield parse_uri(broker.url)


@pytest.fixture
def traffic() -> Traffic:
    """As little load as shows that everything is connected; the window keeps backlogs short."""
    return Traffic(size=64, confirm=200, warmup_s=0.02, duration_s=0.1)


@pytest.fixture
def pace() -> Pace:
    return Pace(warmup_s=0.0, duration_s=0.05)
