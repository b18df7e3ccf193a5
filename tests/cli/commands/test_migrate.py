"""`leveret migrate` as a person types it."""

import json

import pytest
from tests.migrate.two_brokers import two_brokers


@pytest.fixture
def sides():
    with two_brokers(management_port=0) as sides:
        yield sides


def api(side):
    return side.broker.management_url.replace("http://", "http://guest:guest@")


@pytest.fixture
def migrate(sides, leveret):
    source, target = sides
    places = ("--from", source.broker.url, "--management", api(source))
    places += ("--to", target.broker.url, "--to-management", api(target))
    return lambda *told: leveret.run("migrate", *places, *told)


def test_definitions_and_messages_are_moved(sides, migrate):
    source, target = sides
    source.declare("jobs")
    source.publish("jobs", b"a", b"b")
    source.channel.queue_declare("mine", exclusive=True)
    done = migrate()
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "definitions: copied",
        "/ mine left alone: it belongs to one connection (exclusive)",
        "/ jobs: 2 moved",
        "2 messages of 1 queue moved",
    ]
    assert (source.count("jobs"), target.bodies("jobs")) == (0, [b"a", b"b"])


def test_a_dry_run_changes_nothing(sides, migrate):
    source, target = sides
    source.declare("jobs")
    source.publish("jobs", b"a")
    assert migrate("--dry-run").stdout == "/ jobs: 1 to move\n"
    assert source.count("jobs") == 1
    assert "jobs" not in target.broker._node.broker.vhosts["/"].queues


def test_what_did_not_arrive_is_told_and_the_exit_code_says_so(sides, migrate):
    source, target = sides
    source.declare("jobs")
    target.declare("jobs", x_max_length=1)
    source.publish("jobs", b"a", b"b")
    done = migrate("--only", "messages", "--json")
    assert done.returncode == 1
    assert "1 queue did not arrive whole" in done.stderr
    (queue,) = json.loads(done.stdout)["queues"]
    assert (queue["moved"], queue["arrived"]) == (2, 1)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (("--queue", "("), "--queue '(' is no regular expression"),
        (("--from", "http://x"), "is not an AMQP URI"),
        (("--management", "http://127.0.0.1:1"), "127.0.0.1:1"),
        (("--to", "amqp://guest:wrong@127.0.0.1:1"), "cannot connect"),
    ],
)
def test_what_cannot_be_done_is_one_line(sides, migrate, told, said):
    sides[0].declare("jobs")
    sides[0].publish("jobs", b"a")
    sides[1].declare("jobs")
    done = migrate("--only", "messages", *told)
    assert done.returncode == 1
    assert said in done.stderr + done.stdout
    assert "Traceback" not in done.stderr
