"""The comparison itself: one script, two brokers, equal transcripts.

A module states its scripts as SCRIPTS, by name; what holds for all of them as OPTIONS; and the
users they need beside guest as USERS. All scripts that were selected start at once and run side
by side, since a script spends its time waiting; each test then looks at its own.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import ModuleType
from typing import Any

import pytest

from tests.brokers import Endpoint
from tests.conformance.protocol.differences import comparable
from tests.conformance.protocol.script import run

SIDE_BY_SIDE = 12
# On a busy machine RabbitMQ's processes can look late: a difference has to show each time.
LOOKS = 3
Transcripts = dict[tuple[str, str, str], Future[list[str]]]


def perform(module: ModuleType, name: str, broker: Endpoint) -> list[str]:
    return run(module.SCRIPTS[name], broker, **getattr(module, "OPTIONS", {}))


@pytest.fixture(scope="session")
def transcripts(
    request: pytest.FixtureRequest, rabbitmq: Endpoint, leveret: Endpoint
) -> Iterator[Transcripts]:
    """What each broker answers to each script, by module, name and broker."""
    wanted: list[tuple[Any, str]] = [
        (item.module, item.callspec.params["name"])
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and item.originalname == "test_both_brokers_answer_alike"
    ]
    for module in {module for module, _ in wanted}:
        for user, rights in getattr(module, "USERS", {}).items():
            rabbitmq.admit(user, rights)
            leveret.admit(user, rights)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as executor:
        yield {
            (module.__name__, name, broker.name): executor.submit(perform, module, name, broker)
            for module, name in wanted
            for broker in (rabbitmq, leveret)
        }
        executor.shutdown(cancel_futures=True)


@pytest.fixture
def alike(
    request: pytest.FixtureRequest, transcripts: Transcripts, rabbitmq: Endpoint, leveret: Endpoint
) -> Callable[[str], None]:
    module = request.module

    def check(name: str) -> None:
        try:
            theirs = transcripts[module.__name__, name, "rabbitmq"].result()
        except ConnectionRefusedError:
            # While hundreds come at once RabbitMQ has let nobody in for a moment: it is asked anew.
            theirs = perform(module, name, rabbitmq)
        ours = transcripts[module.__name__, name, "leveret"].result()
        for _ in range(LOOKS - 1):
            if comparable(name, ours) == comparable(name, theirs):
                return
            theirs = perform(module, name, rabbitmq)
            ours = perform(module, name, leveret)
        assert comparable(name, ours) == comparable(name, theirs)

    return check
