"""Queues with copies on several nodes: who leads them, which would not bear the end of a node; and
nodes under maintenance, which lead none."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from leveret.broker.arguments import CLASSIC, QUORUM, queue_type
from leveret.broker.queues.distant import DistantQueue
from leveret.control import exits
from leveret.control.verbs.connections import close_everybody
from leveret.control.verbs.refusing import refusal
from leveret.peers import is_critical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from leveret.broker.queues.kinds import AnyQueue
    from leveret.control.call import Call
    from leveret.control.messages import Plain

KINDS: Final = {"all": {CLASSIC, QUORUM}, "classic": {CLASSIC}, "quorum": {QUORUM}}
NODE_COLUMN: Final = "Node name"
COUNT_COLUMNS: Final = {
    QUORUM: "Number of quorum queues",
    CLASSIC: "Number of replicated classic queues",
}
DRAINED: Final = "Node was put into maintenance mode"


# Copies -----------------------------------------------------------------------------------------


def sync_queue(call: Call) -> None:
    """Nothing to be done: a copy gets all there is by itself."""
    queue = _queue(call)
    if queue_type(queue.options.arguments) == QUORUM:
        raise refusal(exits.UNAVAILABLE, "quorum_queue_not_supported")
    if not _copies(call, queue):
        raise refusal(exits.UNAVAILABLE, "not_mirrored")


def cancel_sync_queue(call: Call) -> Plain:
    """RabbitMQ says this of a queue that is not being synchronised, and of one that never is."""
    _queue(call)
    return "not_syncing"


def _queue(call: Call) -> AnyQueue:
    """Raises VerbRefused in RabbitMQ's words."""
    vhost = call.broker.vhosts.get(call.text("vhost"))
    queue = None if vhost is None else vhost.queues.get(call.text("queue"))
    if queue is None:
        raise refusal(exits.UNAVAILABLE, "not_found")
    return queue


def _copies(call: Call, queue: AnyQueue) -> tuple[str, ...]:
    peers = call.application.peers
    return () if peers is None else peers.copies(queue.vhost_name, queue.name)


def critical_queues(call: Call) -> Plain:
    """Those of a type that have a majority of their copies now, and not without this node; None
    where it is the only node."""
    peers, wanted = call.application.peers, call.text("type")
    if peers is None:
        return None
    return [
        {
            "name": queue.name,
            "readable_name": f"queue '{queue.name}' in vhost '{queue.vhost_name}'",
            "type": wanted,
            "virtual_host": queue.vhost_name,
        }
        for queue in _replicated(call)
        if queue_type(queue.options.arguments) == wanted
        and is_critical(peers, call.broker.node, queue)
    ]


def _replicated(call: Call) -> Iterator[AnyQueue]:
    for vhost in call.broker.vhosts.values():
        yield from (queue for queue in list(vhost.queues.values()) if _copies(call, queue))


# Leaders ----------------------------------------------------------------------------------------


async def rebalance(call: Call) -> Plain:
    """Spread the leaders evenly; who leads how many then, as pairs of a name and a value."""
    kinds = _kinds(call)
    is_chosen = _chooser(call, kinds)
    clustering = call.host.clustering
    if clustering is not None and call.application.peers is not None:
        await clustering.rebalance(is_chosen)
    chosen = [each for each in _replicated(call) if is_chosen(each.vhost_name, each.name)]
    return _leaderships(call, chosen)


def _kinds(call: Call) -> set[str]:
    """Raises VerbRefused."""
    kind = call.text("type")
    if kind not in KINDS:
        text = f"type {kind} is not supported. Try one of all, classic, quorum."
        raise refusal(exits.UNAVAILABLE, text)
    return KINDS[kind]


def _chooser(call: Call, kinds: set[str]) -> Callable[[str, str], bool]:
    """Which queues are meant. Raises VerbRefused."""
    in_vhost, in_name = _pattern(call, "vhost_pattern"), _pattern(call, "queue_pattern")
    vhosts = call.broker.vhosts

    def is_chosen(vhost: str, name: str) -> bool:
        queue = vhosts[vhost].queues.get(name) if vhost in vhosts else None
        if queue is None or queue_type(queue.options.arguments) not in kinds:
            return False
        return bool(in_vhost.search(vhost) and in_name.search(name))

    return is_chosen


def _pattern(call: Call, argument: str) -> re.Pattern[str]:
    try:
        return re.compile(call.text(argument, ".*"))
    except re.error as error:
        text = f"{call.text(argument)} is no regular expression: {error}"
        raise refusal(exits.DATA, text) from error


def _leaderships(call: Call, queues: list[AnyQueue]) -> Plain:
    """Of the nodes that lead any."""
    counts = Counter((_leader(call, each), queue_type(each.options.arguments)) for each in queues)
    rows: list[Plain] = []
    for node in sorted({node for node, _ in counts}):
        row: list[Plain] = [[NODE_COLUMN, node]]
        row += [[column, counts[node, kind]] for kind, column in COUNT_COLUMNS.items()]
        rows.append(row)
    return rows


def _leader(call: Call, queue: AnyQueue) -> str:
    return queue.home if isinstance(queue, DistantQueue) else call.broker.node


# Maintenance ------------------------------------------------------------------------------------


async def drain(call: Call) -> None:
    """Nobody new comes in, who is connected goes, others lead what this node has led."""
    await call.application.suspend()
    call.application.is_under_maintenance = True
    close_everybody(call, DRAINED)
    clustering = call.host.clustering
    if clustering is not None:
        await clustering.set_aside()


async def revive(call: Call) -> None:
    """Back from maintenance."""
    clustering = call.host.clustering
    if clustering is not None:
        clustering.come_back()
    try:
        await call.application.resume()
    except OSError as error:
        raise refusal(exits.UNAVAILABLE, f"cannot listen again: {error}") from error
    call.application.is_under_maintenance = False


VERBS = {
    "cancel_sync_queue": cancel_sync_queue,
    "critical_queues": critical_queues,
    "drain": drain,
    "rebalance": rebalance,
    "revive": revive,
    "sync_queue": sync_queue,
}
