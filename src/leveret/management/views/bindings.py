"""What is shown of a binding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.definitions.arguments import json_of, spelled
from leveret.management.properties_key import properties_key
from leveret.management.view import View

if TYPE_CHECKING:
    from leveret.broker.bindings import Binding

BINDING: View[Binding] = View(
    {
        "source": lambda binding, _: spelled(binding.source.name),
        "vhost": lambda binding, _: binding.source.vhost_name,
        "destination": lambda binding, _: spelled(binding.destination.name),
        "destination_type": lambda binding, _: binding.destination.kind,
        "routing_key": lambda binding, _: spelled(binding.routing_key),
        "arguments": lambda binding, _: json_of(binding.arguments),
        "properties_key": lambda binding, _: properties_key(binding.routing_key, binding.arguments),
    }
)
