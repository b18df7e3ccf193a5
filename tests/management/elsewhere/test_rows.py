"""Rows of other nodes among things of this one."""

from leveret.management.elsewhere.rows import OfAll, Row
from leveret.management.view import View

VIEW = View({"name": lambda thing, _: thing, "length": lambda thing, _: len(thing)})
ROW = Row(name="there", length=99, stats={"publish": 3})


def test_things_are_shown_by_the_view_and_rows_as_they_were_told():
    view = OfAll(VIEW)
    assert view.render("here", None) == {"name": "here", "length": 4}
    assert view.render(ROW, None) == {"name": "there", "length": 99, "stats": {"publish": 3}}


def test_columns_are_picked_from_both():
    view = OfAll(VIEW)
    wanted = frozenset({"name", "stats.publish"})
    assert view.render("here", None, wanted) == {"name": "here"}
    assert view.render(ROW, None, wanted) == {"name": "there", "stats": {"publish": 3}}


def test_both_are_sorted_by_the_same_columns():
    view = OfAll(VIEW)
    assert view.value(ROW, None, "length") == 99
    assert view.value("here", None, "length") == 4
    assert view.value(ROW, None, "stats.publish") == 3
    assert view.value(ROW, None, "stats.nothing") == 0


def test_a_node_is_asked_for_no_more_rows_than_the_pages_up_to_the_one_wanted(pair):
    for number in range(9):
        pair.declare(f"q{number}")
    told = []
    answer = pair.peers["mouse"].desks["hare"]["http"]

    async def listen(asked):
        reply = await answer(asked)
        told.append(reply)
        return reply

    pair.peers["mouse"].desks["hare"]["http"] = listen
    pair.get("mouse", "/queues?page=2&page_size=2&columns=name")
    (reply,) = told
    assert reply.count(b'"name":"q') == 4
    assert b'"total":9,"filtered":9' in reply
