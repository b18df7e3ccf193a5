"""A node that has had some traffic of every kind, and its pages."""

import pytest
from tests.management.metrics.busy import Pages, busy

import leveret


@pytest.fixture(scope="session")
def broker():
    """Traffic has come to rest; its connections are open."""
    with leveret.running(prometheus_port=0) as running, busy(running):
        yield running


@pytest.fixture(scope="session")
def pages(broker):
    return Pages(broker.prometheus_url)


@pytest.fixture(scope="session")
def aggregated(pages):
    return pages.get("/metrics")


@pytest.fixture(scope="session")
def per_object(pages):
    return pages.get("/metrics/per-object")
