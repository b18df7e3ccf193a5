"""Which nodes a queue is to be on, by its type, its arguments and its policy.

    ha-mode all                   every member, five at most
    ha-mode exactly N             N members; three for two, since of two none may go
    ha-mode nodes [..]            these, as far as they are members; else where it is
    x-queue-type quorum           x-quorum-initial-group-size members, three if it does not say
    x-queue-type stream           x-initial-cluster-size members, all if it does not say: when it
                                  is declared; afterwards as many as it has
    anything else, and exclusive  one: the messages are in that node's own engine

ha-sync-mode and ha-promote-on-... ask for nothing here: a copy is always in step as far as a
majority has what was confirmed, and nobody leads who has not all of that.

Rule: a queue stays where it is as far as it can: a member that is down keeps its copy, which it
comes back with.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leveret.broker.arguments import CLASSIC, QUORUM, STREAM, queue_type

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from leveret.broker.changes import QueueDeclared
    from leveret.broker.queues.queue import QueueOptions
    from leveret.cluster.metadata.changes import QueueHoused
    from leveret.wire.values import Value

# The engine keeps no more copies of a log.
COPIES_MAX: Final = 5
# The fewest copies of which one may go without harm.
COPIES_SAFE: Final = 3
# Of a quorum queue that does not say how many it wants (RabbitMQ's default).
QUORUM_SIZE: Final = 3

CLIENT_LOCAL: Final = "client-local"
RANDOM: Final = "random"


@dataclass(frozen=True, slots=True)
class Cluster:
    """members: all names on the roll, in the order of the alphabet. living: those that run, as
    seen from here. housings: where all queues are. aside: who is under maintenance."""

    members: tuple[str, ...]
    living: frozenset[str]
    housings: Collection[QueueHoused]
    aside: frozenset[str] = frozenset()

    @property
    def able(self) -> frozenset[str]:
        """Those that run and may be asked to lead."""
        return self.living - self.aside

    def leaderships(self) -> Counter[str]:
        """How many queues each node is the home of, or leads."""
        return Counter(each.node for each in self.housings)

    def copies(self) -> Counter[str]:
        """How many queues each node keeps messages of."""
        return Counter(node for each in self.housings for node in nodes_of(each))


@dataclass(frozen=True, slots=True)
class Locators:
    """Where queues begin of which neither an argument nor a policy says it.

    classic: client-local, min-masters or random. replicated: the same of quorum queues and streams:
    client-local, balanced, or another word for that.
    """

    classic: str = CLIENT_LOCAL
    replicated: str = CLIENT_LOCAL

    def of(self, kind: str) -> str:
        return self.classic if kind == CLASSIC else self.replicated


@dataclass(frozen=True, slots=True)
class Asked:
    """What is said of a queue. policy: the definition that applies to it."""

    options: QueueOptions
    policy: Mapping[str, Value]

    @property
    def kind(self) -> str:
        return queue_type(self.options.arguments)

    @property
    def may_have_copies(self) -> bool:
        """What goes with one connection is on that connection's node alone."""
        return not self.options.exclusive


def is_stream(declared: QueueDeclared) -> bool:
    """Whether it is one."""
    return queue_type(declared.options.arguments) == STREAM


def stays(declared: QueueDeclared) -> bool:
    """Whether it stays where it began, in a log or in one node's engine: a stream, as its offsets
    lie there, and a transient queue, whose messages no engine keeps."""
    return is_stream(declared) or not declared.options.durable


def nodes_of(housed: QueueHoused) -> tuple[str, ...]:
    """Where the messages are."""
    return housed.members if housed.log else (housed.node,)


