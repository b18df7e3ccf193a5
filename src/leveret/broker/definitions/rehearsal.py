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
from leveret.broker.definitions.document import (
    OWN_PARAMETERS,
    SECTION_OF,
    DefinedBinding,
    DefinedExchange,
    DefinedGlobalParameter,
    DefinedParameter,
    DefinedPermission,
    DefinedPolicy,
    DefinedQueue,
    DefinedTopicPermission,
    DefinedUser,
    DefinedVhost,
    Remark,
)
from leveret.broker.definitions.idle import COMPONENTS, without_effect
from leveret.broker.definitions.making import binding_in, make
from leveret.broker.definitions.stage import Stage
from leveret.broker.definitions.steps import walked
from leveret.broker.errors import NotFound, PreconditionFailed, Refused
from leveret.broker.names import RESERVED_PREFIX
from leveret.broker.passwords import is_right

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from leveret.broker.bindings import Binding
    from leveret.broker.broker import Broker
    from leveret.broker.definitions.document import Entry
    from leveret.broker.definitions.steps import Steps

_ORDER: Final = {kind: place for place, kind in enumerate(SECTION_OF)}


@dataclass(slots=True)
class Plan:
    """What is to be done.

    entries: to be made, in this order. unchanged: how many are there already, by section.
    idle: of those to be made, what has no effect here.
    faults: with a single one nothing is done.
    """

    entries: list[Entry] = field(default_factory=list)
    unchanged: Counter[str] = field(default_factory=Counter)
    idle: list[Remark] = field(default_factory=list)
    skipped: list[Remark] = field(default_factory=list)
    faults: list[Remark] = field(default_factory=list)


class _Skipped(Exception):
    """The entry alone is left out, and the reason is told."""


class Rehearsal:
    """Plays documents, one after the other; the real broker stays as it is."""

    def __init__(self, real: Broker) -> None:
        self._real = real
        self._stage = Stage(real)

    def plan(self, entries: Iterable[Entry]) -> Plan:
        """What importing the entries comes to, after those that were played before."""
        return walked(self.steps(entries))

    def steps(self, entries: Iterable[Entry]) -> Steps[Plan]:
        """The same, entry by entry."""
        plan = Plan()
        for entry in sorted(entries, key=lambda entry: _ORDER[type(entry)]):
            self._play(entry, plan)
            yield
        return plan

    def _play(self, entry: Entry, plan: Plan) -> None:
        section = SECTION_OF[type(entry)]
        try:
            if self._is_there(entry):
                plan.unchanged[section] += 1
                return
            make(self._stage.broker, entry)
        except _Skipped as skipped:
            plan.skipped.append(Remark(section, str(entry), str(skipped)))
        except Refused as refused:
            plan.faults.append(Remark(section, str(entry), str(refused).strip()))
        else:
            plan.entries.append(entry)
            if (reason := without_effect(entry)) is not None:
                plan.idle.append(Remark(section, str(entry), reason))

    def _is_there(self, entry: Entry) -> bool:
        """Furnish the stage for the entry and look whether it stands there. Raises _Skipped."""
        match entry:
            case DefinedUser():
                is_there = self._is_user_there(entry)
            case DefinedVhost():
                is_there = self._is_vhost_there(entry)
            case DefinedPermission() | DefinedTopicPermission():
                is_there = self._is_permission_there(entry)
            case DefinedGlobalParameter() | DefinedPolicy() | DefinedParameter():
                is_there = self._is_parameter_there(entry)
            case DefinedExchange():
                is_there = self._is_exchange_there(entry)
            case DefinedQueue():
                is_there = self._is_queue_there(entry)
            case DefinedBinding():
                is_there = self._is_binding_there(entry)
        return is_there

    def _is_user_there(self, entry: DefinedUser) -> bool:
        told, name = entry.user, entry.user.name
        self._stage.bring_user(name)
        there = self._stage.broker.users.get(name)
        limits = self._stage.broker.limits.of_user(name)
        if there is None or entry.limits not in (None, limits):
            return False
        if entry.password is None:
            return there == told
        is_known = is_right(entry.password, there.password_hash, there.hashing_algorithm)
        return is_known and there.tags == told.tags

    def _is_vhost_there(self, entry: DefinedVhost) -> bool:
        self._stage.bring_vhost(entry.name)
        there = self._stage.broker.vhosts.get(entry.name)
        if there is None or entry.metadata(there.metadata) != there.metadata:
            return False
        return entry.tracing in (None, self._is_traced(entry.name))

    def _is_traced(self, name: str) -> bool:
        # Where the play has made the vhost, it is not there yet, and nobody traces it.
        real = self._real.vhosts.get(name)
        return real is not None and real.firehose is not None

    def _is_permission_there(self, entry: DefinedPermission | DefinedTopicPermission) -> bool:
        stage, user, vhost = self._stage, entry.user, entry.vhost
        if isinstance(entry, DefinedTopicPermission):
            stage.bring_topic_permission(*entry.key)
            return stage.broker.topic_permissions.get(entry.key) == entry.permission
        stage.bring_permission(user, vhost)
        return stage.broker.permissions.get(user, vhost) == entry.permission

    def _is_parameter_there(
        self, entry: DefinedGlobalParameter | DefinedPolicy | DefinedParameter
    ) -> bool:
        parameters = self._stage.broker.parameters
        if isinstance(entry, DefinedGlobalParameter):
            if entry.name in OWN_PARAMETERS:
                raise _Skipped("every broker has its own")
            self._stage.bring_global_parameter(entry.name)
            there = parameters.globals
            return entry.name in there and there[entry.name] == entry.value
        vhost = self._stage.vhost(entry.vhost)
        if isinstance(entry, DefinedPolicy):
            return vhost.policies.user.by_name.get(entry.policy.name) == entry.policy
        if entry.component not in COMPONENTS:
            raise _Skipped(f"nothing here is set by {entry.component}")
        return parameters.get(entry.component, entry.vhost, entry.name) == entry.value

    def _is_exchange_there(self, entry: DefinedExchange) -> bool:
        if not entry.name:
            raise _Skipped("every vhost has its default exchange")
        _skip_reserved(entry.name)
        vhost = self._stage.vhost(entry.vhost)
        self._stage.bring_exchange(vhost, entry.name)
        there = vhost.exchanges.get(entry.name)
        if there is None:
            return False
        _skip_other(lambda: arguments.check_same_exchange(there, entry.kind, entry.options))
        return True

    def _is_queue_there(self, entry: DefinedQueue) -> bool:
        _skip_reserved(entry.name)
        vhost = self._stage.vhost(entry.vhost)
        self._stage.bring_queue(vhost, entry.name)
        there = vhost.queues.get(entry.name)
        if there is None:
            self._stage.crowd(vhost)
            return False
        _skip_other(lambda: arguments.check_same_queue(there, entry.options))
        return True

    def _is_binding_there(self, entry: DefinedBinding) -> bool:
        if not entry.source:
            raise _Skipped("every queue is bound to the default exchange by itself")
        vhost = self._stage.vhost(entry.vhost)
        self._stage.bring_exchange(vhost, entry.source)
        if entry.destination_kind == "queue":
            self._stage.bring_queue(vhost, entry.destination)
        else:
            self._stage.bring_exchange(vhost, entry.destination)
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
        if binding in real.bindings or not entry.arguments:
            return binding in real.bindings
        arriving = real.bindings.arriving(binding.destination)
        return any(_says_the_same(each, binding) for each in arriving)


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
