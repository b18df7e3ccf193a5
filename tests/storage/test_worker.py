"""Threads that do one thing after the other, and say so in the loop."""

import asyncio
import threading

import pytest

from leveret.storage.worker import Thread


@pytest.fixture
def loop():
    made = asyncio.new_event_loop()
    yield made
    made.close()


@pytest.fixture
def thread(loop):
    made = Thread(loop, "test")
    yield made
    made.close()


def run_until(loop, condition):
    """Turn the loop until it holds."""

    for _ in range(10_000):
        if condition():
            return
        loop.run_until_complete(asyncio.sleep(0.001))
    raise AssertionError("it never does")


def test_a_job_is_done_elsewhere_and_told_here(loop, thread):
    where = []
    thread.submit(
        lambda: where.append(threading.current_thread().name),
        lambda: where.append(threading.current_thread().name),
    )
    run_until(loop, lambda: len(where) == 2)
    assert where == ["leveret-test", threading.current_thread().name]


def test_jobs_are_done_in_their_order(loop, thread):
    history = []
    for number in range(100):
        thread.submit(lambda each=number: history.append(each), lambda: history.append("told"))
    run_until(loop, lambda: history.count("told") == 100)
    assert [each for each in history if each != "told"] == list(range(100))


def test_nothing_is_told_before_the_loop_turns(loop, thread):
    told = []
    done = threading.Event()
    thread.submit(done.set, lambda: told.append(1))
    assert done.wait(10)
    assert told == []
    run_until(loop, lambda: told)


def test_a_thread_that_has_nothing_to_do_is_not_started(loop):
    before = threading.active_count()
    idle = Thread(loop, "idle")
    assert threading.active_count() == before
    idle.close()


def test_a_bug_in_a_job_is_reported_by_the_loop_and_ends_nothing(loop, thread):
    reported, told = [], []
    loop.set_exception_handler(lambda _loop, context: reported.append(context["exception"]))

    def fail():
        raise ValueError("a bug")

    thread.submit(fail, lambda: told.append("never"))
    thread.submit(lambda: None, lambda: told.append("next"))
    run_until(loop, lambda: told)
    assert told == ["next"]
    assert [str(each) for each in reported] == ["a bug"]


def test_closing_waits_for_what_was_submitted_and_tells_nobody(loop):
    thread = Thread(loop, "test")
    gate, history = threading.Event(), []
    thread.submit(gate.wait, lambda: history.append("told"))
    thread.submit(lambda: history.append("done"), lambda: history.append("told"))
    threading.Timer(0.01, gate.set).start()
    thread.close()
    assert history == ["done"]
    loop.run_until_complete(asyncio.sleep(0))
    assert history == ["done"]


def test_what_was_to_be_told_is_not_once_it_is_closed(loop):
    thread = Thread(loop, "test")
    told, done = [], threading.Event()
    thread.submit(lambda: None, lambda: told.append(1))
    thread.submit(done.set, lambda: told.append(2))
    assert done.wait(10)
    thread.close()
    loop.run_until_complete(asyncio.sleep(0))
    assert told == []


def test_a_closed_worker_does_nothing_and_may_be_closed_again(loop):
    thread = Thread(loop, "test")
    done = []
    thread.submit(lambda: done.append(1), lambda: None)
    thread.close()
    thread.submit(lambda: done.append(2), lambda: done.append(2))
    thread.close()
    assert done == [1]
