"""Frames are cut out of what arrives, however it was cut on the way."""

import random

import pytest

from leveret.cluster.links import frames
from leveret.cluster.links.frames import BadPeer, Cutter
from leveret.cluster.links.ports import FRAME_OCTETS_MAX


def octets_of(told):
    return b"".join(frames.head(*frame) + frame[2] for frame in told)


def test_a_frame_is_what_the_picture_says():
    assert octets_of([(20, 7, b"hare")]) == bytes.fromhex("14 00000007 00000004") + b"hare"


@pytest.mark.parametrize("seed", range(20))
def test_frames_survive_every_way_of_cutting(seed):
    chance = random.Random(seed)
    sizes = [chance.choice((0, 1, 5, 100, 9_000)) for _ in range(50)]
    told = [(chance.choice((0, 1, 2, 3, 16, 255)), chance.randrange(2**32), chance.randbytes(size))
            for size in sizes]  # fmt: skip
    octets, cutter, got = octets_of(told), Cutter(), []
    while octets:
        size = chance.choice((1, 3, 9, 50, 5_000))
        got += cutter.feed(octets[:size])
        octets = octets[size:]
    assert got == told


def test_a_large_frame_is_put_together_once():
    cutter, body = Cutter(), bytes(5_000_000)
    octets = octets_of([(16, 1, body), (17, 2, b"next")])
    got = [frame for piece in frames.pieces(octets, 65_536) for frame in cutter.feed(piece)]
    assert got == [(16, 1, body), (17, 2, b"next")]


def test_pieces_are_all_of_it():
    assert list(frames.pieces(b"", 4)) == [b""]
    assert list(frames.pieces(b"abcd", 4)) == [b"abcd"]
    assert list(frames.pieces(b"abcdefghi", 4)) == [b"abcd", b"efgh", b"i"]


def test_what_no_node_says_is_noticed_with_its_head():
    with pytest.raises(BadPeer, match="kind 4"):
        Cutter().feed(frames.HEAD.pack(4, 0, 0))
    with pytest.raises(BadPeer, match="octets"):
        Cutter().feed(frames.HEAD.pack(16, 0, FRAME_OCTETS_MAX + 1))
    cutter = Cutter()
    assert cutter.feed(frames.HEAD.pack(16, 0, FRAME_OCTETS_MAX)) == []


@pytest.mark.parametrize("seed", range(200))
def test_garbage_is_cut_or_refused_and_nothing_else(seed):
    chance = random.Random(seed)
    cutter = Cutter()
    try:
        for _ in range(20):
            for kind, _, octets in cutter.feed(chance.randbytes(chance.randrange(40))):
                parse = {frames.CALL: frames.parse_call, frames.REFUSAL: frames.parse_refusal}
                parse.get(kind, len)(octets)
    except BadPeer:
        pass


def test_calls_and_refusals_are_read_as_they_were_written():
    assert frames.parse_call(frames.call_octets("pen.ask", b"body")) == ("pen.ask", b"body")
    assert frames.parse_refusal(frames.refusal_octets(404, "kein Löwe")) == (404, "kein Löwe")


@pytest.mark.parametrize("octets", [b"", b"\x00", b"\x05abcd", b"\x01\xff"])
def test_a_call_without_a_verb_is_none(octets):
    with pytest.raises(BadPeer):
        frames.parse_call(octets)


@pytest.mark.parametrize("octets", [b"", b"\x00", b"\x00\x01\xff"])
def test_a_refusal_without_a_code_or_a_text_is_none(octets):
    with pytest.raises(BadPeer):
        frames.parse_refusal(octets)


def test_what_is_too_large_is_not_sent(monkeypatch):
    monkeypatch.setattr(frames, "FRAME_OCTETS_MAX", 3)
    with pytest.raises(ValueError, match="4 octets, 3 may be sent"):
        frames.head(16, 1, b"four")
