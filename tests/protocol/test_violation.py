"""The words in which a peer hears what it did."""

import pytest

from leveret.protocol.violation import (
    LoginRefused,
    ProtocolViolation,
    channel_error,
    misplaced_frame,
    reply_text,
    spell_octets,
    unexpected_frame,
    unreadable_frame,
)
from leveret.wire.codes import ReplyCode


@pytest.mark.parametrize(
    ("data", "spelt"),
    [
        (b"", "<<>>"),
        (b"abc", '<<"abc">>'),
        (b"a b~", '<<"a b~">>'),
        (b"\x00\x32\x00", "<<0,50,0>>"),
        (b"abc\n", "<<97,98,99,10>>"),
        (b"\x7f", "<<127>>"),
    ],
)
def test_octets_are_spelt_as_erlang_spells_them(data, spelt):
    assert spell_octets(data) == spelt


def test_a_violation_says_its_code_and_reason():
    violation = ProtocolViolation(ReplyCode.NOT_ALLOWED, "no", 0x000A0028)
    assert str(violation) == "NOT_ALLOWED - no"
    assert (violation.code, violation.index, violation.is_explained) == (530, 0x000A0028, False)


def test_a_frame_that_is_none_is_shown():
    violation = unreadable_frame(3, b"0123456789abcdef", "unknown_frame")
    assert str(violation) == (
        'FRAME_ERROR - type 3, all octets = <<"0123456789abcdef">>: unknown_frame'
    )
    assert violation.code == 501


def test_of_a_long_frame_only_the_beginning_is_shown():
    assert str(misplaced_frame(2, b"0123456789abcdefg")) == (
        'UNEXPECTED_FRAME - type 2, first 16 octets = <<"0123456789abcdef">>'
    )


def test_violations_carry_their_codes():
    assert (misplaced_frame(8, b"").code, misplaced_frame(8, b"").index) == (505, 0)
    assert (unexpected_frame("no", 7).code, unexpected_frame("no", 7).index) == (505, 7)
    assert (channel_error("no", 7).code, channel_error("no", 7).index) == (504, 7)


@pytest.mark.parametrize("is_explained", [True, False])
def test_a_refused_login_is_explained_to_those_who_can_take_it(is_explained):
    refused = LoginRefused("wrong", is_explained=is_explained)
    assert refused.code == 403
    assert refused.is_explained is is_explained


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no", "no"),
        ("x" * 255, "x" * 255),
        ("x" * 256, "x" * 252 + "..."),
        ("ü" * 200, "ü" * 126 + "..."),
        ("no \udcff", "no ?"),
    ],
)
def test_what_a_close_says_fits_a_short_string(text, said):
    assert reply_text(text) == said
