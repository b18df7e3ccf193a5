"""What a row of changes comes to: for each thing that is there, the change that says how it is.

    ledger.apply(change)      one more of the row
    ledger.changes()          as short a row that comes to the same: a snapshot
    old.way_to(new)           what makes the one the other: how a copy that went astray comes back

Rule: it is a value of what was said and asks nobody. What goes takes along what hangs on it, as
broker/changes.py has it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, TypeAlias

from leveret.broker.bindings import fingerprint
from leveret.broker.changes import (
    Bound,
    ExchangeDeclared,
    ExchangeDeleted,
    GlobalParameterCleared,
    GlobalParameterSet,
    ParameterCleared,
    ParameterSet,
    PermissionCleared,
    PermissionSet,
    QueueDeclared,
    QueueDeleted,
    TopicPermissionCleared,
    TopicPermissionSet,
    Unbound,
    UserLimitsSet,
    UserRemoved,
    UserSet,
    VhostAdded,
    VhostDescribed,
    VhostRemoved,
)
from leveret.broker.vhost_metadata import NO_METADATA
from leveret.cluster.metadata.changes import QueueHoused, RollSet
from leveret.cluster.metadata.codec import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from leveret.cluster.metadata.changes import SharedChange

    Ends: TypeAlias = Bound | Unbound
    # A thing's names within its section.
    Names: TypeAlias = tuple[str | bytes, ...]

# The kinds of changes that stay, each a section, in an order in which they can be applied.
SECTIONS: Final[tuple[type[SharedChange], ...]] = (
    RollSet,
    VhostAdded,
    VhostDescribed,
    UserSet,
    UserLimitsSet,
    PermissionSet,
    TopicPermissionSet,
    ParameterSet,
    GlobalParameterSet,
    ExchangeDeclared,
    QueueHoused,
    QueueDeclared,
    Bound,
)


class Ledger:
    """A state, as the changes that lead to it."""

    def __init__(self) -> None:
        self._sections: dict[type[SharedChange], dict[Names, SharedChange]] = {
            each: {} for each in SECTIONS
        }
        # The bindings at an end: by vhost and exchange, and by vhost, kind and name.
        self._leaving: defaultdict[Names, dict[Names, None]] = defaultdict(dict)
        self._arriving: defaultdict[Names, dict[Names, None]] = defaultdict(dict)

    def __len__(self) -> int:
        return sum(map(len, self._sections.values()))

    def changes(self) -> Iterator[SharedChange]:
        """A row of changes that comes to this."""
        for section in self._sections.values():
            yield from section.values()

    def copy(self) -> Ledger:
        """Another that goes its own way."""
        other = Ledger()
        for each in self.changes():
            other.apply(each)
        return other

    def housed(self, vhost: str, queue: str) -> QueueHoused | None:
        """Where the queue's messages are; None where nobody has said."""
        housed = self._sections[QueueHoused].get((vhost, queue))
        assert housed is None or isinstance(housed, QueueHoused)
        return housed

    def home_of(self, vhost: str, queue: str) -> str | None:
        """The node where the queue's messages are, or who leads their log."""
        housed = self.housed(vhost, queue)
        return housed.node if housed else None

    @property
    def last_number(self) -> int:
        """The highest number of any queue or exchange that is there; 0 for none."""
        queues = self._sections[QueueDeclared].values()
        exchanges = self._sections[ExchangeDeclared].values()
        found = (each for row in (queues, exchanges) for each in row)
        return max((_number(each) for each in found), default=0)

    # One more change -------------------------------------------------------------------------

    def apply(self, change: SharedChange) -> None:
        kind = type(change)
        if kind in self._sections:
            self._keep(change)
        else:
            self._remove(change)

    def _keep(self, change: SharedChange) -> None:
        names = names_of(change)
        if isinstance(change, UserLimitsSet) and not change.limits:
            self._sections[UserLimitsSet].pop(names, None)
            return
        self._sections[type(change)][names] = change
        if isinstance(change, Bound):
            self._leaving[_source(change)][names] = None
            self._arriving[_destination(change)][names] = None

    def _remove(self, change: SharedChange) -> None:  # noqa: C901  # one case for each kind
        match change:
            case VhostRemoved():
                self._remove_vhost(change.name)
            case UserRemoved():
                self._remove_user(change.name)
            case ExchangeDeleted():
                ends = (change.vhost, change.name)
                self._pop(ExchangeDeclared, ends)
                self._unbind(self._leaving[ends])
                self._unbind(self._arriving[change.vhost, "exchange", change.name])
            case QueueDeleted():
                self._pop(QueueDeclared, (change.vhost, change.name))
                self._pop(QueueHoused, (change.vhost, change.name))
                self._unbind(self._arriving[change.vhost, "queue", change.name])
            case Unbound():
                self._unbind({names_of(change): None})
            case PermissionCleared():
                self._pop(PermissionSet, names_of(change))
            case TopicPermissionCleared():
                self._pop(TopicPermissionSet, names_of(change))
            case ParameterCleared():
                self._pop(ParameterSet, names_of(change))
            case GlobalParameterCleared():
                self._pop(GlobalParameterSet, names_of(change))
            case _:
                raise AssertionError(f"that belongs to one node alone: {change}")

    def _pop(self, section: type[SharedChange], names: Names) -> None:
        self._sections[section].pop(names, None)

    def _unbind(self, gone: dict[Names, None]) -> None:
        for names in list(gone):
            binding = self._sections[Bound].pop(names, None)
            if isinstance(binding, Bound):
                _take_out(self._leaving, _source(binding), names)
                _take_out(self._arriving, _destination(binding), names)

    def _remove_user(self, name: str) -> None:
        for section in (UserSet, UserLimitsSet, PermissionSet, TopicPermissionSet):
            self._keep_those(section, lambda names: names[0] != name)

    def _remove_vhost(self, name: str) -> None:
        for names in list(self._sections[Bound]):
            if names[0] == name:
                self._unbind({names: None})
        named_first = (VhostAdded, VhostDescribed, ExchangeDeclared, QueueHoused, QueueDeclared)
        for section in named_first:
            self._keep_those(section, lambda names: names[0] != name)
        for other in (PermissionSet, TopicPermissionSet, ParameterSet):
            self._keep_those(other, lambda names: names[1] != name)

    def _keep_those(self, section: type[SharedChange], is_kept: Callable[[Names], bool]) -> None:
        kept = self._sections[section]
        self._sections[section] = {names: kept[names] for names in kept if is_kept(names)}

    # From one to another ---------------------------------------------------------------------

    def way_to(self, other: Ledger) -> list[SharedChange]:
        """What makes this the other: first what goes, then what comes."""
        left, way = self.copy(), []
        for section in reversed(SECTIONS):
            for names, change in self._sections[section].items():
                is_there = names in left._sections[section]
                if is_there and _must_go(change, other._sections[section].get(names)):
                    for each in _undone(change):
                        left.apply(each)
                        way.append(each)
        for change in other.changes():
            known = left._sections[type(change)].get(names_of(change))
            if known is None or encode(known) != encode(change):
                way.append(change)
        return way


