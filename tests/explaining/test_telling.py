"""An explanation, as it is told."""

from leveret.broker.bindings import Binding
from leveret.explaining.steps import explain
from leveret.explaining.telling import NOT_TAKEN_MAX, explanation_told, rows
from leveret.wire.properties import NO_PROPERTIES
from tests.management.domain import entered, exchange, queue


def test_of_many_bindings_those_that_are_taken_come_first_and_are_told():
    access = entered()
    source, q = exchange(access, "e", "direct"), queue(access, "q")
    for at in range(NOT_TAKEN_MAX + 5):
        access.vhost.bind(Binding(source, q, str(at), {}))
    (step,) = explanation_told(explain(access.vhost, "e", ("504",), NO_PROPERTIES))["steps"]
    assert (len(step["bindings"]), step["not_told"]) == (NOT_TAKEN_MAX + 1, 4)
    assert [each["routing_key"] for each in step["bindings"]][:2] == ["504", "0"]


def reasons(access, name, key):
    told = explain(access.vhost, name, (key,), NO_PROPERTIES)
    return [(row["exchange"], row["destination"], row["matched"], row["why"]) for row in rows(told)]


def test_each_end_has_its_row():
    access = entered()
    queue(access, "q")
    exchange(access, "lone", "direct", **{"alternate-exchange": "bare"})
    exchange(access, "bare", "fanout")
    assert reasons(access, "", "q") == [("", "q", True, "the routing key is the queue's name")]
    assert reasons(access, "", "p") == [("", "", False, "no queue has the routing key as its name")]
    assert reasons(access, "lone", "k") == [
        ("lone", "bare", True, "no binding takes it: to the alternate exchange"),
        ("bare", "", False, "nothing is bound to the exchange"),
    ]
