"""What a user may say to a topic exchange: two patterns, asked of the routing key.

    write  the routing keys of what it publishes, those in CC and BCC included
    read   the routing keys of the bindings it makes and takes away

Rule: they narrow what permissions.py allows and never widen it; a user without any for an exchange
is not narrowed. A pattern may say {username}, {vhost} and, where the protocol has one, {client_id}.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from leveret.broker import patterns
from leveret.broker.permissions import ONLY_EMPTY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

TopicRight: TypeAlias = Literal["write", "read"]
# User, vhost and exchange.
TopicKey: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class TopicPermission:
    """The two patterns of one user for one topic exchange of one vhost."""

    write: str
    read: str

    def check(self) -> None:
        """Raises InvalidPattern."""
        for pattern in (self.write, self.read):
            patterns.check(pattern)

    def allows(self, right: TopicRight, routing_key: str, variables: Mapping[str, str]) -> bool:
        pattern = self.write if right == "write" else self.read
        try:
            return patterns.matches(expand(pattern or ONLY_EMPTY, variables), routing_key)
        except patterns.InvalidPattern:
            # What a variable stands for made it one.
            return False


def expand(pattern: str, variables: Mapping[str, str]) -> str:
    """As RabbitMQ does: one variable after the other, each taken as a part of the pattern."""
    for name in sorted(variables):
        pattern = pattern.replace(f"{{{name}}}", variables[name])
    return pattern


class TopicPermissions:
    """The topic permissions of a broker."""

    def __init__(self) -> None:
        self._granted: dict[TopicKey, TopicPermission] = {}

    def __iter__(self) -> Iterator[tuple[TopicKey, TopicPermission]]:
        return iter(self._granted.items())

    def set(self, key: TopicKey, permission: TopicPermission) -> None:
        self._granted[key] = permission

    def clear(self, key: TopicKey) -> bool:
        """True when there was one."""
        return self._granted.pop(key, None) is not None

    def forget_user(self, user: str) -> None:
        self._keep(lambda key: key[0] != user)

    def forget_vhost(self, vhost: str) -> None:
        self._keep(lambda key: key[1] != vhost)

    def _keep(self, is_kept: Callable[[TopicKey], bool]) -> None:
        self._granted = {key: each for key, each in self._granted.items() if is_kept(key)}

    def get(self, key: TopicKey) -> TopicPermission | None:
        return self._granted.get(key)

    def of(self, user: str, vhost: str) -> list[str]:
        """The exchanges that it has some for."""
        return [
            exchange for each, place, exchange in self._granted if (each, place) == (user, vhost)
        ]

    def allows(self, key: TopicKey, right: TopicRight, routing_key: str) -> bool:
        permission = self._granted.get(key)
        if permission is None:
            return True
        user, vhost, _exchange = key
        return permission.allows(right, routing_key, {"username": user, "vhost": vhost})
