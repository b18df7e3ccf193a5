"""Who remains when two connections cross, and what is said before that."""

import contextlib
import itertools
import random

import pytest

from leveret.cluster.links import encounter
from leveret.cluster.links.encounter import Hello, Verdict, is_crossed
from leveret.cluster.links.frames import BadPeer

OF_MOUSE = Hello("mouse", "hare", "boot of mouse")
OF_HARE = Hello("hare", "mouse", "boot of hare")


def test_what_is_said_is_read_as_it_was_meant():
    assert encounter.decode_hello(encounter.encode(OF_MOUSE)) == OF_MOUSE
    for verdict in (
        Verdict("hare", "b"),
        Verdict("hare", "b", "you are no member"),
        Verdict("hare", "b", is_crossed=True),
    ):
        assert encounter.decode_verdict(encounter.encode(verdict)) == verdict
    assert [verdict.is_welcome for verdict in (
        Verdict("hare", "b"), Verdict("hare", "b", "no"), Verdict("hare", "b", is_crossed=True),
    )] == [True, False, False]  # fmt: skip


@pytest.mark.parametrize(
    "octets",
    [b"", b"{", b"\xff", b"[]", b"{}", b'{"node":"a","goal":"b"}',
     b'{"node":"","goal":"b","boot":"c"}', b'{"node":1,"goal":"b","boot":"c"}'],
)  # fmt: skip
def test_what_does_not_say_who_it_is_is_nobody(octets):
    for decode in (encounter.decode_hello, encounter.decode_verdict):
        with pytest.raises(BadPeer):
            decode(octets)


def test_of_two_attempts_that_cross_one_remains_and_it_is_the_smaller_names():
    at_hare = is_crossed("hare", OF_MOUSE, has_said_hello=True, boot_of_ours=None)
    at_mouse = is_crossed("mouse", OF_HARE, has_said_hello=True, boot_of_ours=None)
    assert (at_hare, at_mouse) == (True, False)


def test_a_peer_that_started_again_is_let_in_whatever_is_held():
    assert not is_crossed("hare", OF_MOUSE, has_said_hello=False, boot_of_ours="an older boot")
    assert is_crossed("hare", OF_MOUSE, has_said_hello=False, boot_of_ours=OF_MOUSE.boot)


@pytest.mark.parametrize("own", ["hare", "mouse"])
def test_nobody_is_sent_away_for_nothing(own):
    hello = OF_MOUSE if own == "hare" else OF_HARE
    assert not is_crossed(own, hello, has_said_hello=False, boot_of_ours=None)


def test_both_never_send_each_other_away():
    for said, held in itertools.product((True, False), (True, False)):
        ours = {"has_said_hello": said}
        at_hare = is_crossed("hare", OF_MOUSE, boot_of_ours=OF_MOUSE.boot if held else None, **ours)
        at_mouse = is_crossed("mouse", OF_HARE, boot_of_ours=OF_HARE.boot if held else None, **ours)
        assert not (at_hare and at_mouse)


@pytest.mark.parametrize("seed", range(100))
def test_garbage_is_refused_and_nothing_else(seed):
    chance = random.Random(seed)
    said = bytearray(encounter.encode(OF_MOUSE))
    for _ in range(chance.randrange(1, 6)):
        said[chance.randrange(len(said))] = chance.randrange(256)
    for decode in (encounter.decode_hello, encounter.decode_verdict):
        with contextlib.suppress(BadPeer):
            decode(bytes(said))
