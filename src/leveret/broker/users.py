"""Users: names, password hashes, tags.

Rule: a wrong name, a wrong password and an account without one are refused alike and take as long.
What a user may do stands in permissions.py; what a hash is, in passwords.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from leveret.broker import announcing
from leveret.broker.changes import UserRemoved, UserSet
from leveret.broker.errors import NotFound, PreconditionFailed
from leveret.broker.passwords import (
    ALGORITHMS,
    NO_PASSWORD,
    SALT_BYTES,
    SHA256,
    hash_password,
    is_right,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from leveret.broker.keeper import Keeper

NO_TAGS: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class User:
    """One account.

    tags: any words; administrator, monitoring, policymaker, management and impersonator mean
        something.
    hashing_algorithm: of the password hash, by RabbitMQ's name.
    """

    name: str
    password_hash: bytes = NO_PASSWORD
    tags: frozenset[str] = NO_TAGS
    hashing_algorithm: str = SHA256


class Users:
    """The accounts of a broker, by name.

    keeper: the broker's, as all of them are durable.
    hashing_algorithm: what a new password is hashed with.
    """

    def __init__(
        self,
        random_bytes: Callable[[int], bytes],
        keeper: Keeper,
        hashing_algorithm: str = SHA256,
    ) -> None:
        self._random_bytes = random_bytes
        self._keeper = keeper
        self._hashing_algorithm = hashing_algorithm
        self._users: dict[str, User] = {}
        # Compared with when there is nothing to compare with, so that the answer takes as long.
        self._nobody = User("", self.hashed(""), hashing_algorithm=hashing_algorithm)

    def __iter__(self) -> Iterator[User]:
        return iter(self._users.values())

    def get(self, name: str) -> User | None:
        return self._users.get(name)

    def find(self, name: str) -> User:
        """The account. Raises NotFound."""
        user = self._users.get(name)
        if user is None:
            raise NotFound(f'User "{name}" does not exist')
        return user

    # Changes ---------------------------------------------------------------------------------

    def add(self, name: str, password: str, tags: frozenset[str] = NO_TAGS) -> User:
        """A new account, or a new password and tags for an old one."""
        return self.put(User(name, self.hashed(password), tags, self._hashing_algorithm))

    def put(self, user: User) -> User:
        """The account as it is told, new or not. Raises PreconditionFailed."""
        if user.hashing_algorithm not in ALGORITHMS:
            raise PreconditionFailed(
                f"user '{user.name}' has a password hash by '{user.hashing_algorithm}'; "
                f"known are {', '.join(sorted(ALGORITHMS))}"
            )
        before = self._users.get(user.name)
        self.place(user)
        told = UserSet(user.name, user.password_hash, user.tags, user.hashing_algorithm)
        self._keeper.commit(("user", user.name), told)
        announcing.user_set(self._keeper.events, before, user)
        return user

    def set_password(self, name: str, password: str) -> User:
        """Raises NotFound."""
        return self.set_password_hash(name, self.hashed(password), self._hashing_algorithm)

    def clear_password(self, name: str) -> User:
        """Nobody logs in to the account with a password any more. Raises NotFound."""
        return self.set_password_hash(name, NO_PASSWORD, self._hashing_algorithm)

    def set_password_hash(self, name: str, password_hash: bytes, algorithm: str) -> User:
        """A hash made elsewhere. Raises NotFound, and PreconditionFailed for the algorithm."""
        user = self.find(name)
        return self.put(replace(user, password_hash=password_hash, hashing_algorithm=algorithm))

    def set_tags(self, name: str, tags: frozenset[str]) -> User:
        """Raises NotFound."""
        return self.put(replace(self.find(name), tags=tags))

    def remove(self, name: str) -> None:
        """The account and all its permissions go; one that is not there is no error."""
        if self.forget(name):
            self._keeper.commit(("user", name), UserRemoved(name))

    # Told to nobody --------------------------------------------------------------------------

    def place(self, user: User) -> None:
        """The account as it is."""
        self._users[user.name] = user

    def forget(self, name: str) -> bool:
        """True when there was such an account."""
        return self._users.pop(name, None) is not None

    # Who is it -------------------------------------------------------------------------------

    def authenticate(self, name: str, password: str) -> User | None:
        """The account, or None, which says nothing about what was wrong.

        An empty password is never right, whatever the hash.
        """
        user = self._users.get(name, self._nobody)
        known = user if user.password_hash else self._nobody
        is_proven = is_right(password, known.password_hash, known.hashing_algorithm)
        return user if is_proven and password and known is not self._nobody else None

    def hashed(self, password: str) -> bytes:
        """What is kept of a new password."""
        salt = self._random_bytes(SALT_BYTES)
        return hash_password(password, salt, self._hashing_algorithm)
