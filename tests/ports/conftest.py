"""Each test of a port is run once for each engine."""

import pytest

from tests.ports.engines import ENGINES


@pytest.fixture(params=ENGINES, ids=lambda kind: kind.__name__)
def engine(request):
    engine = request.param()
    yield engine
    engine.close()
