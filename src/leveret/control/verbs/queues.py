"""leveretctl's commands on queues: what there is and how they are, deleting and purging one."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from leveret.broker.arguments import CLASSIC
from leveret.broker.errors import PreconditionFailed, Unsupported
from leveret.broker.queues.distant import DistantQueue
from leveret.broker.queues.holdings import holdings
from leveret.broker.queues.kinds import queues_elsewhere, queues_here, state_of
from leveret.control import exits
from leveret.control.elsewhere import at_home, rows_of_all
from leveret.control.messages import Plain
from leveret.control.verbs.columns import fields, listing
from leveret.control.verbs.refusing import refusal
from leveret.peers import EVERYBODY, copies_of
from leveret.session.consumer import Consumer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from leveret.broker.queues.holdings import Holdings
    from leveret.broker.queues.queue import Queue
    from leveret.broker.streams.stream import Stream
    from leveret.control.call import Call, Reply, Verb
    from leveret.control.host import Running


class Row:
    """A queue whose columns are being read: what several of them ask for is found once."""

    __slots__ = ("_holdings", "copies", "node", "queue", "started_at", "statistics")

    def __init__(self, queue: Queue | Stream, application: Running) -> None:
        self.queue = queue
        self.statistics = application.statistics
        self.node = application.broker.node
        self.started_at = application.broker.started_at
        self.copies = copies_of(application.peers, self.node, queue)
        self._holdings: Holdings | None = None

    @property
    def holdings(self) -> Holdings:
        if self._holdings is None:
            self._holdings = holdings(self.queue)
        return self._holdings

    @property
    def is_replicated(self) -> bool:
        return self.queue.type != CLASSIC

    @property
    def exclusive_consumer(self) -> Consumer | None:
        for each in self.queue.consumers:
            if isinstance(each, Consumer) and each.exclusive:
                return each
        return None


Read: TypeAlias = "Callable[[Row], Plain]"


def list_queues(call: Call) -> Reply:
    """A vhost that is not there has none. Those whose homes do not tell of them are down."""
    vhost = call.broker.vhosts.get(call.text("vhost"))
    here = [] if vhost is None or call.flag("offline") else queues_here(vhost)
    columns, application = call.words("columns"), call.application
    rows = listing(columns, (Row(each, application) for each in here), COLUMNS)
    if vhost is None or call.flag("online"):
        return rows
    down = [each for each in queues_elsewhere(vhost) if not _is_told(call, each)]
    return replace(rows, rows=chain(rows.rows, listing(columns, down, _OF_DOWN).rows))


def _is_told(call: Call, queue: DistantQueue) -> bool:
    """Its home tells of it; one without is to be led by this node."""
    return bool(queue.home) and queue.home in call.others


def _listed(call: Call, verb: Verb) -> Reply | Awaitable[Reply]:
    """With --local nobody else is asked, nor told of."""
    if call.flag("local"):
        return verb(replace(call, others=EVERYBODY))
    return rows_of_all(call, verb)


def list_unresponsive_queues(call: Call) -> Reply:
    """Queues live in the process that answers: when it answers, so do they; those of a node that
    lives and does not, do not."""
    vhost, peers = call.broker.vhosts.get(call.text("vhost")), call.application.peers
    silent = frozenset() if peers is None else peers.living
    queues = [
        each
        for each in ([] if vhost is None else queues_elsewhere(vhost))
        if each.home in silent and each.home not in call.others
    ]
    return listing(call.words("columns"), queues, _OF_DOWN)


def delete_queue(call: Call) -> Reply:
    """How many messages it had."""
    vhost = call.broker.vhosts.get(call.text("vhost"))
    queue = _queue(call)
    if vhost is None or queue is None:
        raise refusal(exits.USAGE, "Queue not found")
    if_unused, if_empty = call.flag("if_unused"), call.flag("if_empty")
    try:
        queue.check_deletion(if_unused=if_unused, if_empty=if_empty)
    except PreconditionFailed as refused:
        is_used = str(refused).endswith("in use")
        text = "Queue is in use" if is_used else "Queue is not empty"
        raise refusal(exits.USAGE, text) from refused
    return vhost.remove_queue(queue)


def purge_queue(call: Call) -> Reply:
    queue = _queue(call)
    if queue is None:
        raise refusal(exits.UNAVAILABLE, "not_found")
    try:
        queue.purge()
    except Unsupported as refused:
        raise refusal(exits.UNAVAILABLE, "not_supported") from refused
    return None


def _queue(call: Call) -> Queue | Stream | None:
    """None also where its home is down, as in RabbitMQ: one that lives would have been asked."""
    vhost = call.broker.vhosts.get(call.text("vhost"))
    queue = None if vhost is None else vhost.queues.get(call.text("queue"))
    return None if isinstance(queue, DistantQueue) else queue


# Columns ----------------------------------------------------------------------------------------


def _pid(row: Row) -> Plain:
    """Queues are no processes here: this says where it is."""
    return f"<{row.node}.{row.started_at}.0.{row.queue.number}>"


def _owner_pid(row: Row) -> Plain:
    owner = row.queue.owner
    return "" if owner is None else str(owner)


def _exclusive_consumer_pid(row: Row) -> Plain:
    consumer = row.exclusive_consumer
    return "" if consumer is None else consumer.channel.pid


def _exclusive_consumer_tag(row: Row) -> Plain:
    consumer = row.exclusive_consumer
    return "" if consumer is None else consumer.tag


def _head_message_timestamp(row: Row) -> Plain:
    timestamp = row.holdings.head_message_timestamp
    return "" if timestamp is None else timestamp


def _policy_definition(row: Row) -> Plain:
    return {**row.queue.policy.definition}  # type: ignore[dict-item]  # it came as JSON


def _capacity(row: Row) -> Plain:
    return row.statistics.consumer_capacity(row.queue)


def _count(name: str) -> Read:
    return lambda row: row.statistics.counts(row.queue).get(name, 0)


def _held(name: str) -> Read:
    def read(row: Row) -> Plain:
        value: int = getattr(row.holdings, name)
        return value

    return read


def _where(row: Row) -> Plain:
    """Of the types whose queues RabbitMQ has on several nodes."""
    return row.node if row.is_replicated else ""


def _members(row: Row) -> Plain:
    return list[Plain](row.copies.members) if row.is_replicated else ""


def _online(row: Row) -> Plain:
    return list[Plain](row.copies.online) if row.is_replicated else ""


def _mirrors(row: Row) -> Plain:
    """Where they are, as pids say it; of a mirrored classic queue alone."""
    if row.is_replicated or row.copies.mirrors is None:
        return ""
    return [f"<{node}.{row.started_at}.0.{row.queue.number}>" for node in row.copies.mirrors]


COLUMNS: Mapping[str, Read] = {
    "name": lambda row: row.queue.name,
    "durable": lambda row: row.queue.options.durable,
    "auto_delete": lambda row: row.queue.options.auto_delete,
    "arguments": lambda row: fields(row.queue.options.arguments),
    "policy": lambda row: row.queue.policy.policy or "",
    "operator_policy": lambda row: row.queue.policy.operator_policy or "",
    "effective_policy_definition": _policy_definition,
    "pid": _pid,
    "owner_pid": _owner_pid,
    "exclusive": lambda row: row.queue.options.exclusive,
    "exclusive_consumer_pid": _exclusive_consumer_pid,
    "exclusive_consumer_tag": _exclusive_consumer_tag,
    "messages_ready": lambda row: row.queue.ready.count,
    "messages_unacknowledged": lambda row: row.queue.tally.unacknowledged,
    "messages": lambda row: row.queue.ready.count + row.queue.tally.unacknowledged,
    "messages_ready_ram": _held("messages_ready_ram"),
    "messages_unacknowledged_ram": _held("messages_unacknowledged_ram"),
    "messages_ram": _held("messages_ram"),
    "messages_persistent": _held("messages_persistent"),
    "message_bytes": _held("message_bytes"),
    "message_bytes_ready": _held("message_bytes_ready"),
    "message_bytes_unacknowledged": _held("message_bytes_unacknowledged"),
    "message_bytes_ram": _held("message_bytes_ram"),
    "message_bytes_persistent": _held("message_bytes_persistent"),
    "head_message_timestamp": _head_message_timestamp,
    "disk_reads": _count("disk_reads"),
    "disk_writes": _count("disk_writes"),
    "consumers": lambda row: len(row.queue.consumers),
    "consumer_utilisation": _capacity,
    "consumer_capacity": _capacity,
    "memory": _held("memory"),
    "slave_pids": _mirrors,
    "synchronised_slave_pids": _mirrors,
    "mirror_pids": _mirrors,
    "synchronised_mirror_pids": _mirrors,
    "state": lambda row: state_of(row.queue),
    "type": lambda row: row.queue.type,
    "leader": _where,
    "members": _members,
    "online": _online,
}

# What is known everywhere of a queue whose home is down.
_OF_DOWN: Mapping[str, Callable[[DistantQueue], Plain]] = {
    **dict.fromkeys(COLUMNS, lambda _queue: ""),
    "name": lambda queue: queue.name,
    "durable": lambda queue: queue.options.durable,
    "auto_delete": lambda queue: queue.options.auto_delete,
    "arguments": lambda queue: fields(queue.options.arguments),
    "pid": lambda queue: f"<{queue.home}.0.0.0>",
    "exclusive": lambda queue: queue.options.exclusive,
    "state": lambda _queue: "down",
    "type": lambda queue: queue.type,
}

AMONG = {
    "delete_queue": at_home,
    "list_queues": _listed,
    "list_unresponsive_queues": _listed,
    "purge_queue": at_home,
}

VERBS = {
    "delete_queue": delete_queue,
    "list_queues": list_queues,
    "list_unresponsive_queues": list_unresponsive_queues,
    "purge_queue": purge_queue,
}
# What changes what all nodes know.
COMMITS = frozenset({"delete_queue"})
