"""leveretctl's commands on virtual hosts: what there is, its metadata, its limits, its firehose."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from leveret.broker.errors import NotFound
from leveret.broker.vhost_metadata import VhostMetadata
from leveret.control import exits
from leveret.control.call import Rows
from leveret.control.verbs import json_values
from leveret.control.verbs.refusing import no_such_vhost, refusal, vhost_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from leveret.broker.vhost import Vhost
    from leveret.control.call import Call, Reply
    from leveret.control.messages import Plain


def add_vhost(call: Call) -> Reply:
    """One that is there stays as it is."""
    tags, queue_type = _words(call.text("tags", "")), call.optional_text("default_queue_type")
    metadata = VhostMetadata(call.text("description", ""), tags, queue_type)
    call.broker.add_vhost(call.text("vhost"), metadata)
    return None


def delete_vhost(call: Call) -> Reply:
    call.broker.remove_vhost(vhost_of(call).name)
    return None


def set_vhost_tags(call: Call) -> Reply:
    vhost = call.broker.vhosts.get(call.text("vhost"))
    if vhost is None:
        raise refusal(exits.DATA, f'Virtual host "{call.text("vhost")}" does not exist')
    metadata = replace(vhost.metadata, tags=tuple(call.words("tags")))
    call.broker.describe_vhost(vhost.name, metadata)
    return None


def update_vhost_metadata(call: Call) -> Reply:
    """What is not said stays."""
    vhost = vhost_of(call)
    metadata = vhost.metadata
    if call.optional_text("description") is not None:
        metadata = replace(metadata, description=call.text("description"))
    if call.optional_text("tags") is not None:
        metadata = replace(metadata, tags=_words(call.text("tags")))
    if call.optional_text("default_queue_type") is not None:
        metadata = replace(metadata, default_queue_type=call.text("default_queue_type"))
    call.broker.describe_vhost(vhost.name, metadata)
    return None


def _words(written: str) -> tuple[str, ...]:
    """`a, b` and `a,b`."""
    return tuple(each.strip() for each in written.split(",") if each.strip())


def restart_vhost(call: Call) -> Reply:
    """A vhost of a node that runs, runs: there is nothing to restart."""
    name, node = call.text("vhost"), call.broker.node
    if name not in call.broker.vhosts:
        raise refusal(
            exits.SOFTWARE,
            f"Failed to start vhost '{name}' on node '{node}'"
            f'Reason: {{:no_such_vhost, "{name}"}}',
        )
    return f"Vhost '{name}' is already running on node '{node}'"


def reconcile_vhosts(_call: Call) -> Reply:
    """Every vhost of a node that runs is there."""
    return "Will reconcile all virtual hosts in the cluster. This operation is asynchronous."


def list_vhosts(call: Call) -> Reply:
    columns = call.words("columns")
    look = [_COLUMNS[each] for each in columns]
    vhosts, peers = list(call.broker.vhosts.values()), call.application.peers
    nodes = [call.broker.node] if peers is None else sorted(peers.living)
    return Rows(columns, ([read(vhost, nodes) for read in look] for vhost in vhosts))


def _metadata(vhost: Vhost, _nodes: list[str]) -> Plain:
    said = vhost.metadata
    told: dict[str, Plain] = {"description": said.description, "tags": [*said.tags]}
    if said.default_queue_type is not None:
        told["default_queue_type"] = said.default_queue_type
    return told


_COLUMNS: Mapping[str, Callable[[Vhost, list[str]], Plain]] = {
    "name": lambda vhost, _nodes: vhost.name,
    "tracing": lambda vhost, _nodes: vhost.firehose is not None,
    "cluster_state": lambda _vhost, nodes: dict.fromkeys(nodes, "running"),
    "description": lambda vhost, _nodes: vhost.metadata.description,
    "tags": lambda vhost, _nodes: [*vhost.metadata.tags],
    "default_queue_type": lambda vhost, _nodes: vhost.metadata.default_queue_type or "undefined",
    "metadata": _metadata,
}


# The firehose -----------------------------------------------------------------------------------


def trace_on(call: Call) -> Reply:
    _trace(call, is_on=True)
    return f"Trace enabled for vhost {call.text('vhost')}"


def trace_off(call: Call) -> Reply:
    _trace(call, is_on=False)
    return f"Trace disabled for vhost {call.text('vhost')}"


def _trace(call: Call, *, is_on: bool) -> None:
    try:
        call.broker.trace(call.text("vhost"), is_on=is_on)
    except NotFound as error:
        # RabbitMQ says that it did.
        raise no_such_vhost(call.text("vhost")) from error


# Limits -----------------------------------------------------------------------------------------

_LIMITS = ("vhost", "limits")


def set_vhost_limits(call: Call) -> Reply:
    limits = json_values.decode_object(call.text("definition"))
    call.broker.limits.set_vhost(vhost_of(call).name, limits)
    return None


def clear_vhost_limits(call: Call) -> Reply:
    vhost = call.broker.vhosts.get(call.text("vhost"))
    if vhost is None or not vhost.limits:
        raise refusal(exits.UNAVAILABLE, "Parameter does not exist")
    call.broker.limits.clear_vhost(vhost.name)
    return None


def list_vhost_limits(call: Call) -> Reply:
    """Of one vhost that has some, as JSON; of all that have some, a listing."""
    if not call.flag("global"):
        limits = vhost_of(call).limits
        return json_values.encode(limits) if limits else Rows(_LIMITS, [])
    limited = [each for each in call.broker.vhosts.values() if each.limits]
    rows = [[each.name, json_values.encode(each.limits)] for each in limited]
    return Rows(_LIMITS, rows)


VERBS = {
    "add_vhost": add_vhost,
    "clear_vhost_limits": clear_vhost_limits,
    "delete_vhost": delete_vhost,
    "list_vhost_limits": list_vhost_limits,
    "list_vhosts": list_vhosts,
    "reconcile_vhosts": reconcile_vhosts,
    "restart_vhost": restart_vhost,
    "set_vhost_limits": set_vhost_limits,
    "set_vhost_tags": set_vhost_tags,
    "trace_off": trace_off,
    "trace_on": trace_on,
    "update_vhost_metadata": update_vhost_metadata,
}
# What changes what all nodes know.
COMMITS = frozenset(
    {
        "add_vhost",
        "clear_vhost_limits",
        "delete_vhost",
        "set_vhost_limits",
        "set_vhost_tags",
        "update_vhost_metadata",
    }
)
