"""A request as one node of a cluster hands it to another (elsewhere/)."""

from __future__ import annotations

from typing import Final

import msgspec


class Question(msgspec.Struct, frozen=True):
    """path: below /api, as it was sent. query: behind the question mark.

    wants_rows: a listing is wanted as rows.py makes it, to be one of several parts.
    """

    method: str
    path: str
    query: str = ""
    user: str = ""
    headers: dict[str, str] = {}
    content: bytes = b""
    wants_rows: bool = False


NOTHING_ASKED: Final = Question("GET", "")
