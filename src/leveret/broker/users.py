"""Users: names, salted password hashes, tags.

A hash is RabbitMQ's: four octets of salt, then the SHA-256 of salt and password.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

SALT_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class User:
    """One account. `tags` are RabbitMQ's: administrator, monitoring, ..., impersonator."""

    name: str
    password_hash: bytes
    tags: frozenset[str] = frozenset()


def hash_password(password: str, salt: bytes) -> bytes:
    """Salt and digest, as RabbitMQ stores them."""
    return salt + hashlib.sha256(salt + password.encode()).digest()


class Users:
    """The accounts of a broker, by name."""

    def __init__(self, random_bytes: Callable[[int], bytes]) -> None:
        self._random_bytes = random_bytes
        self._users: dict[str, User] = {}
        # Compared with when the name is unknown, so that the answer takes as long.
        self._nobody = User("", hash_password("", random_bytes(SALT_BYTES)))

    def add(self, name: str, password: str, tags: frozenset[str] = frozenset()) -> User:
        """A new account, or a new password and tags for an old one."""
        password_hash = hash_password(password, self._random_bytes(SALT_BYTES))
        user = self._users[name] = User(name, password_hash, tags)
        return user

    def get(self, name: str) -> User | None:
        return self._users.get(name)

    def authenticate(self, name: str, password: str) -> User | None:
        """The account, or None for a wrong name or password; says nothing about which."""
        user = self._users.get(name, self._nobody)
        salt = user.password_hash[:SALT_BYTES]
        is_right = hmac.compare_digest(user.password_hash, hash_password(password, salt))
        return user if is_right and user is not self._nobody else None
