"""Who has logged in to the console: a session for each browser.

Rule: a token is worth a name only until it expires, and only while the account and its password
are what they were at the login. Sessions are kept in memory: a node that starts knows none.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.users import User, Users

TOKEN_BYTES: Final = 32
# Beyond these the oldest ends: nobody fills the memory by logging in.
SESSIONS_MAX: Final = 1000


@dataclass(frozen=True, slots=True)
class Session:
    """name, password_hash: of the account as it was. expires_at: seconds since 1970."""

    name: str
    password_hash: bytes
    expires_at: float


class Sessions:
    """By the hash of their token: who reads the memory of a node cannot log in with it."""

    def __init__(self, random_bytes: Callable[[int], bytes]) -> None:
        self._random_bytes = random_bytes
        self._sessions: dict[bytes, Session] = {}

    def __len__(self) -> int:
        return len(self._sessions)

    def begin(self, user: User, expires_at: float) -> str:
        """The token of a new session."""
        if len(self._sessions) >= SESSIONS_MAX:
            del self._sessions[next(iter(self._sessions))]
        token = self._random_bytes(TOKEN_BYTES).hex()
        self._sessions[_key(token)] = Session(user.name, user.password_hash, expires_at)
        return token

    def find(self, token: str, now: float) -> Session | None:
        """One that has not expired."""
        session = self._sessions.get(_key(token))
        if session is not None and session.expires_at <= now:
            self.end(token)
            return None
        return session

    def user(self, token: str, users: Users, now: float) -> User | None:
        """Whose session it is."""
        session = self.find(token, now)
        if session is None:
            return None
        user = users.get(session.name)
        if user is None or user.password_hash != session.password_hash:
            self.end(token)
            return None
        return user

    def end(self, token: str) -> None:
        self._sessions.pop(_key(token), None)


def _key(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogateescape")).digest()
