"""One queue's messages, from one broker to another."""

import threading
import time

import pytest

from leveret.dial.connection import DialError
from leveret.migrate.mover import WINDOW, MoveFailed, Mover
from leveret.migrate.survey import Load
from tests.migrate.two_brokers import two_brokers


@pytest.fixture
def sides():
    with two_brokers() as sides:
        yield sides


def load(count=0, kind="classic", skipped=0):
    return Load("/", "jobs", kind, count, skipped)


def move(sides, what):
    """How many messages were moved."""
    source, target = sides
    counts = []
    with source.connect() as one, target.connect() as other:
        Mover(one, other, what, counts.append).run()
    return sum(counts)


def numbered(count):
    return [b"%d" % number for number in range(count)]


def test_all_messages_arrive_in_order_and_leave_the_source(sides):
    source, target = sides
    bodies = [body * (number % 700) for number, body in enumerate(numbered(3 * WINDOW))]
    for side in sides:
        side.declare("jobs")
    source.publish("jobs", *bodies)
    assert move(sides, load()) == len(bodies)
    assert source.count("jobs") == 0
    assert target.bodies("jobs") == bodies


def test_what_a_message_says_of_itself_is_kept(sides):
    source, target = sides
    for side in sides:
        side.declare("jobs", x_max_priority=5)
        side.declare("other")
    told = {"priority": 3, "headers": {"CC": ["other"], "x-death": [{"count": 1}]}, "app_id": "a"}
    source.publish("jobs", b"hare", delivery_mode=2, **told)
    move(sides, load())
    _, properties, _ = target.channel.basic_get("jobs")
    assert {name: getattr(properties, name) for name in told} == told
    assert properties.delivery_mode == 2
    # Its CC header has been obeyed already, at the source.
    assert target.count("other") == 0


def test_an_empty_queue_is_moved_in_no_time(sides):
    for side in sides:
        side.declare("jobs")
    assert move(sides, load()) == 0


def test_a_queue_the_target_lacks_loses_nothing(sides):
    source, _ = sides
    source.declare("jobs")
    source.publish("jobs", b"hare")
    with pytest.raises(DialError, match="no queue 'jobs'"):
        move(sides, load())
    assert source.bodies("jobs") == [b"hare"]


def test_a_full_queue_at_the_target_stops_the_move_and_loses_nothing(sides):
    source, target = sides
    source.declare("jobs")
    target.declare("jobs", x_max_length=3, x_overflow="reject-publish")
    source.publish("jobs", *numbered(10))
    with pytest.raises(MoveFailed, match="refuses messages: it is full"):
        move(sides, load())
    time.sleep(0.1)  # until the source has heard that the connection is gone
    kept = {*source.bodies("jobs"), *target.bodies("jobs")}
    assert kept == set(numbered(10))


def test_a_move_that_is_cut_off_goes_on_where_it_was(sides):
    source, target = sides
    for side in sides:
        side.declare("jobs")
    source.publish("jobs", *numbered(4 * WINDOW))

    class Cut(Exception):
        pass

    def cut(_count):
        raise Cut

    with pytest.raises(Cut), source.connect() as one, target.connect() as other:
        Mover(one, other, load(), cut).run()
    deadline = time.monotonic() + 10
    while source.count("jobs") + target.count("jobs") < 4 * WINDOW:
        assert time.monotonic() < deadline
    move(sides, load())
    found = target.bodies("jobs")
    assert set(found) == set(numbered(4 * WINDOW))
    assert len(found) <= 5 * WINDOW


def test_messages_published_meanwhile_are_moved_too(sides):
    source, target = sides
    for side in sides:
        side.declare("jobs")
    source.publish("jobs", *numbered(WINDOW))
    published = threading.Event()

    def publish_more(_count):
        if not published.is_set():
            published.set()
            source.publish("jobs", b"late")

    with source.connect() as one, target.connect() as other:
        Mover(one, other, load(), publish_more).run()
    assert target.bodies("jobs")[-1] == b"late"


def test_a_stream_is_copied_and_goes_on_behind_what_is_there(sides):
    source, target = sides
    for side in sides:
        side.declare("jobs", x_queue_type="stream")
    source.publish("jobs", *numbered(5))
    assert move(sides, load(5, "stream")) == 5
    source.publish("jobs", b"5", b"6")
    assert move(sides, load(7, "stream", skipped=5)) == 2
    assert target.count("jobs") == source.count("jobs") == 7
