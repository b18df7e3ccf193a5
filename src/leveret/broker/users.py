"""Users: names, salted password hashes, tags.

A hash is RabbitMQ's: four octets of salt, then the SHA-256 of salt and password.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leveret.broker.changes import UserRemoved, UserSet

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.keeper import Keeper

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
    """The accounts of a broker, by name. keeper: the broker's, as all of them are durable."""

    def __init__(self, random_bytes: Callable[[int], bytes], keeper: Keeper) -> None:
        self._random_bytes = random_bytes
        self._keeper = keeper
        self._users: dict[str, User] = {}
        # Compared with when the name is unknown, so that the answer takes as long.
        self._nobody = User("", hash_password("", random_bytes(SALT_BYTES)))

    def add(self, name: str, password: str, tags: frozenset[str] = frozenset()) -> User:
        """A new account, or a new password and tags for an old one."""
        password_hash = hash_password(password, self._random_bytes(SALT_BYTES))
        user = User(name, password_hash, tags)
        self.place(user)
        self._keeper.commit(("user", name), UserSet(name, password_hash, tags))
        return user

    def place(self, user: User) -> None:
        """The account as it is, told to nobody."""
        self._users[user.name] = user

    def remove(self, name: str) -> None:
        """The account and all its permissions go; one that is not there is no error."""
        if self.forget(name):
            self._keeper.commit(("user", name), UserRemoved(name))

    def forget(self, name: str) -> bool:
        """True when there was such an account; told to nobody."""
        return self._users.pop(name, None) is not None

    def get(self, name: str) -> User | None:
        return self._users.get(name)

    def authenticate(self, name: str, password: str) -> User | None:
        """The account, or None for a wrong name or password; says nothing about which."""
        user = self._users.get(name, self._nobody)
        salt = user.password_hash[:SALT_BYTES]
        is_right = hmac.compare_digest(user.password_hash, hash_password(password, salt))
        return user if is_right and user is not self._nobody else None
