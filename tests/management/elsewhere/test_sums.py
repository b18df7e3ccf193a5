"""Figures of several nodes added up."""

from leveret.management.elsewhere.sums import Sums, summed
from leveret.management.view import ABSENT, View


def test_numbers_add_and_objects_are_joined():
    one = {"publish": 3, "publish_details": {"rate": 0.25}, "ack": 1}
    other = {"publish": 4, "publish_details": {"rate": 0.5}, "get": 2}
    assert summed(one, other) == {
        "publish": 7,
        "publish_details": {"rate": 0.75},
        "ack": 1,
        "get": 2,
    }


def test_what_is_not_there_adds_nothing():
    assert summed(ABSENT, {"a": 1}) == {"a": 1}
    assert summed(5, ABSENT) == 5


def test_of_words_and_truths_the_first_stands():
    one = {"name": "hare", "is_well": True}
    assert summed(one, {"name": "mouse", "is_well": True}) == one


def test_samples_add_where_their_times_are_the_same():
    one = {"samples": [{"sample": 5, "timestamp": 20}, {"sample": 3, "timestamp": 10}]}
    other = {"samples": [{"sample": 1, "timestamp": 30}, {"sample": 2, "timestamp": 20}]}
    assert summed(one, other) == {
        "samples": [{"sample": 7, "timestamp": 20}, {"sample": 3, "timestamp": 10}]
    }


VIEW = View(
    {"name": lambda thing, _: thing["name"], "kind": lambda *_: "ex"},
    groups=(lambda thing, _: {"stats": thing["stats"]} if "stats" in thing else {},),
)
TOLD = [
    {"name": "a", "stats": {"publish": 2}, "kind": "other"},
    {"name": "a", "stats": {"publish": 3}},
    {"name": "b", "stats": {"publish": 7}},
]


def test_each_thing_is_shown_with_what_others_have_counted_of_it():
    view = Sums(VIEW, ("stats",), ("name",), TOLD)
    assert view.render({"name": "a", "stats": {"publish": 1}}, None) == {
        "name": "a",
        "kind": "ex",
        "stats": {"publish": 6},
    }
    assert view.render({"name": "b"}, None)["stats"] == {"publish": 7}
    assert "stats" not in view.render({"name": "c"}, None)


def test_sums_are_found_and_sorted_by():
    view = Sums(VIEW, ("stats",), ("name",), TOLD)
    thing = {"name": "a", "stats": {"publish": 1}}
    assert view.value(thing, None, "stats.publish") == 6
    assert view.value(thing, None, "kind") == "ex"
    assert view.render(thing, None, frozenset({"stats.publish"})) == {"stats": {"publish": 6}}
