"""The newest messages at hand."""

from leveret.broker.streams import recent as recent_module
from leveret.broker.streams.recent import Recent
from tests.broker.streams.hand import plain


def filled(count, first=0):
    recent = Recent()
    for offset in range(first, first + count):
        recent.append(offset, plain(str(offset)))
    return recent


def bodies(recent, offsets):
    return [found and found.body.decode() for found in map(recent.get, offsets)]


def test_what_is_there_is_found_by_its_offset():
    recent = filled(3, first=10)
    assert bodies(recent, [9, 10, 12, 13]) == [None, "10", "12", None]


def test_what_all_have_read_is_dropped():
    recent = filled(5)
    recent.drop_before(3)
    assert bodies(recent, [2, 3, 4]) == [None, "3", "4"]
    recent.drop_before(1)
    assert len(recent) == 2
    recent.drop_before(99)
    assert len(recent) == 0


def test_it_holds_no_more_than_so_many_messages(monkeypatch):
    monkeypatch.setattr(recent_module, "COUNT_MAX", 10)
    recent = filled(100)
    assert 5 <= len(recent) <= 10
    assert recent.end == 100
    assert recent.get(99).body == b"99"


def test_it_holds_no_more_than_so_many_octets(monkeypatch):
    size = len(plain("00").content)
    monkeypatch.setattr(recent_module, "OCTETS_MAX", 10 * size)
    assert 5 <= len(filled(100)) <= 11


def test_a_gap_begins_anew():
    recent = filled(3)
    recent.append(7, plain("7"))
    assert bodies(recent, [2, 7]) == [None, "7"]
    recent.clear()
    assert recent.get(7) is None
