"""The node, and what its memory is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.management.answers import Item, Json, Listing, NotThere
from leveret.management.resource import MONITORING, Resource
from leveret.management.views.nodes import NODE, NODE_IN_BRIEF, memory, relative_memory

if TYPE_CHECKING:
    from leveret.management.answers import Answer
    from leveret.management.call import Call
    from leveret.management.host import Host
    from leveret.management.view import View


def named_node(call: Call) -> Host:
    """The node that the path names. Raises NotThere."""
    if call.path["node"] != call.look.node:
        raise NotThere
    return call.host


def _view(call: Call) -> View[Host]:
    return NODE_IN_BRIEF if call.query.flag("disable_stats") else NODE


def list_all(call: Call) -> Answer:
    return Listing([call.host], _view(call))


def show(call: Call) -> Answer:
    return Item(named_node(call), _view(call))


def show_memory(call: Call) -> Answer:
    return Json({"memory": memory(named_node(call))})


def show_relative_memory(call: Call) -> Answer:
    return Json({"memory": relative_memory(named_node(call))})


RESOURCES = (
    Resource("/nodes", MONITORING, "The nodes: there is one.", get=list_all),
    Resource(
        "/nodes/{node}",
        MONITORING,
        "One node; memory=true and binary=true add what its memory is for.",
        get=show,
    ),
    Resource(
        "/nodes/{node}/memory", MONITORING, "What its memory is for, in bytes.", get=show_memory
    ),
    Resource(
        "/nodes/{node}/memory/relative",
        MONITORING,
        "What its memory is for, in percent.",
        get=show_relative_memory,
    ),
)
