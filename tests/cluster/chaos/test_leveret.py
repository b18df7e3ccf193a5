"""A whole cluster of Leveret keeps its promises under random schedules; SEED chooses them."""

import os

import pytest

from tests.cluster.chaos.driving import play
from tests.cluster.chaos.leveret import leveret_cluster
from tests.cluster.chaos.places import can_make_namespaces
from tests.cluster.chaos.schedule import Part, Repertoire, schedule_of
from tests.cluster.chaos.streams import play_stream
from tests.cluster.nats.servers import is_installed

SEED = int(os.environ.get("SEED", "0"))
# Short ones, and not a new cluster for each: make chaos plays as long and as many as are asked for.
SECONDS = 8
CAN_RUN = can_make_namespaces() and is_installed()


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.skipif(not CAN_RUN, reason="needs root and nats-server")
@pytest.mark.parametrize(
    ("arguments", "how", "count"),
    [
        ({}, play, 3),
        ({"x-queue-type": "quorum"}, play, 1),
        ({"x-queue-type": "stream"}, play_stream, 1),
    ],
    ids=["mirrored", "quorum", "stream"],
)
def test_it_keeps_its_promises_under_schedules(arguments, how, count):
    """One after the other on one cluster; a stream's offsets begin once only."""
    with leveret_cluster(arguments) as cluster:
        for seed in range(SEED, SEED + count):
            outcome = how(cluster, schedule_of(seed, SECONDS, Repertoire(parts=tuple(Part))))
            assert not outcome.violations, str(outcome)
