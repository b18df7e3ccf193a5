"""kill -9 under load, many times over one data directory: what clients were told holds.

`make soak` kills fifty times.
"""

import os
from random import Random

import pytest

from tests.crash.ledger import Entry, Ledger
from tests.crash.load import Load, check_declared, declare
from tests.crash.node import Node

KILLS = int(os.environ.get("KILLS", "10"))
SEED = int(os.environ.get("SEED", "0"))
# Kills come soon after the start, in full flight, and now and then late.
LIVES_S = (0.05, 0.1, 0.2, 0.3, 0.5, 0.8)
SECONDS_PER_KILL = 10


@pytest.mark.slow
@pytest.mark.timeout(60 + KILLS * SECONDS_PER_KILL)
@pytest.mark.parametrize(("durability", "kills"), [("fsync", KILLS), ("os", 1 + KILLS // 4)])
def test_what_was_confirmed_and_settled_outlives_every_kill(tmp_path, durability, kills):
    """Without fsync as well: a process that dies takes along nothing that the system has."""
    chance = Random(SEED)
    with Node(tmp_path, "--durability", durability) as node:
        declare(node.port, is_passive=False)
        load = Load(node.port, SEED)
        for _ in range(kills):
            load.live(chance.choice(LIVES_S), node.kill)
            assert not load.ledger.wrong, f"seed {SEED}: {load.ledger.wrong[:10]}"
            node.start()
            declare(node.port, is_passive=True)
            check_declared(node.port, load.ledger)
        load.drain()
        print(load.ledger)  # noqa: T201  # read by whoever soaks
        assert not load.ledger.wrong, f"seed {SEED}: {load.ledger.wrong[:10]}"
        assert load.ledger.confirmed
        assert load.ledger.fenced
        assert node.stop() == 0
        node.start()
        counts = declare(node.port, is_passive=True)
        assert counts.pop("fences")
        assert set(counts.values()) == {0}


# The ledger ----------------------------------------------------------------------------------

ONE, TWO = Entry("left", "ann", 1), Entry("left", "ann", 2)


@pytest.fixture
def ledger():
    ledger = Ledger()
    ledger.begin_life()
    ledger.confirm([ONE, TWO])
    return ledger


def test_a_ledger_sees_what_is_lost(ledger):
    ledger.deliver(ONE, is_redelivered=False)
    ledger.check_end()
    assert "1 confirmed messages are lost" in ledger.wrong[0]


def test_a_ledger_sees_what_comes_back(ledger):
    ledger.deliver(ONE, is_redelivered=False)
    ledger.fence([ONE], [ONE])
    ledger.begin_life()
    ledger.deliver(ONE, is_redelivered=True)
    assert "came back" in ledger.wrong[0]


def test_a_ledger_sees_what_is_not_flagged(ledger):
    ledger.deliver(ONE, is_redelivered=False)
    ledger.fence([ONE], [])
    ledger.begin_life()
    ledger.deliver(ONE, is_redelivered=False)
    assert "no redelivery" in ledger.wrong[0]


def test_a_ledger_sees_what_is_out_of_order(ledger):
    ledger.deliver(TWO, is_redelivered=False)
    ledger.deliver(ONE, is_redelivered=False)
    assert "came behind 2" in ledger.wrong[0]


def test_a_ledger_is_content_when_all_is_well(ledger):
    ledger.deliver(ONE, is_redelivered=False)
    ledger.fence([ONE], [])
    ledger.begin_life()
    ledger.deliver(ONE, is_redelivered=True)
    ledger.deliver(TWO, is_redelivered=False)
    ledger.check_end()
    assert not ledger.wrong
