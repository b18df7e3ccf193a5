"""What one says the other hears."""

from leveret.cluster.members.view import View, read_view


def test_what_is_said_is_heard():
    for view in (
        View(frozenset(), frozenset()),
        View(frozenset({"leveret@hare", "leveret@mouse"}), frozenset({"leveret@mouse"})),
    ):
        assert read_view(view.encode()) == view


def test_a_view_is_never_a_farewell():
    assert View(frozenset()).encode()
