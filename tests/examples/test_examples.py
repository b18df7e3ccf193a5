"""Every example, run as a reader would run it, and what scenarios 2 to 9 say must be seen."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pika
import pytest

from tests.examples.conftest import EXAMPLES

AMQ_GEN = "listening on amq.gen-"


def test_hello_arrives_when_the_receiver_starts_first(run):
    receiver = run("02_hello/receive.py")
    receiver.wait_line("waiting")
    assert run("02_hello/send.py").wait_end() == ["sent 'Hello, hare!'"]
    assert receiver.wait_line("received") == "received 'Hello, hare!'"


def test_hello_arrives_when_the_sender_starts_first(run):
    run("02_hello/send.py").wait_end()
    assert run("02_hello/receive.py").wait_line("received") == "received 'Hello, hare!'"


def test_a_task_of_a_worker_that_dies_is_redelivered_and_gone_after_its_ack(run, broker):
    run("03_work_queue/new_task.py", "one", "two").wait_end()
    doomed = run("03_work_queue/worker.py", "60")
    doomed.wait_line("started 'one'")
    doomed.kill()
    heir = run("03_work_queue/worker.py", "0")
    heir.wait_line("finished 'two'")
    assert heir.lines[1:] == [
        "started 'one' (again)",
        "finished 'one'",
        "started 'two'",
        "finished 'two'",
    ]
    # The last ack may still be on its way: the worker's orderly end waits for it.
    heir.process.send_signal(signal.SIGINT)
    heir.process.wait(10)
    with pika.BlockingConnection(pika.URLParameters(broker.url)) as connection:
        assert connection.channel().basic_get("tasks")[0] is None


def test_the_ledger_is_durable_and_a_differing_redeclare_is_refused(run):
    assert run("04_durable/publish.py").wait_end() == [
        "confirmed a persistent entry in the ledger",
        "confirmed a transient entry in the ledger",
        "confirmed a persistent entry in the scribbles",
    ]
    assert run("04_durable/look.py").wait_end() == ["ledger: 2 waiting", "scribbles: 1 waiting"]
    assert run("04_durable/redeclare.py").wait_end() == [
        (
            "406 PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'ledger' in vhost '/': "
            "received 'false' but current is 'true'"
        ),
        "the ledger still holds 2 messages",
    ]
    assert run("04_durable/get.py").wait_end() == [
        "'a persistent entry' has delivery_mode 2",
        "'a transient entry' has delivery_mode 1",
        "the ledger is empty",
    ]


def test_with_prefetch_1_the_slow_worker_holds_one_job_and_the_fast_one_does_the_rest(run):
    slow = run("05_fair_dispatch/worker.py", "60", "1")
    slow.wait_line("waiting")
    fast = run("05_fair_dispatch/worker.py", "0", "1")
    fast.wait_line("waiting")
    run("05_fair_dispatch/publish.py", "10").wait_end()
    done = fast.wait_lines("job ", 9)
    assert slow.wait_lines("job ", 1) == ["job 0"]
    assert done == [f"job {number}" for number in range(1, 10)]


def test_without_prefetch_the_jobs_are_dealt_out_in_strict_turns(run):
    slow = run("05_fair_dispatch/worker.py", "60", "0")
    slow.wait_line("waiting")
    fast = run("05_fair_dispatch/worker.py", "0", "0")
    fast.wait_line("waiting")
    run("05_fair_dispatch/publish.py", "10").wait_end()
    assert slow.wait_line("job ") == "job 0"
    assert fast.wait_lines("job ", 5) == ["job 1", "job 3", "job 5", "job 7", "job 9"]


def test_every_subscriber_hears_the_news_on_a_queue_that_goes_with_it(run, broker):
    subscribers = [run("06_publish_subscribe/subscribe.py") for _ in range(3)]
    queues = [each.wait_line(AMQ_GEN).removeprefix("listening on ") for each in subscribers]
    assert len(set(queues)) == 3
    run("06_publish_subscribe/emit.py", "spring has come").wait_end()
    for each in subscribers:
        assert each.wait_line("heard") == "heard 'spring has come'"
        each.process.send_signal(signal.SIGINT)  # Closes the connection on its way out.
        each.process.wait(10)
    with pika.BlockingConnection(pika.URLParameters(broker.url)) as connection:
        for queue in queues:
            with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="no queue") as refused:
                connection.channel().queue_declare(queue, passive=True)
            assert refused.value.reply_code == 404


def test_a_direct_exchange_delivers_bound_keys_only_and_each_message_once(run):
    receiver = run("07_routing/receive.py", "warning", "error")
    receiver.wait_line("listening")
    for severity in ("info", "error", "debug", "warning", "error"):
        run("07_routing/emit.py", severity, f"an {severity}").wait_end()
    run("07_routing/emit.py", "warning", "the last").wait_end()
    receiver.wait_line("the last")
    assert receiver.lines[1:] == [
        "error: 'an error'",
        "warning: 'an warning'",
        "error: 'an error'",
        "warning: 'the last'",
    ]


def test_a_star_is_one_word_and_a_hash_is_zero_or_more(run):
    hashed = run("08_topics/receive.py", "lqz.#")
    starred = run("08_topics/receive.py", "lqz.*")
    hashed.wait_line("listening")
    starred.wait_line("listening")
    for key in ("lqz.handsome.xx", "lqz", "other.lqz", "lqz.handsome"):
        run("08_topics/emit.py", key, "hi").wait_end()
    hashed.wait_line("lqz.handsome:")
    starred.wait_line("lqz.handsome:")
    assert hashed.lines[1:] == ["lqz.handsome.xx: 'hi'", "lqz: 'hi'", "lqz.handsome: 'hi'"]
    assert starred.lines[1:] == ["lqz.handsome: 'hi'"]


def test_rpc_answers_reach_their_caller(run):
    servers = [run("09_rpc/server.py") for _ in range(2)]
    for server in servers:
        server.wait_line("waiting")
    clients = [run("09_rpc/client.py", "10", "20"), run("09_rpc/client.py", "30")]
    assert sorted(clients[0].wait_end()) == ["fibonacci(10) = 55", "fibonacci(20) = 6765"]
    assert clients[1].wait_end() == ["fibonacci(30) = 832040"]


def test_rpc_answers_come_by_direct_reply_to(run):
    run("09_rpc/server.py").wait_line("waiting")
    assert run("09_rpc/direct_reply_to.py", "12").wait_end() == ["fibonacci(12) = 144"]


def test_the_request_of_a_dead_server_is_served_by_another(run):
    doomed = run("09_rpc/server.py", "60")
    doomed.wait_line("waiting")
    client = run("09_rpc/client.py", "10")
    doomed.wait_line("asked")
    run("09_rpc/server.py").wait_line("waiting")
    doomed.kill()
    assert client.wait_end() == ["fibonacci(10) = 55"]


def test_the_celery_application_counts_ears(run):
    worker = run(
        "celery_app", "-m", "celery", "-A", "tasks", "worker", "-l", "info", "-P", "threads"
    )
    worker.wait_line("ready.")
    assert run("celery_app/ask.py").wait_end() == [
        "ears of 21 hares: 42",
        "ears of 1, 2 and 3 hares: [2, 4, 6]",
        "together: 12",
    ]
    worker.process.terminate()
    worker.process.wait(30)


def test_the_aio_pika_worker_resizes_what_it_is_asked_to(run):
    worker = run("aio_pika_worker/worker.py")
    worker.wait_line("waiting")
    asked = run("aio_pika_worker/publish.py", "sea.png", "hill.png").wait_end()
    assert asked == ["asked for 'sea.png'", "asked for 'hill.png'"]
    assert sorted(worker.wait_lines("resized", 2)) == ["resized 'hill.png'", "resized 'sea.png'"]


def test_a_task_is_tried_again_after_a_while_and_given_up(run):
    assert run("dead_letters/retry.py").wait_end() == [
        "attempt 1 of 'divide by zero' fails",
        "attempt 2 of 'divide by zero' fails",
        "attempt 3 of 'divide by zero' fails",
        "gave up on 'divide by zero'",
    ]


def test_each_customers_orders_stay_together_and_weights_are_shares(run):
    told = run("10_exchange_types/share.py").wait_end()
    assert told[0] == "all orders of a customer in one queue: True"
    shares = {
        name: int(share.split()[0]) for name, share in (line.split(": ") for line in told[1:])
    }
    assert shares.keys() == {"small", "medium", "big"}
    assert 40 <= shares["big"] <= 60
    assert 15 <= shares["small"] <= 35


def test_who_joins_late_reads_what_was_said_last(run):
    told = run("10_exchange_types/catch_up.py").wait_end()
    assert told == ["anybody here?", "it is quiet today", "now I am here"]


# RabbitMQ has this exchange type as a plugin of its community, which does not come with it.
ONLY_LEVERET = pytest.mark.parametrize("broker", ["leveret"], indirect=True)


@ONLY_LEVERET
def test_a_reminder_comes_when_it_is_due(run):
    told = run("11_delayed/remind.py", "1.5", "tea").wait_end()
    assert told == ["will be reminded in 1.5 s"]
    listener = run("11_delayed/listen.py")
    listener.wait_line("listening")
    assert listener.wait_line("'tea'") == "'tea', as you wished 1.5 s ago"


@ONLY_LEVERET
def test_celery_tasks_for_later_wait_in_the_broker(run):
    worker = run(
        "celery_eta", "-m", "celery", "-A", "tasks", "worker", "-l", "info", "-P", "threads"
    )
    worker.wait_line("ready.")
    answers = run("celery_eta/ask.py").wait_end()
    assert [answer.rpartition(" after ")[0] for answer in answers] == [
        "the young hare is awake",
        "the old hare is awake",
    ]
    waited = [int(answer.split()[-2]) for answer in answers]
    assert waited[0] >= 1
    assert waited[1] >= 2
    worker.process.terminate()
    worker.process.wait(30)


def test_a_user_does_what_it_may_and_nothing_else(run):
    told = run("permissions/who_may_what.py").wait_end()
    assert [line.partition(":")[2][:22] for line in told] == [
        " done",
        " ACCESS_REFUSED - acce",
        " done",
        " ACCESS_REFUSED - acce",
        " done",
    ]


def test_the_pytest_fixture_starts_a_broker_of_its_own():
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_orders.py"]
    run = subprocess.run(
        command,
        cwd=EXAMPLES / "pytest_fixture",
        env={**os.environ, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stdout
    assert "1 passed" in run.stdout


def test_every_example_is_run_here():
    """Or in a module of its own, by the folder's name."""
    run_here = Path(__file__).read_text()
    programs = {path.relative_to(EXAMPLES) for path in EXAMPLES.glob("*/*.py")}
    celery_imports_it = {Path("celery_app/tasks.py"), Path("celery_eta/tasks.py")}
    pytest_collects_it = {Path("pytest_fixture/test_orders.py")}
    for program in programs - celery_imports_it - pytest_collects_it:
        has_its_own = Path(__file__).with_name(f"test_{program.parent.name}.py").exists()
        assert has_its_own or f'run("{program}"' in run_here, program
