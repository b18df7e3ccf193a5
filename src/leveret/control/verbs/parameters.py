"""leveretctl's commands on runtime parameters, of a vhost and global ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.changes import POLICY
from leveret.broker.errors import NotFound
from leveret.control import exits
from leveret.control.call import Rows
from leveret.control.verbs import json_values
from leveret.control.verbs.refusing import refusal, vhost_of

if TYPE_CHECKING:
    from leveret.control.call import Call, Reply


def set_parameter(call: Call) -> Reply:
    value = json_values.decode(call.text("value"))
    vhost = vhost_of(call).name
    call.broker.parameters.set(call.text("component"), vhost, call.text("name"), value)
    return None


def clear_parameter(call: Call) -> Reply:
    place = (call.text("component"), call.text("vhost"), call.text("name"))
    try:
        call.broker.parameters.clear(*place)
    except NotFound as missing:
        # Of a vhost that is not there as well.
        raise refusal(exits.UNAVAILABLE, "Parameter does not exist") from missing
    return None


def list_parameters(call: Call) -> Reply:
    """All but policies, which have a listing of their own."""
    vhost = vhost_of(call).name
    rows = [
        [component, name, json_values.encode(value)]
        for component, place, name, value in call.broker.parameters.all()
        if place == vhost and component != POLICY
    ]
    return Rows(("component", "name", "value"), rows)


# Global -----------------------------------------------------------------------------------------


def set_global_parameter(call: Call) -> Reply:
    value = json_values.decode(call.text("value"))
    call.broker.parameters.set_global(call.text("name"), value)
    return None


def clear_global_parameter(call: Call) -> Reply:
    call.broker.parameters.clear_global(call.text("name"))
    return None


def list_global_parameters(call: Call) -> Reply:
    found = call.broker.parameters.globals
    rows = [[name, json_values.encode(value)] for name, value in found.items()]
    return Rows(("name", "value"), rows)


VERBS = {
    "clear_global_parameter": clear_global_parameter,
    "clear_parameter": clear_parameter,
    "list_global_parameters": list_global_parameters,
    "list_parameters": list_parameters,
    "set_global_parameter": set_global_parameter,
    "set_parameter": set_parameter,
}
# What changes what all nodes know.
COMMITS = frozenset(
    {
        "clear_global_parameter",
        "clear_parameter",
        "set_global_parameter",
        "set_parameter",
    }
)