def wanted(asked: Asked, housed: QueueHoused, cluster: Cluster) -> tuple[str, ...]:
    """The nodes that are to have the queue's messages, in the order of the alphabet. One alone is
    to have them in its own engine; more have a log."""
    if not asked.may_have_copies or not cluster.members:
        return (housed.node,)
    if asked.kind == CLASSIC and asked.policy.get("ha-mode") == "nodes":
        named = _named(asked, cluster.members)
        return tuple(sorted(named[:COPIES_MAX])) or (housed.node,)
    count = _safe_count(_count(asked, housed, cluster), cluster)
    if count == 1 and housed.node in cluster.members:
        return (housed.node,)
    if count == len(cluster.members):
        return cluster.members
    return tuple(sorted(_by_preference(housed, cluster)[:count]))


def _count(asked: Asked, housed: QueueHoused, cluster: Cluster) -> int:
    arguments, everywhere = asked.options.arguments, len(cluster.members)
    if asked.kind == QUORUM:
        return _number(arguments.get("x-quorum-initial-group-size"), QUORUM_SIZE)
    if asked.kind == STREAM and housed.log:
        # What it began with counts, and no policy that came later.
        return max(2, len(housed.members))
    if asked.kind == STREAM:
        by_policy = _number(asked.policy.get("initial-cluster-size"), everywhere)
        return _number(arguments.get("x-initial-cluster-size"), by_policy)
    match asked.policy.get("ha-mode"):
        case "all":
            return everywhere
        case "exactly":
            return _number(asked.policy.get("ha-params"), 1)
    return 1


def _safe_count(count: int, cluster: Cluster) -> int:
    """Of two copies neither may go: three cost little more."""
    if count > 1:
        count = max(count, COPIES_SAFE)
    return min(max(count, 1), len(cluster.members), COPIES_MAX)


def _number(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) and value > 0 else otherwise


def _named(asked: Asked, among: Iterable[str]) -> list[str]:
    """The nodes that the policy names, in its order."""
    names = asked.policy.get("ha-params")
    there = set(among)
    return [each for each in names if each in there] if isinstance(names, list) else []


def _by_preference(housed: QueueHoused, cluster: Cluster) -> list[str]:
    """Its leader, who else has it, who is there, who has least."""
    copies = cluster.copies()
    has_it = set(nodes_of(housed))

    def key(node: str) -> tuple[bool, bool, bool, int, str]:
        rank = (node != housed.node, node not in has_it, node not in cluster.living)
        return (*rank, copies[node], node)

    return sorted(cluster.members, key=key)


# A new queue's home ------------------------------------------------------------------------------


def home(
    asked: Asked,
    here: str,
    cluster: Cluster,
    locators: Locators,
    choose: Callable[[Sequence[str]], str],
) -> str:
    """Where a queue that is declared on this node begins. locators: what holds where nobody says
    anything. choose: one of these at random."""
    if asked.options.exclusive:
        return here
    among = _candidates(asked, here, cluster)
    said = _locator(asked) or locators.of(asked.kind)
    if said == CLIENT_LOCAL and here in among:
        return here
    # Where all are under maintenance, it is one of those.
    among = [node for node in among if node not in cluster.aside] or among
    return choose(among) if said == RANDOM else _least(among, cluster)


def _candidates(asked: Asked, here: str, cluster: Cluster) -> list[str]:
    """Nodes that run: those that the policy names, if any of them does."""
    living = sorted(cluster.living & set(cluster.members)) or [here]
    if asked.kind == CLASSIC and asked.policy.get("ha-mode") == "nodes":
        return _named(asked, living) or living
    return living


def _locator(asked: Asked) -> str | None:
    """client-local, random; or min-masters, balanced, least-leaders, which are one here."""
    key = "queue-master-locator" if asked.kind == CLASSIC else "queue-leader-locator"
    said = asked.options.arguments.get(f"x-{key}", asked.policy.get(key))
    return said if isinstance(said, str) else None


def _least(among: Sequence[str], cluster: Cluster) -> str:
    leaderships = cluster.leaderships()
    return min(among, key=lambda node: (leaderships[node], node))
