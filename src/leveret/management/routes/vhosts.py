"""Vhosts: made, described, traced, deleted.

Who makes one may do everything in it.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from leveret.broker.json_terms import spell
from leveret.broker.vhost_metadata import NO_METADATA, VhostMetadata
from leveret.definitions.entries import words_of
from leveret.management import fields
from leveret.management.answers import (
    CREATED,
    NO_CONTENT,
    BadRequest,
    Item,
    Listing,
)
from leveret.management.elsewhere.ways import at_node, sums_of_all
from leveret.management.resource import ADMINISTRATOR, MANAGEMENT, Resource
from leveret.management.views.vhosts import VHOST
from leveret.statistics.rows import DATA, LENGTHS

if TYPE_CHECKING:
    from leveret.management.answers import Answer
    from leveret.management.call import Call


def list_vhosts(call: Call) -> Answer:
    found = sorted(call.listed_vhosts(), key=attrgetter("name"))
    return Listing(found, VHOST, order=("name",))


def show_vhost(call: Call) -> Answer:
    return Item(call.vhost, VHOST)


def put_vhost(call: Call) -> Answer:
    """201 for a new one, 204 for one that is described anew."""
    broker, name = call.broker, call.path["vhost"]
    fields.check_name("vhost", name)
    told, there = call.body(), broker.vhosts.get(name)
    metadata = _metadata(told, NO_METADATA if there is None else there.metadata)
    is_traced = _tracing(told)
    if there is None:
        broker.add_vhost(name, metadata)
        if broker.users.get(call.user.name) is not None:
            broker.set_permission(call.user.name, name)
    elif metadata != there.metadata:
        broker.describe_vhost(name, metadata)
    if is_traced is not None:
        broker.trace(name, is_on=is_traced)
    return CREATED if there is None else NO_CONTENT


def delete_vhost(call: Call) -> Answer:
    call.broker.remove_vhost(call.vhost.name)
    return NO_CONTENT


def start_vhost(call: Call) -> Answer:
    """Every vhost runs as long as the node does, so there is nothing to start."""
    name, node = call.path["vhost"], call.path["node"]
    if node != call.broker.node:
        raise BadRequest(f"Request to node {node} failed with nodedown")
    if name not in call.broker.vhosts:
        raise BadRequest(f"Request to node {node} failed with {{no_such_vhost,{spell(name)}}}")
    return NO_CONTENT


def _metadata(told: dict[str, Any], there: VhostMetadata) -> VhostMetadata:
    """Description and tags are as they are told; only the type of queues stays when none is.

    Raises BadRequest, InvalidParameter.
    """
    queue_type = told.get("default_queue_type")
    if queue_type == "undefined":
        queue_type = None
    metadata = VhostMetadata(
        fields.text(told.get("description") or "", "description"),
        tuple(words_of(_tags(told.get("tags")))),
        there.default_queue_type if queue_type is None else queue_type,
    )
    metadata.check()
    return metadata


def _tags(told: object) -> str | list[str]:
    """Raises BadRequest."""
    if told is None:
        return ""
    if isinstance(told, list):
        return [fields.text(each, "each of the tags") for each in told]
    return fields.text(told, "tags")


def _tracing(told: dict[str, Any]) -> bool | None:
    """None where nothing is said. Raises BadRequest."""
    return None if told.get("tracing") is None else fields.boolean(told, "tracing")


# What a vhost has of traffic is counted where it comes in.
_COUNTED: Final = {
    "GET": sums_of_all(
        *(f"{each}{more}" for each in (*LENGTHS, *DATA) for more in ("", "_details")),
        "message_stats",
        names=("name",),
    )
}

RESOURCES: Final = (
    Resource(
        "/vhosts",
        MANAGEMENT,
        "The vhosts that the user may know of.",
        get=list_vhosts,
        among=_COUNTED,
    ),
    Resource(
        "/vhosts/{vhost}",
        ADMINISTRATOR,
        "One vhost: description, tags, default_queue_type, tracing.",
        get=show_vhost,
        put=put_vhost,
        delete=delete_vhost,
        among=_COUNTED,
    ),
    Resource(
        "/vhosts/{vhost}/start/{node}",
        ADMINISTRATOR,
        "Start a vhost on a node, where it runs already.",
        post=start_vhost,
        among={"POST": at_node},
    ),
)
