"""One look at a broker."""

from leveret.management.look import Look
from leveret.management.query import Query
from tests.management.test_call import Place


def test_a_look_knows_the_broker_and_its_node():
    place = Place()
    look = Look(place, Query(""), 12.5, None)
    assert (look.broker, look.node, look.now) == (place.broker, "leveret@localhost", 12.5)
