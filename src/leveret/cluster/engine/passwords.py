"""The engine's passwords: what the cookie makes, for each purpose another.

Rule: none of them tells anything of the cookie or of another, so what is written into an engine's
configuration, and whatever it may log, does not open the node port.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Passwords:
    """client: of this node, for logs; system: of this node, for members; route: of the engines."""

    client: str = field(repr=False)
    system: str = field(repr=False)
    route: str = field(repr=False)

    @classmethod
    def of(cls, cookie: bytes) -> Passwords:
        return cls(*(_made(cookie, purpose) for purpose in ("client", "system", "route")))


def _made(cookie: bytes, purpose: str) -> str:
    told = f"leveret engine {purpose}".encode()
    return hmac.digest(cookie, told, hashlib.sha256).hex()
