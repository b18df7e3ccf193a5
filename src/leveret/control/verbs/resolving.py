"""Names as the node resolves them, and the hash of its cookie."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import TYPE_CHECKING

from leveret.control.cookie import find_cookie, hash_of
from leveret.control.messages import Plain

if TYPE_CHECKING:
    from leveret.control.call import Call


async def resolve_hostname(call: Call) -> Plain:
    """Its addresses; none when it has none."""
    family = socket.AF_INET6 if call.text("address_family", "ipv4") == "ipv6" else socket.AF_INET
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(
            call.text("hostname"), None, family=family, type=socket.SOCK_STREAM
        )
    except OSError:
        return []
    return list[Plain](sorted({str(each[4][0]) for each in found}))


def cookie_hash(call: Call) -> Plain:
    file = call.host.settings.cookie_file
    return hash_of(find_cookie(os.environ, None if file is None else str(file)))


VERBS = {"resolve_hostname": resolve_hostname, "cookie_hash": cookie_hash}
ALWAYS = frozenset(VERBS)
