"""Every crash of some lives of an engine, every time; `make sim SEED=n COUNT=n` runs others.

And the simulation itself: that it repeats itself, that everything worth a crash happens in it, and
that it sees what is wrong.
"""

import logging

import pytest

from leveret.storage import commit, rewrite, waiting
from leveret.storage.batch import Batch
from leveret.storage.journal import Journal
from leveret.storage.log import Log
from leveret.storage.store import Store
from leveret.storage.waiting import Waiting
from leveret.storage.write import Write
from tests.simulation.storage.run import STEPS, Failed, Run, failure_of, run_seed
from tests.simulation.storage.steps import steps_of
from tests.storage.faulty_disk import FaultyDisk, FaultyFile

SEEDS = 200
SEEDS_AT_ONCE = 20
# A fault that shows in one seed of ten is found in so many but once in two thousand.
SEEDS_TO_SEE_IT = 75


@pytest.fixture(autouse=True)
def _quiet(caplog):
    caplog.set_level(logging.CRITICAL)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, SEEDS, SEEDS_AT_ONCE))
def test_no_crash_loses_what_was_confirmed_or_brings_back_what_was_settled(first):
    for seed in range(first, first + SEEDS_AT_ONCE):
        run_seed(seed)


def run_of(seed):
    run = Run(seed)
    run.go(steps_of(seed, STEPS))
    return run


def test_the_same_seed_is_the_same_run():
    assert run_of(1).told == run_of(1).told
    assert run_of(1).told != run_of(2).told


def test_a_few_runs_have_a_bit_of_everything():
    runs = [run_of(seed) for seed in range(1000, 1020)]
    told = "\n".join(line for run in runs for line in run.told)
    for what in ("settles [", "delivers", "declare queue 3", "delete queue", "sync fails", "got ["):
        assert what in told, what
    done = {operation for run in runs for operation in run.operations}
    assert {"sync", "names", "note", "truncate", "unsynced"} <= {kind for kind, _ in done}
    assert {("remove", ".segment"), ("rename", ".segment"), ("rename", ".index")} <= done


# What it sees --------------------------------------------------------------------------------


def nothing(*_, **__):
    """What was to be done is not."""


def catalogue_first(self):
    self.error = None
    try:
        if self.batch.changes:
            self._catalogue.write(self.batch.changes)
        if not self.is_written:
            self.write.run()
            self.is_written = True
        self.is_done = True
    except OSError as error:
        self.error = error


def settled_first(batch, salt, pieces=Batch.pieces):
    head, *rest = pieces(batch, salt)
    count = len(batch.records)
    return [head, *rest[count:], *rest[:count]]


def tell_before_it_is_written(_journal, action):
    action()


def remember_one_less(store, queue, positions, settle_all=Store.settle_all):
    settle_all(store, queue, positions[1:])


FAULTS = {
    "nothing is synced": (FaultyFile, "sync", nothing),
    "names are not synced": (FaultyDisk, "sync", nothing),
    "a torn tail stays": (FaultyFile, "truncate", nothing),
    "writing goes on behind a failed write": (Log, "write_failed", nothing),
    "the catalogue comes first": (commit.Commit, "run", catalogue_first),
    "confirmed before it is written": (Journal, "when_durable", tell_before_it_is_written),
    "deliveries are not counted": (Waiting, "_count", nothing),
    "deliveries are not written": (Batch, "deliver", nothing),
    "one of many is not settled": (Store, "settle_all", remember_one_less),
    "settled is told too little when rewritten": (rewrite, "_has", lambda *_: False),
    "finished segments stay": (Log, "look_at", nothing),
    "what unknown queues had is theirs": (Waiting, "_forget_unknown", nothing),
    "controls are not read": (waiting, "controls_of", lambda _segment: iter(())),
    "a new segment is not made safe": (Write, "_begin", nothing),
}


def first_failure():
    for seed in range(SEEDS_TO_SEE_IT):
        error, _told = failure_of(seed, steps_of(seed, STEPS))
        if error is not None:
            return str(error) or repr(error)
    return ""


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_seen(fault, monkeypatch):
    owner, name, faulty = FAULTS[fault]
    monkeypatch.setattr(owner, name, faulty)
    assert first_failure()


def test_a_failure_tells_its_seed_a_short_trace_and_how_to_see_it_again(monkeypatch):
    monkeypatch.setattr(Batch, "deliver", nothing)
    failing = next(n for n in range(SEEDS_TO_SEE_IT) if failure_of(n, steps_of(n, STEPS))[0])
    with pytest.raises(Failed) as failed:
        run_seed(failing)
    first, *trace, last = str(failed.value).splitlines()
    assert first.startswith(f"seed {failing}, shrunk to ")
    assert any("delivers" in line for line in trace)
    assert last == f"again: make sim SEED={failing} COUNT=1"
