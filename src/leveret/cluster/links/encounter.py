"""What two nodes say first when they meet on a sealed socket, and which connection they keep. Pure.

      who came                              who was come to
       |  hello: I am, I look for, my boot   |
       | ----------------------------------> |
       |  verdict: I am, my boot; welcome, or crossed, or why not
       | <---------------------------------- |

A boot is a name of its own for every run of a node, so that one that has started again is told
from one that has lost a connection.

Rule: of two connections that cross, that of the node with the smaller name remains. Whoever is
come to decides, and by what only it knows: whether its own attempt has got as far as its hello.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from leveret.cluster.links.frames import BadPeer


@dataclass(frozen=True, slots=True)
class Hello:
    """Of who came: its name, whom it looks for, its boot."""

    node: str
    goal: str
    boot: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of who was come to.

    refusal: why it is not welcome, or empty.
    is_crossed: not welcome because our own connection remains.
    """

    node: str
    boot: str
    refusal: str = ""
    is_crossed: bool = False

    @property
    def is_welcome(self) -> bool:
        return not (self.refusal or self.is_crossed)


def is_crossed(own: str, hello: Hello, *, has_said_hello: bool, boot_of_ours: str | None) -> bool:
    """Whether our own connection remains, not the one that has come.

    has_said_hello: our own attempt waits for its verdict. boot_of_ours: whom the connection that we
    hold and began leads to; None when there is none.
    """
    if own > hello.node:
        return False
    return has_said_hello or boot_of_ours == hello.boot


def encode(said: Hello | Verdict) -> bytes:
    return json.dumps(asdict(said)).encode()


def decode_hello(octets: bytes) -> Hello:
    """Raises BadPeer."""
    told = _object(octets)
    return Hello(_text(told, "node"), _text(told, "goal"), _text(told, "boot"))


def decode_verdict(octets: bytes) -> Verdict:
    """Raises BadPeer."""
    told = _object(octets)
    refusal = _text(told, "refusal", least=0)
    return Verdict(
        _text(told, "node"), _text(told, "boot"), refusal, told.get("is_crossed") is True
    )


def _object(octets: bytes) -> dict[str, Any]:
    try:
        told = json.loads(octets)
    except ValueError as error:
        raise BadPeer("what it says first is no JSON") from error
    if not isinstance(told, dict):
        raise BadPeer("what it says first is no object")
    return told


def _text(told: dict[str, Any], name: str, least: int = 1) -> str:
    value = told.get(name)
    if not isinstance(value, str) or len(value) < least:
        raise BadPeer(f"it does not say its {name}")
    return value
