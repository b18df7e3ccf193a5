"""What a user may do in a vhost: three patterns, each asked of a resource's name.

A pattern (patterns.py) may match anywhere in the name; the empty pattern matches only the empty
name. The default exchange's name is asked as `amq.default`.
What a user may say to a topic exchange it may write to stands in topic_permissions.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from leveret.broker import patterns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Right: TypeAlias = Literal["configure", "write", "read"]

DEFAULT_EXCHANGE_RESOURCE: Final = "amq.default"
ONLY_EMPTY: Final = "^$"


@dataclass(frozen=True, slots=True)
class Permission:
    """The three patterns of one user in one vhost."""

    configure: str
    write: str
    read: str

    def check(self) -> None:
        """Raises InvalidPattern."""
        for pattern in (self.configure, self.write, self.read):
            patterns.check(pattern)

    def allows(self, right: Right, resource: str) -> bool:
        pattern: str = getattr(self, right)
        return patterns.matches(pattern or ONLY_EMPTY, resource or DEFAULT_EXCHANGE_RESOURCE)


# Decisions kept for reuse; a busy node asks about a few hundred names.
DECISIONS_MAX: Final = 16_384

EVERYTHING: Final = Permission(configure=".*", write=".*", read=".*")


class Permissions:
    """The permissions of a broker, by user and vhost. Decisions are kept until a change."""

    def __init__(self) -> None:
        self._granted: dict[tuple[str, str], Permission] = {}
        self._decisions: dict[tuple[str, str, Right, str], bool] = {}

    def __iter__(self) -> Iterator[tuple[str, str, Permission]]:
        """All of them, as user, vhost and permission."""
        for (user, vhost), permission in self._granted.items():
            yield user, vhost, permission

    def set(self, user: str, vhost: str, permission: Permission) -> None:
        self._granted[(user, vhost)] = permission
        self._decisions.clear()

    def clear(self, user: str, vhost: str) -> None:
        self._granted.pop((user, vhost), None)
        self._decisions.clear()

    def forget_user(self, user: str) -> None:
        self._keep(lambda key: key[0] != user)

    def forget_vhost(self, vhost: str) -> None:
        self._keep(lambda key: key[1] != vhost)

    def _keep(self, is_kept: Callable[[tuple[str, str]], bool]) -> None:
        self._granted = {key: each for key, each in self._granted.items() if is_kept(key)}
        self._decisions.clear()

    def get(self, user: str, vhost: str) -> Permission | None:
        """None when the user may not enter the vhost at all."""
        return self._granted.get((user, vhost))

    def allows(self, user: str, vhost: str, right: Right, resource: str) -> bool:
        question = (user, vhost, right, resource)
        known = self._decisions.get(question)
        if known is not None:
            return known
        if len(self._decisions) >= DECISIONS_MAX:
            self._decisions.clear()
        permission = self._granted.get((user, vhost))
        allowed = permission is not None and permission.allows(right, resource)
        self._decisions[question] = allowed
        return allowed
