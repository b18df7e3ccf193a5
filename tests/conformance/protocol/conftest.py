"""The comparison itself: one script, two brokers, equal transcripts.

A module states its scripts as SCRIPTS, by name, and what holds for all of them as OPTIONS.
Those that were selected run side by side, since a script spends its time waiting.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from tests.conformance.conftest import Endpoint
from tests.conformance.protocol.differences import comparable, is_refused_for_later
from tests.conformance.protocol.script import run

SIDE_BY_SIDE = 12
Transcript = Future[list[str]]


def selected(request: pytest.FixtureRequest) -> list[str]:
    """The names of the scripts of this module that this session will ask for."""
    return [
        item.callspec.params["name"]
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and item.module is request.module
        and item.originalname == "test_both_brokers_answer_alike"
    ]


@pytest.fixture(scope="module")
def transcripts(
    request: pytest.FixtureRequest, rabbitmq: Endpoint, leveret: Endpoint
) -> Iterator[dict[tuple[str, str], Transcript]]:
    """What each broker answers to each script, by name and broker."""
    scripts: dict[str, Any] = request.module.SCRIPTS
    options: dict[str, Any] = getattr(request.module, "OPTIONS", {})
    with ThreadPoolExecutor(SIDE_BY_SIDE) as executor:
        yield {
            (name, broker.name): executor.submit(run, scripts[name], broker, **options)
            for broker in (rabbitmq, leveret)
            for name in selected(request)
        }


@pytest.fixture
def alike(
    request: pytest.FixtureRequest,
    transcripts: dict[tuple[str, str], Transcript],
    rabbitmq: Endpoint,
    leveret: Endpoint,
) -> Callable[[str], None]:
    scripts: dict[str, Any] = request.module.SCRIPTS
    options: dict[str, Any] = getattr(request.module, "OPTIONS", {})

    def check(name: str) -> None:
        theirs = transcripts[name, "rabbitmq"].result()
        ours = transcripts[name, "leveret"].result()
        if is_refused_for_later(ours) or comparable(name, ours) == comparable(name, theirs):
            return
        # On a busy machine RabbitMQ's processes can look late: a difference has to show twice.
        theirs = run(scripts[name], rabbitmq, **options)
        ours = run(scripts[name], leveret, **options)
        assert comparable(name, ours) == comparable(name, theirs)

    return check
