"""The cookie that a browser keeps a session in, and when it is believed.

Rule: a cookie counts only beside the header that the console's own script sends. A page of another
origin can have a browser send the cookie, but not that header without this node's leave, which it
gives to nobody.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

CONSOLE: Final = "x-leveret-console"


def is_console(headers: Mapping[str, str]) -> bool:
    """Whether the console's script asks."""
    return CONSOLE in headers


def token_of(headers: Mapping[str, str], port: int) -> str | None:
    """The token of a request's cookie, where it counts."""
    if not is_console(headers):
        return None
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return None
    found = cookies.get(_name(port))
    return None if found is None else found.value


def kept(token: str, port: int, *, seconds: int, path: str, is_secure: bool) -> str:
    """The header that has a browser keep a token; of 0 seconds, forget it."""
    secure = "; Secure" if is_secure else ""
    return (
        f"{_name(port)}={token}; Path={path or '/'}; Max-Age={seconds}; HttpOnly; SameSite=Strict"
        f"{secure}"
    )


def _name(port: int) -> str:
    """Browsers do not tell a host's ports apart: two nodes of one machine need two cookies."""
    return f"leveret-session-{port}"
