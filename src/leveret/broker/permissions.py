"""What a user may do in a vhost: three patterns, each asked of a resource's name.

A pattern is a regular expression that may match anywhere in the name; the empty pattern matches
only the empty name. The default exchange's name is asked as `amq.default`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

Right: TypeAlias = Literal["configure", "write", "read"]

DEFAULT_EXCHANGE_RESOURCE: Final = "amq.default"


@dataclass(frozen=True, slots=True)
class Permission:
    """The three patterns of one user in one vhost."""

    configure: str
    write: str
    read: str

    def allows(self, right: Right, resource: str) -> bool:
        pattern: str = getattr(self, right)
        return _compiled(pattern).search(resource or DEFAULT_EXCHANGE_RESOURCE) is not None


# Decisions kept for reuse; a busy node asks about a few hundred names.
DECISIONS_MAX: Final = 16_384

EVERYTHING: Final = Permission(configure=".*", write=".*", read=".*")


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern or "^$")


class Permissions:
    """The permissions of a broker, by user and vhost. Decisions are kept until a change."""

    def __init__(self) -> None:
        self._granted: dict[tuple[str, str], Permission] = {}
        self._decisions: dict[tuple[str, str, Right, str], bool] = {}

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
