"""How the engines hang together: who has a route to whom, who leads them, who follows.

A cluster in which two servers miss each other may look healthy for long: a third passes on what
they decide, but what one asks of the other is lost. Pure: what servers said in, values out.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mesh:
    """missing: pairs of servers without a route, either of them said to be there."""

    reached: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, servers: tuple[str, ...], answers: Mapping[str, Json]) -> Mesh:
        """answers: what each server says of its routes (ROUTEZ)."""
        routes = {
            frozenset((server, route.get("remote_name", "")))
            for server, told in answers.items()
            for route in told.get("routes") or ()
        }
        pairs = combinations(sorted(servers), 2)
        return cls(
            tuple(sorted(set(servers).intersection(answers))),
            tuple(pair for pair in pairs if frozenset(pair) not in routes),
        )

    @property
    def is_full(self) -> bool:
        return not self.missing

    @property
    def missing_text(self) -> str:
        return ", ".join(f"no route between {one} and {other}" for one, other in self.missing)


@dataclass(frozen=True, slots=True)
class Follower:
    """A server that is led. lag: of how many decisions it does not know yet."""

    server: str
    is_current: bool
    is_offline: bool
    lag: int


@dataclass(frozen=True, slots=True)
class Meta:
    """The group of all servers. leader: as the leader itself says, None when none is reached.

    reached: the servers that answered. size: how many members it has, 0 when nobody knows.
    """

    leader: str | None
    reached: tuple[str, ...]
    size: int
    followers: tuple[Follower, ...]

    @classmethod
    def of(cls, server: str, answers: Mapping[str, Json]) -> Meta:
        """answers: what each server says of JetStream (JSZ). server: whom to believe first."""
        by_trust = sorted(answers, key=lambda name: name != server)
        groups = {name: answers[name].get("meta_cluster") or {} for name in by_trust}
        leader = next((name for name in by_trust if groups[name].get("leader") == name), None)
        if leader is None:
            return cls(None, tuple(sorted(answers)), cls.size_of(answers), ())
        led = groups[leader]
        followers = _followers(led.get("replicas") or ())
        return cls(leader, tuple(sorted(answers)), led.get("cluster_size", 1), followers)

    @staticmethod
    def size_of(answers: Mapping[str, Json]) -> int:
        """How many answers there should be, as far as these know."""
        told = (
            (each.get("meta_cluster") or {}).get("cluster_size", 1) for each in answers.values()
        )
        return max(told, default=1)

    @property
    def has_majority(self) -> bool:
        """As far as is seen from here: a leader that has lost it believes in itself for 10 s."""
        return self.leader is not None and 2 * len(self.reached) > self.size

    def missing_text(self, servers: tuple[str, ...]) -> str:
        """What it takes until all of these follow a leader; empty when they do."""
        if self.leader is None:
            return "nobody leads"
        following = {each.server for each in self.followers if each.is_current}
        late = sorted(set(servers) - following - {self.leader})
        return f"{', '.join(late)}: not up to date" if late else ""


def _followers(told: object) -> tuple[Follower, ...]:
    assert isinstance(told, list | tuple)
    return tuple(
        Follower(
            each["name"], each.get("current", False), each.get("offline", False), each.get("lag", 0)
        )
        for each in told
    )
