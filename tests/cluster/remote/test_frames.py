"""What nodes say to each other is read as it was said."""

import typing

import pytest

from leveret.cluster.remote import frames
from tests.broker.domain import message

SAMPLES = {
    int: 2**40,
    int | None: 2**40,
    str: "q\udcff"[:1],
    bool: True,
    bytes: bytes(range(256)),
    tuple[int, ...]: (1, 2**63),
    list[int]: [1, 2**63],
}


def sample(kind):
    """A frame with something in every field."""
    hints = typing.get_type_hints(kind)
    carried = frames.carry(message("body", key="k", ttl_ms=5, priority=7, is_persistent=True))
    samples = SAMPLES | {frames.Carried: carried, list[frames.Carried]: [carried, carried]}
    return kind(*[samples[hint] for hint in hints.values()])


@pytest.mark.parametrize("kind", typing.get_args(frames.Asked), ids=lambda kind: kind.__name__)
def test_what_is_asked_is_read_as_it_was_said(kind):
    assert frames.read_asked(frames.encode([sample(kind)])) == [sample(kind)]


@pytest.mark.parametrize("kind", typing.get_args(frames.Told), ids=lambda kind: kind.__name__)
def test_what_is_told_is_read_as_it_was_said(kind):
    assert frames.read_told(frames.encode([sample(kind)])) == [sample(kind)]


@pytest.mark.parametrize("traits", [{}, {"ttl_ms": 0}, {"priority": 3}, {"is_persistent": True}])
def test_a_message_is_the_same_elsewhere(traits):
    sent = message("body", exchange="x", key="k", **traits)
    came = frames.unpack(frames.carry(sent), 77)
    assert (came.address, came.content, came.channel) == (sent.address, sent.content, sent.channel)
    assert came.traits == sent.traits or not traits
    assert came.position == 77
    assert not came.is_stored


@pytest.mark.parametrize("octets", [b"", b"\x00", b"\x91\x63", b"\xff" * 40])
def test_anything_else_is_refused(octets):
    for read in (frames.read_asked, frames.read_told):
        with pytest.raises(frames.Unreadable):
            read(octets)
