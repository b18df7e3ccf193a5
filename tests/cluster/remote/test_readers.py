"""A replicated stream gets another leader: its readers go on where they were."""

import pytest

from leveret.wire import methods
from tests.cluster.remote.test_failover import bodies
from tests.cluster.remote.three import Three

ARGUMENTS = {"x-queue-type": "stream"}
HEIRS = pytest.mark.parametrize("heir", ["mouse", "vole"])


@pytest.fixture
def three():
    three = Three()
    three.declare("s", arguments=ARGUMENTS)
    return three


def read(world, offset="first", prefetch_count=10, **how):
    """A client, and what it got at once."""
    channel = world.channel()
    channel.call(methods.BasicQos(0, prefetch_count, False))
    came = channel.consume("s", arguments={"x-stream-offset": offset}, **how)
    return channel, bodies(came)


def write(three, *said, node=None):
    three.worlds[node or three.leader].channel().fill_stored("s", *said)
    three.sync()


def fail_over_to(three, heir):
    three.kill("hare")
    three.elect(heir, "s")


@pytest.fixture(autouse=True)
def _of_the_stream(monkeypatch):
    """`Three.sync` speaks of the queue q."""
    queue = Three.queue
    monkeypatch.setattr(Three, "queue", lambda self, node=None, name="s": queue(self, node, name))


@HEIRS
def test_who_has_read_something_gets_what_comes_next(three, heir):
    write(three, b"a", b"b")
    channel, got = read(three.mouse)
    assert got == [b"a", b"b"]
    fail_over_to(three, heir)
    write(three, b"c")
    assert bodies(channel.take()) == [b"c"]


def test_who_names_an_offset_begins_there(three):
    """Also where there is nothing yet: integers of the wire are told on as plain ones."""
    write(three, b"a", b"b")
    assert read(three.mouse, 1)[1] == [b"b"]
    channel, got = read(three.mouse, 2)
    assert got == []
    write(three, b"c")
    assert bodies(channel.take()) == [b"c"]


@HEIRS
def test_who_waits_for_what_is_new_misses_nothing(three, heir):
    write(three, b"a", b"b")
    channel, got = read(three.mouse, "next")
    assert got == []
    three.kill("hare")
    three.announce(heir, "s")
    # Somebody is quicker than he.
    three.worlds[heir].channel().fill_stored("s", b"c")
    three.lead(heir, "s")
    assert bodies(channel.take()) == [b"c"]


@HEIRS
def test_what_has_come_and_was_not_taken_comes_again(three, heir):
    write(three, b"a", b"b", b"c")
    channel, got = read(three.mouse, prefetch_count=1)
    assert got == [b"a"]
    fail_over_to(three, heir)
    channel.say(methods.BasicAck(1))
    three.settle()
    assert bodies(channel.take()) == [b"b"]


@pytest.mark.parametrize("heir", ["mouse", "vole"])
def test_who_reads_at_the_leader_goes_on_elsewhere(three, heir):
    write(three, b"a", b"b")
    channel, got = read(three.hare)
    assert got == [b"a", b"b"]
    before = three.hare.engine.messages, three.queue("hare").number
    three.take_over_from(*before, heir, "s")
    write(three, b"c")
    assert bodies(channel.take()) == [b"c"]
