"""The way in: who says a name, and whether it is believed.

Rule: a refusal tells the peer nothing; what was wrong is for the log alone. A source of too many
wrong passwords is refused like a wrong password, whatever it says (attempts.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leveret.broker.attempts import AMQP, DEFAULT_PATIENCE, Attempts, Patience
from leveret.broker.errors import AccessRefused
from leveret.broker.passwords import SHA256

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.users import User, Users


@dataclass(frozen=True, slots=True)
class Entry:
    """What a broker asks of those who come in.

    loopback_users: accounts that may come from this machine only.
    hashing_algorithm: what new passwords are hashed with.
    """

    loopback_users: frozenset[str] = frozenset({"guest"})
    hashing_algorithm: str = SHA256
    patience: Patience = DEFAULT_PATIENCE


DEFAULT_ENTRY: Final = Entry()


@dataclass(frozen=True, slots=True)
class Source:
    """Where an attempt comes from. protocol: by RabbitMQ's name."""

    address: str = ""
    is_loopback: bool = True
    protocol: str = AMQP


class Logins:
    """The attempts to log in at one broker, and how each ends."""

    def __init__(self, users: Users, clock: Callable[[], float], entry: Entry) -> None:
        self.attempts = Attempts(clock, entry.patience)
        self._users = users
        self._loopback_users = entry.loopback_users

    def with_password(self, name: str, password: str, source: Source) -> User:
        """The account. Raises AccessRefused."""
        if self.attempts.are_held_back(source.address, name):
            self.attempts.held_back(source.address, name, source.protocol)
            raise AccessRefused(f"too many attempts from there have failed; user '{name}'")
        return self._admit(name, self._users.authenticate(name, password), source)

    def with_certificate(self, name: str, source: Source) -> User:
        """The account that a client's TLS certificate stands for. Raises AccessRefused."""
        return self._admit(name, self._users.get(name), source)

    def _admit(self, name: str, user: User | None, source: Source) -> User:
        reason = self._refusal(name, user, source)
        if user is None or reason:
            self.attempts.failed(source.address, name, source.protocol)
            raise AccessRefused(reason)
        self.attempts.succeeded(source.address, name, source.protocol)
        return user

    def _refusal(self, name: str, user: User | None, source: Source) -> str:
        if user is None:
            return f"user '{name}' - invalid credentials"
        if name in self._loopback_users and not source.is_loopback:
            return f"user '{name}' can only connect via localhost"
        return ""
