"""What a document says to parts that Leveret does not have: kept, told, and without effect.

So it is in our exports too, and a document survives the way to Leveret and back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.broker.changes import OPERATOR_POLICY, POLICY
from leveret.broker.definitions.document import DefinedGlobalParameter, DefinedParameter

if TYPE_CHECKING:
    from leveret.broker.definitions.document import Entry

_OF_PLUGINS: Final = {
    "federation-upstream": "there is no federation here",
    "federation-upstream-set": "there is no federation here",
    "shovel": "there are no shovels here",
}
_GLOBAL: Final = {
    "cluster_name": "the name is the setting cluster_name",
    "mqtt_port_to_vhost_mapping": "there is no MQTT here",
}
# What a parameter may be set for.
COMPONENTS: Final = frozenset({POLICY, OPERATOR_POLICY, "vhost-limits", *_OF_PLUGINS})


def without_effect(entry: Entry) -> str | None:
    """Why nothing follows; None for what has an effect."""
    match entry:
        case DefinedParameter():
            return _OF_PLUGINS.get(entry.component)
        case DefinedGlobalParameter():
            return _GLOBAL.get(entry.name)
        case _:
            return None
