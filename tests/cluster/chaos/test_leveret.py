"""A whole cluster of Leveret keeps its promises under random schedules; SEED chooses them."""

import os

import pytest

from tests.cluster.chaos.driving import play
from tests.cluster.chaos.leveret import leveret_cluster
from tests.cluster.chaos.places import can_make_namespaces
from tests.cluster.chaos.schedule import Part, Repertoire, schedule_of
from tests.cluster.nats.servers import is_installed

SEED = int(os.environ.get("SEED", "0"))
# Each takes a minute; make chaos plays as many as are asked for.
COUNT = int(os.environ.get("COUNT", "2"))
CAN_RUN = can_make_namespaces() and is_installed()


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.skipif(not CAN_RUN, reason="needs root and nats-server")
@pytest.mark.parametrize("seed", range(SEED, SEED + COUNT))
def test_it_keeps_its_promises_under_a_schedule(seed):
    with leveret_cluster() as cluster:
        outcome = play(cluster, schedule_of(seed, 20, Repertoire(parts=tuple(Part))))
    assert not outcome.violations, str(outcome)
