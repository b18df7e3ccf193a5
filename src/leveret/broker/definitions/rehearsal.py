"""What an import would do to a broker, found out on another one.

RabbitMQ stops at the first entry that it refuses and keeps what it did until then. Here the
document is played through first, on a broker of its own in memory that knows of the real one what
the document speaks of. So every fault is told, not only the first, by the checks that really are
made, and a document with one fault changes nothing.

An entry is to be made, or it is there already, or it is skipped, or it is at fault.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from leveret.broker import arguments
from leveret.broker.broker import Broker
from leveret.broker.definitions.document import (
    SECTION_OF,
    DefinedBinding,
    DefinedExchange,
    DefinedPermission,
    DefinedQueue,
    DefinedTopicPermission,
    DefinedUser,
    DefinedVhost,
    Remark,
)
from leveret.broker.definitions.making import binding_in, make, vhost_of
from leveret.broker.errors import NotFound, PreconditionFailed, Refused
from leveret.broker.names import RESERVED_PREFIX
from leveret.broker.passwords import is_right

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from leveret.broker.bindings import Binding
    from leveret.broker.definitions.document import Entry
    from leveret.broker.vhost import Vhost

_ORDER: Final = {kind: place for place, kind in enumerate(SECTION_OF)}


@dataclass(slots=True)
class Plan:
    """What is to be done.

    entries: to be made, in this order. unchanged: how many are there already, by section.
    faults: with a single one nothing is done.
    """

    entries: list[Entry] = field(default_factory=list)
    unchanged: Counter[str] = field(default_factory=Counter)
    skipped: list[Remark] = field(default_factory=list)
    faults: list[Remark] = field(default_factory=list)


class _Skipped(Exception):
    """The entry alone is left out, and the reason is told."""


class Rehearsal:
    """Plays documents, one after the other, on a stage that is furnished from the real broker as
    they need it. The real one stays as it is."""

    def __init__(self, real: Broker) -> None:
        self._real = real
        self._stage = Broker(real.agenda.clock, real.random_bytes)

    def plan(self, entries: Iterable[Entry]) -> Plan:
        """What importing the entries comes to, after those that were played before."""
        plan = Plan()
        for entry in sorted(entries, key=lambda entry: _ORDER[type(entry)]):
            self._play(entry, plan)
        return plan

    def _play(self, entry: Entry, plan: Plan) -> None:
        section = SECTION_OF[type(entry)]
        try:
            if self._is_there(entry):
                plan.unchanged[section] += 1
                return
            make(self._stage, entry)
        except _Skipped as skipped:
            plan.skipped.append(Remark(section, str(entry), str(skipped)))
        except Refused as refused:
            plan.faults.append(Remark(section, str(entry), str(refused)))
        else:
            plan.entries.append(entry)

    def _is_there(self, entry: Entry) -> bool:
        """Furnish the stage for the entry and look whether it stands there. Raises _Skipped."""
        match entry:
            case DefinedUser():
                is_there = self._is_user_there(entry)
            case DefinedVhost():
                self._bring_vhost(entry.name)
                is_there = entry.name in self._stage.vhosts
            case DefinedPermission() | DefinedTopicPermission():
                is_there = self._is_permission_there(entry)
            case DefinedExchange():
                is_there = self._is_exchange_there(entry)
            case DefinedQueue():
                is_there = self._is_queue_there(entry)
            case DefinedBinding():
                is_there = self._is_binding_there(entry)
        return is_there

    def _is_user_there(self, entry: DefinedUser) -> bool:
        told = entry.user
        self._bring_user(told.name)
        there = self._stage.users.get(told.name)
        if there is None or entry.password is None:
            return there == told
        is_known = is_right(entry.password, there.password_hash, there.hashing_algorithm)
        return is_known and there.tags == told.tags

    def _is_permission_there(self, entry: DefinedPermission | DefinedTopicPermission) -> bool:
        self._bring_user(entry.user)
        self._bring_vhost(entry.vhost)
        if isinstance(entry, DefinedTopicPermission):
            return self._real.topic_permissions.get(entry.key) == entry.permission
        return self._real.permissions.get(entry.user, entry.vhost) == entry.permission

    def _is_exchange_there(self, entry: DefinedExchange) -> bool:
        if not entry.name:
            raise _Skipped("every vhost has its default exchange")
        _skip_reserved(entry.name)
        vhost = self._furnished(entry.vhost)
        self._bring_exchange(vhost, entry.name)
        there = vhost.exchanges.get(entry.name)
        if there is None:
            return False
        _skip_other(lambda: arguments.check_same_exchange(there, entry.kind, entry.options))
        return True

    def _is_queue_there(self, entry: DefinedQueue) -> bool:
        _skip_reserved(entry.name)
        vhost = self._furnished(entry.vhost)
        self._bring_queue(vhost, entry.name)
        there = vhost.queues.get(entry.name)
        if there is None:
            return False
        _skip_other(lambda: arguments.check_same_queue(there, entry.options))
        return True

    def _is_binding_there(self, entry: DefinedBinding) -> bool:
        if not entry.source:
            raise _Skipped("every queue is bound to the default exchange by itself")
        vhost = self._furnished(entry.vhost)
        self._bring_exchange(vhost, entry.source)
        if entry.destination_kind == "queue":
            self._bring_queue(vhost, entry.destination)
        else:
            self._bring_exchange(vhost, entry.destination)
        try:
            binding = binding_in(vhost, entry)
            binding.source.type.check_binding(binding)
        except (NotFound, PreconditionFailed) as refused:
            # RabbitMQ leaves such a binding out as well, and says nothing.
            raise _Skipped(str(refused)) from refused
        return binding in vhost.bindings or self._is_bound(entry)

    def _is_bound(self, entry: DefinedBinding) -> bool:
        """Numbers of another width make no other binding: a document knows one width only."""
        real = self._real.vhosts.get(entry.vhost)
        if real is None:
            return False
        try:
            binding = binding_in(real, entry)
        except NotFound:
            return False
        return binding in real.bindings or any(
            _says_the_same(each, binding) for each in real.bindings.arriving(binding.destination)
        )

    # The furniture ---------------------------------------------------------------------------

    def _bring_user(self, name: str) -> None:
        user = self._real.users.get(name)
        if user is not None and self._stage.users.get(name) is None:
            self._stage.users.place(user)

    def _bring_vhost(self, name: str) -> None:
        if name in self._real.vhosts and name not in self._stage.vhosts:
            self._stage.place_vhost(name)

    def _furnished(self, name: str) -> Vhost:
        """The vhost on the stage. Raises NotFound."""
        self._bring_vhost(name)
        return vhost_of(self._stage, name)

    def _bring_exchange(self, vhost: Vhost, name: str) -> None:
        real = self._real.vhosts.get(vhost.name)
        there = None if real is None else real.exchanges.get(name)
        if there is not None and name not in vhost.exchanges:
            vhost.place_exchange(name, there.type.name, there.options)

    def _bring_queue(self, vhost: Vhost, name: str) -> None:
        real = self._real.vhosts.get(vhost.name)
        there = None if real is None else real.queues.get(name)
        if there is not None and name not in vhost.queues:
            vhost.place_queue(name, there.options, 0)


def _says_the_same(one: Binding, other: Binding) -> bool:
    return (
        one.source is other.source
        and one.routing_key == other.routing_key
        and one.arguments == other.arguments
    )


def _skip_reserved(name: str) -> None:
    if name.startswith(RESERVED_PREFIX):
        raise _Skipped(f"names that begin with '{RESERVED_PREFIX}' are the server's own")


def _skip_other(check: Callable[[], None]) -> None:
    """What is there stays as it is, also when the document has it otherwise."""
    try:
        check()
    except Refused as refused:
        raise _Skipped(f"it is there already, and stays as it is: {refused}") from refused
