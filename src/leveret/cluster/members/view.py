"""What a node says to the others of those that it reaches, itself among them.

Rule: whoever is reached speaks for itself; what others say of it counts only where it is not.
"""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """aside: those of them that are under maintenance."""

    reached: frozenset[str]
    aside: frozenset[str] = frozenset()

    def encode(self) -> bytes:
        return json.dumps([sorted(self.reached), sorted(self.aside)]).encode()


def read_view(octets: bytes) -> View:
    reached, aside = json.loads(octets)
    return View(frozenset(reached), frozenset(aside))
