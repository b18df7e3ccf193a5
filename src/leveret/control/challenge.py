"""How both ends prove that they have the cookie, and what keys come of it.

      tool                                                    node
       |  LVRT  version  purpose  nonce (32)                   |
       | ----------------------------------------------------> |
       |                            LVRT  version  nonce (32)  |
       | <---------------------------------------------------- |
       |  HMAC(cookie, "tool" + all that was said)             |
       | ----------------------------------------------------> |
       |             1  HMAC(cookie, "node" + all that was said)
       | <---------------------------------------------------- |  or 0 and 32 zeros: refused

Rule: who came proves itself first, so that a stranger who knocks learns nothing made with the
cookie; what each proves contains both nonces and its own role, so that nothing can be said again
on another day or sent back. Pure: the random octets are handed in.
"""

import hashlib
import hmac
from enum import IntEnum

MAGIC = b"LVRT"
VERSION = 1
NONCE_OCTETS = 32
PROOF_OCTETS = 32
HELLO_OCTETS = len(MAGIC) + 2 + NONCE_OCTETS
GREETING_OCTETS = len(MAGIC) + 1 + NONCE_OCTETS
VERDICT_OCTETS = 1 + PROOF_OCTETS
REFUSED = bytes(VERDICT_OCTETS)


class Purpose(IntEnum):
    """What a connection to the node port is for.

    CONTROL: leveretctl asks. PEER: a node speaks to a node (cluster/links), PEER_OVER_TLS: as soon
    as both have proved themselves, over TLS. It is part of what both prove.
    """

    CONTROL = 1
    PEER = 2
    PEER_OVER_TLS = 3


class NotOurs(Exception):
    """The peer does not speak this protocol, or not this version of it."""


class Unproven(Exception):
    """The peer has another cookie."""


class Challenge:
    """What was said so far, and what follows from it. Both ends have one."""

    def __init__(self, cookie: bytes, hello: bytes, greeting: bytes) -> None:
        self._cookie = cookie
        self._said = hello + greeting

    def tool_proof(self) -> bytes:
        return self._mac(b"tool")

    def node_verdict(self) -> bytes:
        return b"\x01" + self._mac(b"node")

    def check_tool(self, proof: bytes) -> None:
        """On the node: whether the tool has the cookie. Raises Unproven."""
        if not hmac.compare_digest(proof, self.tool_proof()):
            raise Unproven

    def check_node(self, verdict: bytes) -> None:
        """On the tool: whether it was let in, by one that has the cookie. Raises Unproven."""
        if not hmac.compare_digest(verdict, self.node_verdict()):
            raise Unproven

    def tool_key(self) -> bytes:
        """What the tool's frames are sealed with."""
        return self._mac(b"tool's frames")

    def node_key(self) -> bytes:
        return self._mac(b"node's frames")

    def _mac(self, role: bytes) -> bytes:
        return hmac.digest(self._cookie, role + b"\x00" + self._said, hashlib.sha256)


def hello(nonce: bytes, purpose: Purpose = Purpose.CONTROL) -> bytes:
    return MAGIC + bytes((VERSION, purpose)) + nonce


def greeting(nonce: bytes) -> bytes:
    return MAGIC + bytes((VERSION,)) + nonce


def purpose_of(hello: bytes) -> Purpose:
    """What a tool that said this wants. Raises NotOurs."""
    _check_version(hello)
    try:
        return Purpose(hello[len(MAGIC) + 1])
    except ValueError as error:
        raise NotOurs("it wants something unknown here") from error


def check_greeting(greeting: bytes) -> None:
    """Raises NotOurs."""
    _check_version(greeting)


def _check_version(said: bytes) -> None:
    if not said.startswith(MAGIC):
        raise NotOurs("it does not speak Leveret's protocol")
    if said[len(MAGIC)] != VERSION:
        raise NotOurs(f"it speaks version {said[len(MAGIC)]} of the protocol, not {VERSION}")
