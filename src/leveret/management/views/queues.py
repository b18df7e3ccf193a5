"""What is shown of a queue. Each type has its own fields besides those of all, as in RabbitMQ.

What RabbitMQ tells of its Erlang processes (reductions, garbage collection, the inside of its
queue index) is left out: there is no such thing here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from leveret.broker.arguments import CLASSIC, QUORUM, STREAM
from leveret.broker.queues.consumers import Activity
from leveret.broker.queues.holdings import holdings
from leveret.broker.queues.kinds import state_of
from leveret.definitions.arguments import json_of, spelled
from leveret.management.view import ABSENT, View
from leveret.management.views.consumers import CONSUMER, consumers_of
from leveret.session.session import Session
from leveret.statistics.rows import lengths_row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from leveret.broker.queues.distant import DistantQueue
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.management.look import Look
    from leveret.session.consumer import Consumer

Fields = dict[str, Any]

# Every type -------------------------------------------------------------------------------------


def _message_stats(queue: AnyQueue, look: Look) -> object:
    return look.statistics.message_stats(queue, look.span) or ABSENT


def _owner(queue: AnyQueue, _look: Look) -> object:
    """The connection that has an exclusive queue to itself."""
    owner = queue.owner
    if not isinstance(owner, Session):
        return ABSENT
    peer = owner.peer
    return {"name": peer.name, "peer_host": peer.peer_host, "peer_port": peer.peer_port}


def _lengths(queue: AnyQueue, look: Look) -> Fields:
    """How many messages, and how that changes."""
    return look.statistics.lengths(queue, look.span)


def _of_its_type(queue: AnyQueue, look: Look) -> Fields:
    return _BY_TYPE[queue.type](queue, look)


# Classic queues ---------------------------------------------------------------------------------


def _classic(queue: AnyQueue, look: Look) -> Fields:
    held = holdings(queue)
    shown: Fields = {
        "exclusive_consumer_tag": _tag(queue, _is_exclusive),
        "head_message_timestamp": held.head_message_timestamp,
        "memory": held.memory,
        "message_bytes": held.message_bytes,
        "message_bytes_paged_out": held.message_bytes_paged_out,
        "message_bytes_persistent": held.message_bytes_persistent,
        "message_bytes_ram": held.message_bytes_ram,
        "message_bytes_ready": held.message_bytes_ready,
        "message_bytes_unacknowledged": held.message_bytes_unacknowledged,
        "messages_paged_out": held.messages_paged_out,
        "messages_persistent": held.messages_persistent,
        "messages_ram": held.messages_ram,
        "messages_ready_ram": held.messages_ready_ram,
        "messages_unacknowledged_ram": held.messages_unacknowledged_ram,
        "recoverable_slaves": look.copies_of(queue).mirrors,
        "single_active_consumer_tag": _tag(queue, _is_single),
        **_mirrors(queue, look),
        **_capacity(queue, look),
    }
    idle_since = look.statistics.idle_since(queue)
    if idle_since is not None:
        shown["idle_since"] = idle_since
    return shown


def _mirrors(queue: AnyQueue, look: Look) -> Fields:
    """Of a mirrored queue alone."""
    others = look.copies_of(queue).mirrors
    return {} if others is None else {"slave_nodes": others, "synchronised_slave_nodes": others}


def _capacity(queue: AnyQueue, look: Look) -> Fields:
    capacity = look.statistics.consumer_capacity(queue)
    return {"consumer_capacity": capacity, "consumer_utilisation": capacity}


def _tag(queue: AnyQueue, is_meant: Callable[[Consumer], bool]) -> str | None:
    """The tag of the one consumer that is somehow special."""
    if not len(queue.consumers):
        return None
    return next((spelled(each.tag) for each in consumers_of(queue) if is_meant(each)), None)


def _is_exclusive(consumer: Consumer) -> bool:
    return consumer.exclusive


def _is_single(consumer: Consumer) -> bool:
    return consumer.activity is Activity.SINGLE_ACTIVE


# Quorum queues and streams ----------------------------------------------------------------------


def _quorum(queue: AnyQueue, look: Look) -> Fields:
    held = holdings(queue)
    return {
        "leader": look.node,
        "memory": held.memory,
        "message_bytes": held.message_bytes,
        "message_bytes_persistent": held.message_bytes_persistent,
        "message_bytes_ram": held.message_bytes_ram,
        "message_bytes_ready": held.message_bytes_ready,
        "message_bytes_unacknowledged": held.message_bytes_unacknowledged,
        "messages_persistent": held.messages_persistent,
        "messages_ram": held.messages_ram,
        "single_active_consumer_ctag": _tag(queue, _is_single),
        **_members(queue, look),
        **_capacity(queue, look),
    }


def _stream(queue: AnyQueue, look: Look) -> Fields:
    return {
        "memory": holdings(queue).memory,
        "readers": {look.node: len(queue.consumers)},
        **_members(queue, look),
    }


def _members(queue: AnyQueue, look: Look) -> Fields:
    """The nodes that have a copy."""
    copies = look.copies_of(queue)
    return {"members": copies.members, "online": copies.online}


_BY_TYPE: Final[Mapping[str, Callable[[AnyQueue, Look], Fields]]] = {
    CLASSIC: _classic,
    QUORUM: _quorum,
    STREAM: _stream,
}

# Views ------------------------------------------------------------------------------------------

_NAMED: Final[Mapping[str, Callable[[AnyQueue, Look], Any]]] = {
    "arguments": lambda queue, _: json_of(queue.options.arguments),
    "auto_delete": lambda queue, _: queue.options.auto_delete,
    "durable": lambda queue, _: queue.options.durable,
    "exclusive": lambda queue, _: queue.options.exclusive,
    "name": lambda queue, _: spelled(queue.name),
    "node": lambda _, look: look.node,
    "type": lambda queue, _: queue.type,
    "vhost": lambda queue, _: queue.vhost_name,
}

QUEUE: View[AnyQueue] = View(
    {
        **_NAMED,
        "consumers": lambda queue, _: len(queue.consumers),
        "effective_policy_definition": lambda queue, _: dict(queue.policy.definition),
        # Again by _lengths; who sorts by them asks for nothing else.
        "messages": lambda queue, _: lengths_row(queue)[0],
        "messages_ready": lambda queue, _: lengths_row(queue)[1],
        "messages_unacknowledged": lambda queue, _: lengths_row(queue)[2],
        "message_stats": _message_stats,
        "operator_policy": lambda queue, _: queue.policy.operator_policy,
        "policy": lambda queue, _: queue.policy.policy,
        "state": lambda queue, _: state_of(queue),
    },
    groups=(_lengths, _of_its_type),
)

# One queue alone.
QUEUE_DETAILED = QUEUE.extended(
    {
        "consumer_details": lambda queue, look: [
            CONSUMER.render(each, look) for each in consumers_of(queue)
        ],
        # Which channel publishes and gets what: as in RabbitMQ's `basic` mode of rates, its
        # default, nobody counts that.
        "owner_pid_details": _owner,
        "deliveries": lambda _queue, _look: [],
        "incoming": lambda _queue, _look: [],
    }
)


def _bare_members(queue: AnyQueue, look: Look) -> Fields:
    if queue.type == QUORUM:
        return {"leader": look.node, **_members(queue, look)}
    return _mirrors(queue, look) if queue.type == CLASSIC else {}


def _bare_policy(queue: AnyQueue, _look: Look) -> object:
    return ABSENT if queue.policy.policy is None else queue.policy.policy


def _totals(queue: AnyQueue, _look: Look) -> Fields:
    held = holdings(queue)
    return {
        "messages": held.messages,
        "messages_ready": held.messages_ready,
        "messages_unacknowledged": held.messages_unacknowledged,
    }


# One whose home is down: what is known of it everywhere.
DOWN_QUEUE: View[DistantQueue] = View(
    {
        **{name: _NAMED[name] for name in _NAMED if name != "node"},
        # One without a home is about to be led by this node.
        "node": lambda queue, look: queue.home or look.node,
        "state": lambda _queue, _look: "down",
    }
)
# Without statistics (`disable_stats`): what a queue is, and not how it fares.
BARE_QUEUE: View[AnyQueue] = View(
    {**_NAMED, "policy": _bare_policy, "state": lambda queue, _: state_of(queue, "live")},
    groups=(_bare_members,),
)
# The same and how many messages there are (`enable_queue_totals`).
BARE_QUEUE_WITH_TOTALS: View[AnyQueue] = View(
    {**_NAMED, "policy": _bare_policy, "state": lambda queue, _: state_of(queue)},
    groups=(_bare_members, _totals),
)
