"""Where queues are, change by change."""

from leveret.broker.changes import QueueDeclared, QueueDeleted, VhostAdded, VhostRemoved
from leveret.broker.queues.queue import QueueOptions
from leveret.cluster.mirroring.housings import Housings
from tests.cluster.mirroring.queues import logged, ordinary

PLACE = ("/", "q")
DECLARED = QueueDeclared(7, "/", "q", QueueOptions())


def with_one():
    housings = Housings()
    assert housings.keep(ordinary("q", "a")) == []
    assert housings.keep(DECLARED) == [PLACE]
    return housings


def test_a_queue_is_where_it_was_said_to_be_before_it_was_declared():
    housings = with_one()
    assert list(housings.all) == [ordinary("q", "a")]
    assert housings.declared == {PLACE: DECLARED}
    assert housings.place_of(7) == PLACE
    assert housings.place_of(8) is None


def test_it_moves():
    housings = with_one()
    assert housings.keep(logged("q", "b", "ab")) == [PLACE]
    assert housings.housed[PLACE] == logged("q", "b", "ab")


def test_it_goes_with_all_that_is_known_of_it():
    housings = with_one()
    assert housings.keep(QueueDeleted(7, "/", "q")) == [PLACE]
    assert (housings.housed, housings.declared) == ({}, {})


def test_and_with_its_vhost():
    housings = with_one()
    assert housings.keep(VhostRemoved("other")) == []
    assert housings.keep(VhostRemoved("/")) == [PLACE]
    assert (housings.housed, housings.declared) == ({}, {})


def test_all_else_is_about_no_queue():
    assert Housings().keep(VhostAdded("/")) == []


def test_streams_in_logs_are_known():
    housings = with_one()
    assert not housings.has_replicated_streams
    options = QueueOptions(arguments={"x-queue-type": "stream"})
    housings.keep(QueueDeclared(7, "/", "q", options))
    assert not housings.has_replicated_streams
    housings.keep(logged("q", "b", "ab"))
    assert housings.has_replicated_streams
