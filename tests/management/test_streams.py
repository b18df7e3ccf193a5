"""How many streams are open, and their end."""

from leveret.management.streams import Streams


def test_they_are_counted_while_they_are_open():
    streams = Streams()
    with streams.opened(), streams.opened():
        assert streams.count == 2
    assert streams.count == 0


def test_an_end_is_of_those_that_are_open():
    streams = Streams()
    with streams.opened() as before:
        streams.end()
        with streams.opened() as after:
            assert (before.is_set(), after.is_set()) == (True, False)
