"""Peer discovery: what a node that is alone does about the nodes that its configuration names.

Rule: of the nodes that are named only the first may begin a cluster; the others wait until they
find somebody who is in one. So nodes that start at once, in any order, never make two clusters.
Whoever is in a cluster already asks nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leveret.cluster.members.standing import Phase

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Join:
    through: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Ask again later. unheard: who has not answered."""

    unheard: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Begin:
    """Serve alone; who is named after this node comes and joins it."""


def decide(node: str, named: tuple[str, ...], heard: Mapping[str, Phase]) -> Join | Wait | Begin:
    """named: in their order in the configuration. heard: where those stand that have answered."""
    others = tuple(each for each in named if each != node)
    for each in others:
        if heard.get(each) is Phase.MEMBER:
            return Join(each)
    if not others or named[0] == node:
        return Begin()
    if heard.get(named[0]) is Phase.ALONE:
        return Join(named[0])
    return Wait(tuple(each for each in others if each not in heard))
