"""Celery with a real worker process, the broker as its result backend (rpc://)."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import kombu.pools
import pytest
from celery import chain, chord, group
from celery.exceptions import TaskRevokedError

from tests.conformance.clients.celery_tasks import make_app
from tests.conformance.clients.waiting import turns

ANSWER_S = 20
STARTS_S_MAX = 40
URGENT = "celery-urgent"


class Worker:
    """A running worker and this process's own copy of its application."""

    def __init__(self, app, name, process):
        self.app = app
        self.name = name
        self.process = process
        self.inspect = app.control.inspect(destination=[name], timeout=5)

    def __getattr__(self, task):
        return self.app.tasks[task]


@contextlib.contextmanager
def worker(broker, directory, kind, *options, backend="rpc://", queue=None):
    """Each kind has its queue, or that of another: two of them may run at the same time."""
    app = make_app(broker.url, backend, f"celery-{queue or kind}")
    name = f"{kind}@{broker.name}"
    log = directory / f"{kind}.log"
    command = [sys.executable, "-m", "celery", "-A", "tests.conformance.clients.celery_worker"]
    environment = {
        "CONFORMANCE_BROKER": broker.url,
        "CONFORMANCE_BACKEND": backend,
        "CONFORMANCE_QUEUE": app.conf.task_default_queue,
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "worker", "-n", name, "-l", "info", "-E", *options],
            env=os.environ | environment,
            stdout=output,
            stderr=output,
        )
    try:
        wait_ready(app, name, process, log)
        yield Worker(app, name, process)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        forget(app)


def wait_ready(app, host, process, log):
    deadline = time.monotonic() + STARTS_S_MAX
    while not app.control.ping(destination=[host], timeout=0.5):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()


def forget(app):
    """Leave no queue behind, and no open connection in this process."""
    with app.connection_for_write() as connection:
        channel = connection.default_channel
        for name in (app.conf.task_default_queue, URGENT):
            channel.queue_delete(name)
            channel.exchange_delete(name)
    results = getattr(app.backend, "result_consumer", None)
    if results and results._connection:
        results.stop()
        results._connection.release()
    app.close()


@pytest.fixture(scope="module", autouse=True)
def pools_closed():
    """kombu's pools are shared by all applications of a process: closed after the last of them."""
    yield
    kombu.pools.reset()


@pytest.fixture(scope="module")
def of_leveret(leveret, tmp_path_factory):
    with worker(leveret, tmp_path_factory.mktemp("celery"), "pool", "-c", "2") as running:
        yield running


@pytest.fixture(scope="module")
def of_rabbitmq(rabbitmq, tmp_path_factory):
    with worker(rabbitmq, tmp_path_factory.mktemp("celery"), "pool", "-c", "2") as running:
        yield running


@pytest.fixture
def celery(broker, request):
    """The worker of this broker, started once for all tests of the module."""
    return request.getfixturevalue(f"of_{broker.name}")


def until(condition, what):
    for _ in turns(condition, what):
        time.sleep(0.01)


def test_a_task_returns_its_result(celery):
    assert celery.add.delay(2, 3).get(timeout=ANSWER_S) == 5


def test_many_tasks_all_return(celery):
    results = [celery.add.delay(number, 1) for number in range(100)]
    assert [result.get(timeout=ANSWER_S) for result in results] == list(range(1, 101))


def test_a_failing_task_raises_here(celery):
    with pytest.raises(ValueError, match="no hares here"):
        celery.fail.delay().get(timeout=ANSWER_S)


def test_a_late_acknowledged_task_returns(celery):
    assert celery.late.delay("x").get(timeout=ANSWER_S) == "x"


def test_a_chain_passes_results_on(celery):
    steps = chain(celery.add.s(1, 2), celery.add.s(10), celery.add.s(100))
    assert steps().get(timeout=ANSWER_S) == 113


def test_a_group_gathers_results_in_order(celery):
    tasks = group(celery.add.s(number, number) for number in range(10))
    assert tasks().get(timeout=ANSWER_S) == [2 * number for number in range(10)]


def test_a_countdown_delays_a_task(celery):
    before = time.time()
    started = celery.now.apply_async(countdown=0.7).get(timeout=ANSWER_S)
    assert started >= before + 0.7


def test_an_eta_delays_a_task(celery):
    eta = datetime.now(UTC) + timedelta(seconds=0.7)
    assert celery.now.apply_async(eta=eta).get(timeout=ANSWER_S) >= eta.timestamp()


