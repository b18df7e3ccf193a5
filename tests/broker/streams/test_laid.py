"""What a log says of a stream."""

from leveret.broker.streams.laid import Laid


def test_each_message_is_told_of_once():
    laid = Laid(3)
    laid.add(1, 10, 1_000)
    laid.add(2, 20, 2_000)
    assert laid.end == 3
    assert list(zip(laid.offsets, laid.octets, laid.published_ms, strict=True)) == [
        (1, 10, 1_000),
        (2, 20, 2_000),
    ]


def test_it_begins_with_none():
    assert not Laid(0).offsets
