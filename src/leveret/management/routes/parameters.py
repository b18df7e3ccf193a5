"""Runtime parameters of vhosts and of the whole broker.

Policies are such too: shown where the component is asked for, set by routes of their own
(policies.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.broker.changes import POLICY
from leveret.broker.definitions.document import DefinedGlobalParameter, DefinedParameter
from leveret.management import fields
from leveret.management.answers import CREATED, NO_CONTENT, Item, Listing, NotThere
from leveret.management.markup import escaping
from leveret.management.resource import POLICYMAKER, Resource
from leveret.management.views.parameters import GLOBAL_PARAMETER, PARAMETER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.management.answers import Answer
    from leveret.management.call import Call

ORDER: Final = ("vhost", "name")


def list_parameters(call: Call) -> Answer:
    return _listed(each for each in _visible(call) if each.component != POLICY)


def list_component(call: Call) -> Answer:
    component = call.path["component"]
    return _listed(each for each in _visible(call) if each.component == component)


def list_component_in_vhost(call: Call) -> Answer:
    place = (call.path["component"], call.vhost.name)
    return _listed(each for each in _visible(call) if (each.component, each.vhost) == place)


def show_parameter(call: Call) -> Answer:
    return Item(_parameter(call), PARAMETER)


def put_parameter(call: Call) -> Answer:
    component, name = call.path["component"], call.path["name"]
    vhost = call.vhost_to_change.name
    (value,) = call.required("value")
    is_new = call.broker.parameters.get(component, vhost, name) is None
    with escaping():
        call.broker.parameters.set(component, vhost, name, fields.parameter(value))
    return CREATED if is_new else NO_CONTENT


def delete_parameter(call: Call) -> Answer:
    there = _parameter(call)
    with escaping():
        call.broker.parameters.clear(there.component, there.vhost, there.name)
    return NO_CONTENT


def _visible(call: Call) -> Iterable[DefinedParameter]:
    """Those in vhosts that the user may look into."""
    visible = {vhost.name for vhost in call.visible_vhosts()}
    for component, vhost, name, value in call.broker.parameters.all():
        if vhost in visible:
            yield DefinedParameter(component, vhost, name, value)


def _parameter(call: Call) -> DefinedParameter:
    """The one that the path names. Raises NotThere."""
    component, vhost, name = call.path["component"], call.vhost.name, call.path["name"]
    value = call.broker.parameters.get(component, vhost, name)
    if value is None:
        raise NotThere
    return DefinedParameter(component, vhost, name, value)


def _listed(parameters: Iterable[DefinedParameter]) -> Listing:
    return Listing(list(parameters), PARAMETER, order=ORDER, is_paged=False)


# Of the whole broker -----------------------------------------------------------------------------


def list_globals(call: Call) -> Answer:
    found = [DefinedGlobalParameter(*each) for each in call.broker.parameters.globals.items()]
    return Listing(found, GLOBAL_PARAMETER, order=("name",), is_paged=False)


def show_global(call: Call) -> Answer:
    return Item(_global(call), GLOBAL_PARAMETER)


def put_global(call: Call) -> Answer:
    (value,) = call.required("value")
    name = call.path["name"]
    is_new = name not in call.broker.parameters.globals
    call.broker.parameters.set_global(name, fields.parameter(value))
    return CREATED if is_new else NO_CONTENT


def delete_global(call: Call) -> Answer:
    call.broker.parameters.clear_global(_global(call).name)
    return NO_CONTENT


def _global(call: Call) -> DefinedGlobalParameter:
    """Raises NotThere."""
    name, known = call.path["name"], call.broker.parameters.globals
    if name not in known:
        raise NotThere
    return DefinedGlobalParameter(name, known[name])


RESOURCES: Final = (
    Resource("/parameters", POLICYMAKER, "All runtime parameters.", get=list_parameters),
    Resource(
        "/parameters/{component}",
        POLICYMAKER,
        "The runtime parameters of one component.",
        get=list_component,
    ),
    Resource(
        "/parameters/{component}/{vhost}",
        POLICYMAKER,
        "The runtime parameters of one component in a vhost.",
        get=list_component_in_vhost,
    ),
    Resource(
        "/parameters/{component}/{vhost}/{name}",
        POLICYMAKER,
        "One runtime parameter, set to a value.",
        get=show_parameter,
        put=put_parameter,
        delete=delete_parameter,
    ),
    Resource(
        "/global-parameters", POLICYMAKER, "The parameters of the whole broker.", get=list_globals
    ),
    Resource(
        "/global-parameters/{name}",
        POLICYMAKER,
        "One parameter of the whole broker, set to a value.",
        get=show_global,
        put=put_global,
        delete=delete_global,
    ),
)
