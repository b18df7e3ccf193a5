"""The node, and what its memory is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.management.answers import Item, Json, Listing, NotThere
from leveret.management.elsewhere.rows import OfAll, Row
from leveret.management.elsewhere.ways import at_node, rows_of_all
from leveret.management.resource import MONITORING, Resource
from leveret.management.views.nodes import NODE, NODE_IN_BRIEF, down, memory, relative_memory
from leveret.peers import EVERYBODY

if TYPE_CHECKING:
    from leveret.management.answers import Answer
    from leveret.management.call import Call
    from leveret.management.host import Host
    from leveret.management.view import View


# What is said of the memory of a node that is down.
NOT_AVAILABLE: Final = "not_available"


def named_node(call: Call) -> Host:
    """The node that the path names. Raises NotThere."""
    if call.path["node"] != call.look.node:
        raise NotThere
    return call.host


def _view(call: Call) -> View[Host]:
    return NODE_IN_BRIEF if call.query.flag("disable_stats") else NODE


def list_all(call: Call) -> Answer:
    """Of a node that does not answer, as of one that is down, it is known that it is a member."""
    peers = call.host.peers
    if peers is None or call.look.others is EVERYBODY:
        return Listing([call.host], _view(call))
    silent = [
        Row(down(node))
        for node in peers.members
        if node != call.look.node and node not in call.look.others
    ]
    return Listing([call.host, *silent], OfAll(_view(call)))


def _is_down(call: Call) -> bool:
    """A member that is not this node: one that lives would have answered itself."""
    peers, node = call.host.peers, call.path["node"]
    return peers is not None and node != call.look.node and node in peers.members


def show(call: Call) -> Answer:
    if _is_down(call):
        return Json(down(call.path["node"]))
    return Item(named_node(call), _view(call))


def show_memory(call: Call) -> Answer:
    return Json({"memory": NOT_AVAILABLE if _is_down(call) else memory(named_node(call))})


def show_relative_memory(call: Call) -> Answer:
    return Json({"memory": NOT_AVAILABLE if _is_down(call) else relative_memory(named_node(call))})


_THERE: Final = {"GET": at_node}

RESOURCES = (
    Resource(
        "/nodes",
        MONITORING,
        "The nodes of the cluster.",
        get=list_all,
        among={"GET": rows_of_all("name")},
    ),
    Resource(
        "/nodes/{node}",
        MONITORING,
        "One node; memory=true and binary=true add what its memory is for.",
        get=show,
        among=_THERE,
    ),
    Resource(
        "/nodes/{node}/memory",
        MONITORING,
        "What its memory is for, in bytes.",
        get=show_memory,
        among=_THERE,
    ),
    Resource(
        "/nodes/{node}/memory/relative",
        MONITORING,
        "What its memory is for, in percent.",
        get=show_relative_memory,
        among=_THERE,
    ),
)
