"""Runtime parameters: what is set in a vhost, or for the whole broker, while it runs.

A parameter is a JSON value under component, vhost and name. Some components mean something here
and are checked: policies, operator policies, limits of a vhost. Others (what federation and shovels
are told) are kept for whoever reads them. Global parameters have a name alone.

    policy, operator_policy    policies.py, policy_keys.py
    vhost-limits               limits.py
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.broker import limits, policy_keys
from leveret.broker.changes import (
    OPERATOR_POLICY,
    POLICY,
    VHOST_LIMITS,
    GlobalParameterCleared,
    GlobalParameterSet,
    ParameterCleared,
    ParameterSet,
)
from leveret.broker.errors import InvalidParameter, NotFound
from leveret.broker.policies import Policy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from leveret.broker.keeper import Keeper
    from leveret.broker.vhost import Vhost
    from leveret.wire.values import Value

_POLICIES: Final = (POLICY, OPERATOR_POLICY)
# Kept as they are.
_KEPT: Final = frozenset({"federation-upstream", "federation-upstream-set", "shovel"})

_MISSING: Final = "Parameter does not exist"


class Parameters:
    """All parameters of a broker. vhosts: the broker's, by name."""

    def __init__(self, vhosts: Mapping[str, Vhost], keeper: Keeper) -> None:
        self.globals: dict[str, Value] = {}
        self._vhosts = vhosts
        self._keeper = keeper
        # By vhost, then by component and name.
        self._kept: dict[str, dict[tuple[str, str], Value]] = {}

    def get(self, component: str, vhost: str, name: str) -> Value:
        """None where nothing is set."""
        return self._kept.get(vhost, {}).get((component, name))

    def all(self) -> Iterator[tuple[str, str, str, Value]]:
        """Component, vhost, name and value of each."""
        for vhost, kept in self._kept.items():
            for (component, name), value in kept.items():
                yield component, vhost, name, value

    # Policies --------------------------------------------------------------------------------

    def set_policy(self, vhost: str, policy: Policy) -> None:
        """Raises NotFound, InvalidParameter."""
        self._set(POLICY, vhost, policy.name, policy.value)

    def clear_policy(self, vhost: str, name: str) -> None:
        """Raises NotFound."""
        self._clear(POLICY, vhost, name)

    def set_operator_policy(self, vhost: str, policy: Policy) -> None:
        """Raises NotFound, InvalidParameter."""
        self._set(OPERATOR_POLICY, vhost, policy.name, policy.value)

    def clear_operator_policy(self, vhost: str, name: str) -> None:
        """Raises NotFound."""
        self._clear(OPERATOR_POLICY, vhost, name)

    # Any component ---------------------------------------------------------------------------

    def set(self, component: str, vhost: str, name: str, value: Value) -> None:
        """Raises NotFound, InvalidParameter."""
        if component == POLICY:
            raise InvalidParameter("policies may not be set using this method")
        self._set(component, vhost, name, value)

    def clear(self, component: str, vhost: str, name: str) -> None:
        """Raises NotFound, InvalidParameter."""
        if component == POLICY:
            raise InvalidParameter("policies may not be cleared using this method")
        self._clear(component, vhost, name)

    def _set(self, component: str, vhost: str, name: str, value: Value) -> None:
        if vhost not in self._vhosts:
            raise NotFound(f"Virtual host '{vhost}' does not exist")
        found = _complaints(component, name, value)
        if found:
            raise InvalidParameter("Validation failed\n\n" + "".join(f"{each}\n" for each in found))
        self.place(component, vhost, name, value)
        if component in _POLICIES:
            self._vhosts[vhost].follow_policies()
        change = ParameterSet(component, vhost, name, value)
        self._keeper.commit(("parameter", component, vhost, name), change)

    def _clear(self, component: str, vhost: str, name: str) -> None:
        if vhost not in self._vhosts:
            raise NotFound(f"Virtual host '{vhost}' does not exist")
        if not self.forget(component, vhost, name):
            raise NotFound(_MISSING)
        if component in _POLICIES:
            self._vhosts[vhost].follow_policies()
        change = ParameterCleared(component, vhost, name)
        self._keeper.commit(("parameter", component, vhost, name), change)

    # Told to nobody --------------------------------------------------------------------------

    def place(self, component: str, vhost: str, name: str, value: Value) -> None:
        """Keep it, and let its vhost know; who follows a policy is to be told."""
        self._kept.setdefault(vhost, {})[component, name] = value
        place = self._vhosts[vhost]
        if component in _POLICIES:
            assert isinstance(value, dict)
            row = place.policies.user if component == POLICY else place.policies.operator
            row.place(Policy.from_value(name, value))
            place.policies.changed()
        elif component == VHOST_LIMITS:
            place.limits = limits.as_limits(value)

    def forget(self, component: str, vhost: str, name: str) -> bool:
        """True when there was one."""
        kept = self._kept.get(vhost, {})
        if (component, name) not in kept:
            return False
        del kept[component, name]
        place = self._vhosts[vhost]
        if component in _POLICIES:
            row = place.policies.user if component == POLICY else place.policies.operator
            row.forget(name)
            place.policies.changed()
        elif component == VHOST_LIMITS:
            place.limits = limits.NO_LIMITS
        return True

    def forget_vhost(self, vhost: str) -> None:
        self._kept.pop(vhost, None)

    # Global ----------------------------------------------------------------------------------

    @property
    def cluster_name(self) -> str | None:
        """None where it was given none."""
        name = self.globals.get("cluster_name")
        return name if isinstance(name, str) else None

    def set_global(self, name: str, value: Value) -> None:
        self.globals[name] = value
        self._keeper.commit(("global parameter", name), GlobalParameterSet(name, value))

    def clear_global(self, name: str) -> None:
        """Raises NotFound."""
        if name not in self.globals:
            raise NotFound(_MISSING)
        del self.globals[name]
        self._keeper.commit(("global parameter", name), GlobalParameterCleared(name))


def _complaints(component: str, name: str, value: Value) -> list[str]:
    if component in _POLICIES:
        is_operator = component == OPERATOR_POLICY
        return policy_keys.complaints(name, value, is_operator=is_operator)
    if component == VHOST_LIMITS:
        return limits.vhost_complaints(value, name)
    return [] if component in _KEPT else [f"component {component} not found"]