def _must_go(change: SharedChange, wanted: SharedChange | None) -> bool:
    """Whether it is to be gone, or is to come again as another."""
    if wanted is None:
        return True
    is_made_once = isinstance(change, ExchangeDeclared | QueueDeclared)
    return is_made_once and encode(change) != encode(wanted)


def _undone(  # noqa: C901, PLR0911  # one line for each kind of thing
    change: SharedChange,
) -> list[SharedChange]:
    """What takes it away again."""
    match change:
        case VhostAdded():
            return [VhostRemoved(change.name)]
        case VhostDescribed():
            return [VhostDescribed(change.name, NO_METADATA)]
        case UserSet():
            return [UserRemoved(change.name)]
        case UserLimitsSet():
            return [UserLimitsSet(change.user, {})]
        case PermissionSet():
            return [PermissionCleared(change.user, change.vhost)]
        case TopicPermissionSet():
            return [TopicPermissionCleared(change.user, change.vhost, change.exchange)]
        case ParameterSet():
            return [ParameterCleared(change.component, change.vhost, change.name)]
        case GlobalParameterSet():
            return [GlobalParameterCleared(change.name)]
        case ExchangeDeclared():
            return [ExchangeDeleted(change.vhost, change.name)]
        case QueueDeclared():
            return [QueueDeleted(change.number, change.vhost, change.name)]
        case Bound():
            ends = (change.source, change.destination_kind, change.destination)
            return [Unbound(change.vhost, *ends, change.routing_key, change.arguments)]
        case _:
            # Where a queue was goes with the queue; a cluster has its roll to its end.
            return []


def names_of(change: SharedChange) -> Names:  # noqa: C901, PLR0911  # one line each
    """What tells a thing from others of its section."""
    match change:
        case RollSet():
            return ()
        case VhostAdded() | VhostDescribed() | UserSet():
            return (change.name,)
        case UserLimitsSet():
            return (change.user,)
        case PermissionSet() | PermissionCleared():
            return (change.user, change.vhost)
        case TopicPermissionSet() | TopicPermissionCleared():
            return (change.user, change.vhost, change.exchange)
        case ParameterSet() | ParameterCleared():
            return (change.component, change.vhost, change.name)
        case GlobalParameterSet() | GlobalParameterCleared():
            return (change.name,)
        case ExchangeDeclared() | QueueDeclared() | QueueHoused():
            return (change.vhost, change.name)
        case Bound() | Unbound():
            ends = (change.vhost, change.source, change.destination_kind, change.destination)
            return (*ends, change.routing_key, fingerprint(change.arguments))
        case _:
            raise AssertionError(f"nothing of it stays: {change}")


def _number(change: SharedChange) -> int:
    assert isinstance(change, ExchangeDeclared | QueueDeclared)
    return change.number


def _source(binding: Ends) -> Names:
    return (binding.vhost, binding.source)


def _destination(binding: Ends) -> Names:
    return (binding.vhost, binding.destination_kind, binding.destination)


def _take_out(index: defaultdict[Names, dict[Names, None]], end: Names, names: Names) -> None:
    index[end].pop(names, None)
    if not index[end]:
        del index[end]
