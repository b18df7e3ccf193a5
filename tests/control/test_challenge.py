"""Both ends prove the cookie to each other; nothing said once is of use again."""

import pytest

from leveret.control import challenge
from leveret.control.challenge import Challenge, NotOurs, Unproven

HELLO = challenge.hello(b"t" * 32)
GREETING = challenge.greeting(b"n" * 32)


def ends(tool_cookie=b"same", node_cookie=b"same"):
    return Challenge(tool_cookie, HELLO, GREETING), Challenge(node_cookie, HELLO, GREETING)


def test_with_the_same_cookie_both_believe_each_other():
    tool, node = ends()
    node.check_tool(tool.tool_proof())
    tool.check_node(node.node_verdict())
    assert tool.tool_key() == node.tool_key()
    assert tool.node_key() == node.node_key() != tool.tool_key()


def test_with_another_cookie_neither_believes_the_other():
    tool, node = ends(tool_cookie=b"other")
    with pytest.raises(Unproven):
        node.check_tool(tool.tool_proof())
    with pytest.raises(Unproven):
        tool.check_node(node.node_verdict())
    with pytest.raises(Unproven):
        tool.check_node(challenge.REFUSED)


def test_a_proof_cannot_be_sent_back_or_said_again():
    tool, node = ends()
    with pytest.raises(Unproven):
        tool.check_node(b"\x01" + tool.tool_proof())
    another_day = Challenge(b"same", HELLO, challenge.greeting(b"m" * 32))
    with pytest.raises(Unproven):
        another_day.check_tool(tool.tool_proof())
    assert another_day.tool_key() != node.tool_key()


def test_other_protocols_and_versions_are_told_apart():
    with pytest.raises(NotOurs, match="does not speak Leveret's protocol"):
        challenge.purpose_of(b"GET / HTTP/1.1\r\n\r\n")
    with pytest.raises(NotOurs, match="version 9 of the protocol, not 1"):
        challenge.check_greeting(b"LVRT\x09" + bytes(32))
    with pytest.raises(NotOurs, match="something unknown"):
        challenge.purpose_of(b"LVRT\x01\xff" + bytes(32))
    assert challenge.purpose_of(HELLO) is challenge.Purpose.CONTROL


def test_the_lengths_are_what_the_picture_says():
    tool, node = ends()
    assert len(HELLO) == challenge.HELLO_OCTETS == 38
    assert len(GREETING) == challenge.GREETING_OCTETS == 37
    assert len(tool.tool_proof()) == challenge.PROOF_OCTETS == 32
    assert len(node.node_verdict()) == challenge.VERDICT_OCTETS == 33


@pytest.mark.parametrize("purpose", list(challenge.Purpose))
def test_what_a_connection_is_for_is_said_and_part_of_what_is_proved(purpose):
    hello = challenge.hello(b"t" * 32, purpose)
    assert challenge.purpose_of(hello) is purpose
    assert hello[5] == {"CONTROL": 1, "PEER": 2, "PEER_OVER_TLS": 3}[purpose.name]
    others = [each for each in challenge.Purpose if each is not purpose]
    for other in others:
        changed = Challenge(b"same", challenge.hello(b"t" * 32, other), GREETING)
        with pytest.raises(Unproven):
            changed.check_tool(Challenge(b"same", hello, GREETING).tool_proof())
