"""An answer that has to wait: for the disk, mostly.

Rule: whoever waits has done what was asked, or has done nothing yet; its channel handles nothing
further meanwhile (protocol/waiting.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.wire.methods import Method


@dataclass(frozen=True, slots=True)
class Later:
    """What a handler returns in place of its reply.

    register: is given what to call when there is no more reason to wait; it may call at once.
    act: is then asked for the answer, which may be to wait again.
    """

    register: Callable[[Callable[[], None]], None]
    act: Callable[[], Answer]


Answer: TypeAlias = "Method | Later | None"