def test_a_task_retries(celery):
    assert celery.third_time.delay().get(timeout=ANSWER_S) == 2


def test_an_expired_task_is_not_run(celery):
    with pytest.raises(TaskRevokedError, match="expired"):
        celery.add.apply_async((1, 1), countdown=0.6, expires=0.3).get(timeout=ANSWER_S)


def test_a_revoked_task_is_not_run(celery):
    celery.app.control.revoke("revoked-before-it-came", reply=True, timeout=5, limit=1)
    result = celery.add.apply_async((1, 1), task_id="revoked-before-it-came")
    with pytest.raises(TaskRevokedError, match="revoked"):
        result.get(timeout=ANSWER_S)


def test_a_running_task_is_seen_and_terminated(celery):
    result = celery.sleep.delay(60)

    def running():
        active = celery.inspect.active() or {}
        return [task["id"] for task in active.get(celery.name, [])] == [result.id]

    until(running, "the task to run")
    result.revoke(terminate=True)
    with pytest.raises(TaskRevokedError, match="terminated"):
        result.get(timeout=ANSWER_S)


def test_the_worker_answers_a_ping(celery):
    assert celery.inspect.ping() == {celery.name: {"ok": "pong"}}


def test_the_worker_tells_what_it_consumes_from(celery):
    (queue,) = celery.inspect.active_queues()[celery.name]
    assert queue["name"] == "celery-pool"
    assert celery.inspect.stats()[celery.name]["broker"]["transport"] == "amqp"


def test_events_tell_the_life_of_a_task(celery):
    seen = []
    with celery.app.connection_for_read() as connection:
        receiver = celery.app.events.Receiver(connection, handlers={"*": seen.append})
        listener = threading.Thread(target=receiver.capture)  # It asks workers for a heartbeat.
        listener.start()
        until(lambda: seen, "the listener to hear the worker")
        task = celery.add.delay(1, 2)
        assert task.get(timeout=ANSWER_S) == 3

        def life():
            return [event["type"] for event in list(seen) if event.get("uuid") == task.id]

        until(lambda: "task-succeeded" in life(), "the end of the task")
        receiver.should_stop = True
        listener.join(15)
    assert sorted(life()) == ["task-received", "task-sent", "task-started", "task-succeeded"]


def test_a_chord_joins_results_and_priorities_go_first(broker, tmp_path):
    """Chords need a backend that can count, which rpc:// cannot: here a directory does it."""
    backend = f"file://{tmp_path}"
    with worker(broker, tmp_path, "solo", "-P", "solo", backend=backend) as celery:
        parts = (celery.add.s(number, 1) for number in range(5))
        assert chord(parts, celery.total.s())().get(timeout=ANSWER_S) == 15
        assert in_order_of_work(celery, [1, 9, 5, 9, 1]) == [9, 9, 5, 1, 1]


def test_a_task_of_a_killed_worker_comes_back(broker, tmp_path):
    """acks_late: the message is acknowledged when the task is done, so SIGKILL loses nothing."""
    began = tmp_path / "began"
    with worker(broker, tmp_path, "doomed", "-P", "solo") as doomed:
        result = doomed.hang_once.delay(str(began))
        until(began.exists, "the task to begin")
        doomed.process.kill()
        doomed.process.wait()
        with worker(broker, tmp_path, "heir", "-P", "solo", queue="doomed"):
            assert result.get(timeout=ANSWER_S) == {"redelivered": True}


def in_order_of_work(celery, priorities):
    """Queue a task for each priority, then let the worker consume: which does it do first?"""
    ten = {"x-max-priority": 10}
    with celery.app.connection_for_write() as connection:
        channel = connection.default_channel
        channel.queue_declare(URGENT, durable=True, auto_delete=False, arguments=ten)
        channel.exchange_declare(URGENT, "direct", durable=True, auto_delete=False)
        channel.queue_bind(URGENT, URGENT, URGENT)
    results = [
        (celery.tick.apply_async(exchange=URGENT, routing_key=URGENT, priority=each), each)
        for each in priorities
    ]
    celery.app.control.add_consumer(
        URGENT,
        exchange=URGENT,
        routing_key=URGENT,
        options={"queue_arguments": ten},
        destination=[celery.name],
        reply=True,
        timeout=5,
        limit=1,
    )
    done = [(result.get(timeout=ANSWER_S), priority) for result, priority in results]
    return [priority for _, priority in sorted(done)]
