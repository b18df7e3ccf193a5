"""Attempts to log in: counted, and held back where too many have failed.

A source is an address; of IPv6 the first 64 bits, as one machine has all the others.

    source and name   so many failures within the window, and the name can't be tried from there
    source            ten times as many, whatever the names, and none can

Rule: nothing is remembered but failures, of a bounded number of sources, and only attempts that
were looked at count: who keeps trying while held back is let in as soon as who waits.
A password that is right is never held back for what others did elsewhere.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

# A source, and the name tried there; none for all names together.
_Place: TypeAlias = tuple[str, str | None]

# Sources, and names at sources, whose failures are remembered: a few megabytes at worst.
PLACES_MAX: Final = 10_000
# Of the names that are tried; the rest of a longer one makes no difference here.
NAME_KEPT: Final = 64
# A neighbour with one wrong password must not lock out everybody behind the same address.
NAMES_PER_SOURCE: Final = 10
_NETWORK_BITS: Final = 64
# What RabbitMQ calls the protocols that people log in with.
AMQP: Final = "amqp091"
HTTP: Final = "http"


@dataclass(frozen=True, slots=True)
class Patience:
    """failures: of one name from one source within window_s; 0 for any number."""

    failures: int = 10
    window_s: float = 60.0


DEFAULT_PATIENCE: Final = Patience()


@dataclass(slots=True)
class Counts:
    """How attempts went; those that were held back have failed."""

    succeeded: int = 0
    failed: int = 0

    @property
    def all(self) -> int:
        return self.succeeded + self.failed


class Attempts:
    """The attempts at one broker.

    clock: the broker's seconds.
    by_source: per address, name and protocol, when they are asked for with `tracks_sources`.
    """

    def __init__(self, clock: Callable[[], float], patience: Patience) -> None:
        self.by_protocol: dict[str, Counts] = {}
        self.by_source: OrderedDict[tuple[str, str, str], Counts] = OrderedDict()
        self.tracks_sources = False
        self._clock = clock
        self._patience = patience
        # When, the oldest first; those who failed last stand last.
        self._failures: OrderedDict[_Place, deque[float]] = OrderedDict()

    def are_held_back(self, address: str, name: str) -> bool:
        """Whether another attempt is to be refused unseen."""
        source = source_of(address)
        return self._is_full((source, None)) or self._is_full((source, name[:NAME_KEPT]))

    @property
    def counts(self) -> Counts:
        """Of all protocols."""
        every = self.by_protocol.values()
        return Counts(sum(each.succeeded for each in every), sum(each.failed for each in every))

    def succeeded(self, address: str, name: str, protocol: str = AMQP) -> None:
        self._count((address, name, protocol), is_success=True)
        self._failures.pop((source_of(address), name[:NAME_KEPT]), None)

    def failed(self, address: str, name: str, protocol: str = AMQP) -> None:
        """It was looked at, and it was wrong."""
        self._count((address, name, protocol), is_success=False)
        if self._patience.failures:
            source = source_of(address)
            self._remember((source, None))
            self._remember((source, name[:NAME_KEPT]))

    def held_back(self, address: str, name: str, protocol: str = AMQP) -> None:
        """It was not looked at."""
        self._count((address, name, protocol), is_success=False)

    def forget(self) -> None:
        """Count from nothing; who is held back still is."""
        self.by_protocol.clear()
        self.by_source.clear()

    def _is_full(self, place: _Place) -> bool:
        failures = self._failures.get(place)
        if failures is None or len(failures) < self._limit(place):
            return False
        return self._clock() - failures[0] < self._patience.window_s

    def _remember(self, place: _Place) -> None:
        failures = self._failures.get(place)
        if failures is None:
            failures = self._failures[place] = deque(maxlen=self._limit(place))
        failures.append(self._clock())
        self._failures.move_to_end(place)
        if len(self._failures) > PLACES_MAX:
            self._failures.popitem(last=False)

    def _limit(self, place: _Place) -> int:
        return self._patience.failures * (NAMES_PER_SOURCE if place[1] is None else 1)

    def _count(self, origin: tuple[str, str, str], *, is_success: bool) -> None:
        """origin: address, name and protocol."""
        address, name, protocol = origin
        counted = [self.by_protocol.setdefault(protocol, Counts())]
        if self.tracks_sources:
            key = (address, name[:NAME_KEPT], protocol)
            counted.append(self.by_source.setdefault(key, Counts()))
            if len(self.by_source) > PLACES_MAX:
                self.by_source.popitem(last=False)
        for counts in counted:
            if is_success:
                counts.succeeded += 1
            else:
                counts.failed += 1


def source_of(address: str) -> str:
    """What an address is counted as."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), _NETWORK_BITS), strict=False))
