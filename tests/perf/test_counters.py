import pytest

from leveret.perf.counters import Counters, Phase, shared_file


@pytest.fixture
def counters(tmp_path):
    path = tmp_path / "counters"
    path.touch()
    with Counters(path, 3) as counters:
        yield counters


def test_a_run_begins_ready_with_nothing_counted(counters):
    assert counters.phase == Phase.READY
    assert counters.messages(range(3)) == 0


def test_every_worker_has_numbers_of_its_own(counters):
    for worker in range(3):
        counters.numbers[counters.slot(worker)] = 10**worker
        counters.numbers[counters.slot(worker) + 1] = 5
        counters.numbers[counters.slot(worker) + 2] = worker
    assert counters.messages(range(3)) == 111
    assert counters.messages(range(1, 2)) == 10
    assert counters.settled(range(2)) == 10
    assert counters.latency_us(range(3)) == 2


def test_nobody_has_no_latency(counters):
    assert counters.latency_us(range(0)) == 0


def test_who_opens_the_same_file_sees_the_same_numbers(tmp_path):
    path = tmp_path / "counters"
    path.touch()
    with Counters(path, 1) as crew, Counters(path, 1) as worker:
        crew.phase = Phase.RUNNING
        worker.numbers[worker.slot(0)] = 2**63
        assert worker.phase == Phase.RUNNING
        assert crew.messages(range(1)) == 2**63


def test_a_shared_file_is_empty_and_new():
    first, second = shared_file(), shared_file()
    try:
        assert first != second
        assert first.stat().st_size == 0
    finally:
        first.unlink()
        second.unlink()
