"""The roll of a cluster: its members, one after the other as they came.

Rule: a roll is never changed; each change makes the next one, with a revision one higher, and of
two rolls of one cluster the higher is right. An incarnation is given once: who was forgotten and
comes again under its name is another member, so that no engine takes it for the one that is gone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class MembershipRefused(Exception):
    """The members stay as they are; reason: a word for why. The message is RabbitMQ's."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Place:
    """Where the others reach a node: links at node_port, its engine's routes at route_port."""

    host: str
    node_port: int
    route_port: int


@dataclass(frozen=True, slots=True)
class Member:
    node: str
    incarnation: int
    place: Place


@dataclass(frozen=True, slots=True)
class Roll:
    """given: the highest incarnation that each name ever had in this cluster."""

    cluster: str  # Of this cluster alone, whatever it is named: drawn when it was founded.
    revision: int
    members: tuple[Member, ...]
    given: Mapping[str, int]

    @property
    def nodes(self) -> tuple[str, ...]:
        return tuple(each.node for each in self.members)

    def find(self, node: str) -> Member | None:
        return next((each for each in self.members if each.node == node), None)

    def with_member(self, node: str, place: Place) -> Roll:
        """Somebody joins."""
        if self.find(node):
            raise MembershipRefused(
                "already_member", "The node is already a member of this cluster"
            )
        incarnation = self.given.get(node, 0) + 1
        return replace(
            self,
            revision=self.revision + 1,
            members=(*self.members, Member(node, incarnation, place)),
            given={**self.given, node: incarnation},
        )

    def without(self, node: str) -> Roll:
        """Somebody leaves, or is forgotten."""
        if not self.find(node):
            raise MembershipRefused(
                "not_a_cluster_node", "The node selected is not in the cluster."
            )
        if len(self.members) == 1:
            raise MembershipRefused("last_member", "The last member of a cluster cannot be removed")
        staying = tuple(each for each in self.members if each.node != node)
        return replace(self, revision=self.revision + 1, members=staying)

    def moved(self, node: str, place: Place) -> Roll:
        """A member listens elsewhere than before; it stays who it is."""
        known = self.find(node)
        if not known:
            raise MembershipRefused(
                "not_a_cluster_node", "The node selected is not in the cluster."
            )
        if known.place == place:
            return self
        members = tuple(
            replace(each, place=place) if each is known else each for each in self.members
        )
        return replace(self, revision=self.revision + 1, members=members)


def found(cluster: str, node: str, place: Place) -> Roll:
    """The roll of a cluster of one, to which others may come."""
    return Roll(cluster, 1, (Member(node, 1, place),), {node: 1})
