"""A live broker to call: Leveret itself, embedded in the test process."""

from collections.abc import Iterator

import pytest

from leveret import running
from leveret.dial.address import Address, parse_uri


@pytest.fixture(scope="session")
def address() -> Iterator[Address]:
    with running(port=0) as broker:
        yield parse_uri(broker.url)
