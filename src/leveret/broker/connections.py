"""Who is connected: every session that is in a vhost, by user and by vhost.

Asked when a limit counts connections or channels, and when a user or a vhost goes and its
connections go with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from leveret.broker.latest import nothing_yet

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Iterator, Sized

    from leveret.broker.access import Access
    from leveret.broker.ended import Ended


class Connected(Protocol):
    """A session that connection.open has let in."""

    @property
    def access(self) -> Access: ...

    @property
    def channels(self) -> Sized: ...

    def close_forced(self, reason: str) -> None:
        """Ask the peer to go, whatever it is about."""


class Connections:
    """All sessions in any vhost of a broker, in the order they came. ended: the last that were."""

    def __init__(self) -> None:
        self.ended: deque[Ended] = nothing_yet()
        self._of_user: dict[str, dict[Connected, None]] = {}
        self._in_vhost: dict[str, dict[Connected, None]] = {}

    def add(self, connection: Connected) -> None:
        user, vhost = _place(connection)
        self._of_user.setdefault(user, {})[connection] = None
        self._in_vhost.setdefault(vhost, {})[connection] = None

    def discard(self, connection: Connected) -> None:
        """It has gone; one that never was there is no error."""
        user, vhost = _place(connection)
        _discard(self._of_user, user, connection)
        _discard(self._in_vhost, vhost, connection)

    def __iter__(self) -> Iterator[Connected]:
        return iter([each for row in self._in_vhost.values() for each in row])

    def __len__(self) -> int:
        return sum(len(row) for row in self._in_vhost.values())

    def of_user(self, name: str) -> list[Connected]:
        return list(self._of_user.get(name, ()))

    def in_vhost(self, name: str) -> list[Connected]:
        return list(self._in_vhost.get(name, ()))

    def count_of_user(self, name: str) -> int:
        return len(self._of_user.get(name, ()))

    def count_in_vhost(self, name: str) -> int:
        return len(self._in_vhost.get(name, ()))

    def channels(self) -> int:
        """How many channels are open."""
        return sum(len(each.channels) for row in self._in_vhost.values() for each in row)

    def channels_of_user(self, name: str) -> int:
        """How many channels the user has open, on all its connections."""
        return sum(len(each.channels) for each in self._of_user.get(name, ()))


def _place(connection: Connected) -> tuple[str, str]:
    access = connection.access
    return access.user.name, access.vhost.name


def _discard(places: dict[str, dict[Connected, None]], name: str, connection: Connected) -> None:
    there = places.get(name)
    if there is None:
        return
    there.pop(connection, None)
    if not there:
        del places[name]
