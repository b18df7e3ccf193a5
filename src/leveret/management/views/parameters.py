"""What is shown of a runtime parameter and of a policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.management.view import View

if TYPE_CHECKING:
    from leveret.broker.definitions.document import (
        DefinedGlobalParameter,
        DefinedParameter,
        DefinedPolicy,
    )

PARAMETER: View[DefinedParameter] = View(
    {
        "value": lambda parameter, _look: parameter.value,
        "vhost": lambda parameter, _look: parameter.vhost,
        "component": lambda parameter, _look: parameter.component,
        "name": lambda parameter, _look: parameter.name,
    }
)

GLOBAL_PARAMETER: View[DefinedGlobalParameter] = View(
    {
        "name": lambda parameter, _look: parameter.name,
        "value": lambda parameter, _look: parameter.value,
    }
)

POLICY: View[DefinedPolicy] = View(
    {
        "vhost": lambda told, _look: told.vhost,
        "name": lambda told, _look: told.policy.name,
        "pattern": lambda told, _look: told.policy.pattern,
        "apply-to": lambda told, _look: told.policy.apply_to,
        "definition": lambda told, _look: told.policy.definition,
        "priority": lambda told, _look: told.policy.priority,
    }
)
