"""Tables of columns."""

import pytest

from leveret.management.view import ABSENT, View

HARE = View(
    {
        "name": lambda hare, _look: hare,
        "legs": lambda _hare, _look: {"front": {"left": 1, "right": 2}, "count": 4},
        "wings": lambda _hare, _look: ABSENT,
    }
)


def test_all_columns_are_shown_but_those_that_are_absent():
    assert HARE.render("jack", None) == {
        "name": "jack", "legs": {"front": {"left": 1, "right": 2}, "count": 4},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ({"name"}, {"name": "jack"}),
        ({"legs.count", "legs.front.left"}, {"legs": {"count": 4, "front": {"left": 1}}}),
        ({"wings", "tail", "name.x", "legs.count.x"}, {}),
    ],
)
def test_a_path_shows_that_part_alone(wanted, shown):
    assert HARE.render("jack", None, frozenset(wanted)) == shown


def test_what_is_not_there_counts_as_zero():
    assert HARE.value("jack", None, "legs.front.right") == 2
    assert [HARE.value("jack", None, path) for path in ("wings", "x.y", "name.z")] == [0, 0, 0]


def test_only_what_is_wanted_is_read():
    seen = []
    view = View({"a": lambda _thing, _look: seen.append("a"), "b": lambda _thing, _look: 1})
    assert view.render(None, None, frozenset({"b"})) == {"b": 1}
    assert seen == []


def test_a_view_is_made_of_another():
    view = HARE.without("legs", "wings").extended({"ears": lambda _hare, _look: 2})
    assert view.render("jack", None) == {"name": "jack", "ears": 2}


GROUPED = HARE.extended(
    {}, groups=(lambda hare, _look: {"upper": hare.upper(), "deep": {"er": 1}},)
)


def test_a_group_gives_several_fields_at_once():
    assert GROUPED.render("jack", None) == {
        **HARE.render("jack", None), "upper": "JACK", "deep": {"er": 1},
    }  # fmt: skip
    wanted = frozenset({"name", "deep.er", "wings"})
    assert GROUPED.render("jack", None, wanted) == {"name": "jack", "deep": {"er": 1}}
    assert [GROUPED.value("jack", None, path) for path in ("upper", "deep.er")] == ["JACK", 1]


def test_a_view_keeps_its_groups():
    told = GROUPED.without("legs").extended({"ears": lambda _hare, _look: 2}).render("jack", None)
    assert told == {"name": "jack", "ears": 2, "upper": "JACK", "deep": {"er": 1}}
