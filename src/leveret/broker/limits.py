"""Limits of a vhost (connections, queues) and of a user (connections, channels).

-1, any other number below zero, and no limit at all are the same: none. 0 allows nothing. They
hold from now on: what is there already stays.

A vhost's limits are a runtime parameter (parameters.py), a user's belong to the user.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.broker.changes import VHOST_LIMITS, UserLimitsSet
from leveret.broker.errors import InvalidParameter, NotFound
from leveret.broker.json_terms import spell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leveret.broker.keeper import Keeper
    from leveret.broker.parameters import Parameters
    from leveret.broker.users import Users
    from leveret.wire.values import Value

# RabbitMQ's component and name of a vhost's limits among the runtime parameters.
VHOST_LIMITS_NAME: Final = "limits"

# In the order of RabbitMQ's complaints.
_OF_VHOST: Final = ("max-queues", "max-connections")
_OF_USER: Final = ("max-channels", "max-connections")
NO_LIMITS: Final[Mapping[str, int]] = {}


def vhost_complaints(value: Value, name: str = VHOST_LIMITS_NAME) -> list[str]:
    """What is wrong with a vhost's limits, in RabbitMQ's words."""
    return _complaints(value, name, _OF_VHOST)


def _complaints(value: Value, name: str, known: tuple[str, ...]) -> list[str]:
    if not isinstance(value, dict):
        return [f"{name} not a list {spell(value)}"]
    strange = [f"{{{spell(key)},{spell(each)}}}" for key, each in value.items() if key not in known]
    found = [f"Unrecognised terms [{','.join(strange)}] in {name}"] if strange else []
    return found + [
        f"{key} should be a number, actually was {spell(value[key])}"
        for key in known
        if key in value and (not isinstance(value[key], int) or isinstance(value[key], bool))
    ]


class Limits:
    """The limits of all vhosts and users."""

    def __init__(self, parameters: Parameters, users: Users, keeper: Keeper) -> None:
        self._parameters = parameters
        self._users = users
        self._keeper = keeper
        self._of_user: dict[str, Mapping[str, int]] = {}

    # Of vhosts -------------------------------------------------------------------------------

    def of_vhost(self, name: str) -> Mapping[str, int]:
        """By name: max-connections, max-queues."""
        found = self._parameters.get(VHOST_LIMITS, name, VHOST_LIMITS_NAME)
        return as_limits(found)

    def set_vhost(self, name: str, limits: Mapping[str, Value]) -> None:
        """These, and no others. Raises NotFound, InvalidParameter."""
        self._parameters.set(VHOST_LIMITS, name, VHOST_LIMITS_NAME, dict(limits))

    def clear_vhost(self, name: str) -> None:
        """Raises NotFound where there are none."""
        self._parameters.clear(VHOST_LIMITS, name, VHOST_LIMITS_NAME)

    # Of users --------------------------------------------------------------------------------

    def of_user(self, name: str) -> Mapping[str, int]:
        """By name: max-connections, max-channels."""
        return self._of_user.get(name, NO_LIMITS)

    def check_user(self, limits: Mapping[str, Value]) -> None:
        """Raises InvalidParameter for what are no limits of a user."""
        found = _complaints(dict(limits), "user-limits", _OF_USER)
        if found:
            raise InvalidParameter("\n".join(found))

    def set_user(self, name: str, limits: Mapping[str, Value]) -> None:
        """These besides others that were set. Raises NotFound, InvalidParameter."""
        self._find_user(name)
        self.check_user(limits)
        self._keep_user(name, {**self.of_user(name), **as_limits(limits)})

    def clear_user(self, name: str, limit: str = "all") -> None:
        """One limit, or all; one that was not set is no error. Raises NotFound for the user."""
        self._find_user(name)
        left = {key: each for key, each in self.of_user(name).items() if limit not in ("all", key)}
        self._keep_user(name, left)

    def _find_user(self, name: str) -> None:
        if self._users.get(name) is None:
            raise NotFound(f'User "{name}" does not exist')

    def _keep_user(self, name: str, limits: Mapping[str, int]) -> None:
        self.place_user(name, limits)
        self._keeper.commit(("user limits", name), UserLimitsSet(name, limits))

    def place_user(self, name: str, limits: Mapping[str, int]) -> None:
        """Told to nobody."""
        if limits:
            self._of_user[name] = limits
        else:
            self.forget_user(name)

    def forget_user(self, name: str) -> None:
        self._of_user.pop(name, None)


def as_limits(value: Value | Mapping[str, Value]) -> Mapping[str, int]:
    """What was checked, as what it is."""
    if not isinstance(value, dict):
        return NO_LIMITS
    return {key: each for key, each in value.items() if isinstance(each, int)}


def is_reached(limits: Mapping[str, int], name: str, count: int) -> bool:
    """Whether there may be no more than these."""
    limit = limits.get(name, -1)
    return 0 <= limit <= count
