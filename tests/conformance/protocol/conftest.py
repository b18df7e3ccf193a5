"""The comparison itself: one script, two brokers, equal transcripts."""

from collections.abc import Callable

import pytest

from tests.conformance.conftest import Endpoint
from tests.conformance.protocol.differences import without_allowed
from tests.conformance.protocol.script import Script, run


@pytest.fixture
def compare(rabbitmq: Endpoint, leveret: Endpoint) -> Callable[..., None]:
    def check(script: Script, **options: bool) -> None:
        steps = list(script)
        expected = without_allowed(run(steps, rabbitmq, **options))
        assert without_allowed(run(steps, leveret, **options)) == expected

    return check
