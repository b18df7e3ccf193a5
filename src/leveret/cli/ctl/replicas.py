"""Queues with copies on several nodes, and nodes under maintenance: commands of rabbitmqctl,
rabbitmq-queues and rabbitmq-upgrade."""

from collections.abc import Iterator
from typing import NamedTuple

from leveret.cli.ctl.asking import Asking
from leveret.cli.ctl.command import (
    MONITORING,
    OPERATIONS,
    QUEUES,
    REPLICATION,
    Command,
    Given,
)
from leveret.cli.ctl.health import fail, say
from leveret.cli.ctl.output import pretty_table, print_value
from leveret.cli.ctl.refusals import Failed
from leveret.control import exits
from leveret.control.messages import Plain

FAILS = "Health check that exits with a non-zero code if"
ALONE = "seems to be the only one in a single node cluster, the check does not apply"
TYPES = ("all", "classic", "quorum")


class Check(NamedTuple):
    """What a command says of queues that would not bear the end of the node.

    kind: their type. loss: what each would lose. some, none: what was found.
    """

    kind: str
    loss: str
    some: str
    none: str


CHECKS = {
    "check_if_node_is_mirror_sync_critical": Check(
        "classic",
        "would lose its only synchronised replica (master)",
        "local classic mirrored queues without online synchronised mirrors",
        "no classic mirrored queues without online synchronised mirrors",
    ),
    "check_if_node_is_quorum_critical": Check(
        "quorum",
        "would lose quorum",
        "local queues with minimum online quorum",
        "no quorum queues with minimum quorum",
    ),
}


def check_critical(given: Given, asking: Asking) -> None:
    """Whether the node may be stopped."""
    check = CHECKS[given.command.name]
    found = asking.value("critical_queues", {"type": check.kind})
    if found is None:
        alone: dict[str, Plain] = {"message": f"Target node {ALONE}", "result": "ok"}
        say(given, asking, f"Node {given.node} {ALONE}", alone)
        return
    queues = _list(found)
    if queues:
        lines = (
            f"{_readable(each)} {check.loss} if node {given.node} is stopped" for each in queues
        )
        message = f"Node {given.node} reported {check.some}"
        told: dict[str, Plain] = {"message": message, "queues": queues, "result": "error"}
        raise fail(given, "\n".join(lines), told)
    message = f"Node {given.node} reported {check.none}"
    say(given, asking, message, {"message": message, "result": "ok"})


def _readable(queue: Plain) -> str:
    assert isinstance(queue, dict)
    return str(queue["readable_name"])


def rebalance(given: Given, asking: Asking) -> None:
    """RabbitMQ looks at the type before it asks the node."""
    kind = given.words[0]
    if kind not in TYPES:
        text = f"type {kind} is not supported. Try one of {', '.join(TYPES)}."
        raise Failed(exits.UNAVAILABLE, f"Error:\n{text}")
    print_value(given, asking.value("rebalance", given.arguments), asking)


def show_leaders(value: Plain, given: Given) -> Iterator[str]:
    """Drawn, also where no format was named. A row is pairs of a column and a value."""
    pairs = [[_list(pair) for pair in _list(row)] for row in _list(value)]
    columns = [str(name) for name, _ in pairs[0]] if pairs else []
    yield from pretty_table(given, columns, [[value for _, value in row] for row in pairs])


def leaders_as_json(value: Plain, given: Given) -> Plain:
    return {"node": given.node, "result": "ok", "value": value}


def _list(value: Plain) -> list[Plain]:
    assert isinstance(value, list)
    return value


COMMANDS = (
    Command(
        name="cancel_sync_queue",
        about="Instructs a synchronising mirrored queue to stop synchronising itself",
        group=REPLICATION,
        usage="cancel_sync_queue [--vhost <vhost>] <queue>",
        example="leveretctl cancel_sync_queue jobs",
        parameters=("queue",),
        details=(("<queue>", "Queue name"),),
        is_in_vhost=True,
        banner=lambda given: (
            f"Stopping synchronising queue '{given.words[0]}' in vhost '{given.vhost or '/'}' ..."
        ),
    ),
    Command(
        name="check_if_node_is_mirror_sync_critical",
        about=f"{FAILS} there are classic mirrored queues without online synchronised mirrors "
        "(queues that would potentially lose data if the target node is shut down)",
        group=MONITORING,
        usage="check_if_node_is_mirror_sync_critical [--timeout <timeout>]",
        example="leveretctl check_if_node_is_mirror_sync_critical",
        banner=lambda given: (
            f"Checking if node {given.node} is critical for data safety of any classic mirrored "
            "queues ..."
        ),
        run=check_critical,
    ),
    Command(
        name="check_if_node_is_quorum_critical",
        about=f"{FAILS} there are queues with minimum online quorum "
        "(queues that would lose their quorum if the target node is shut down)",
        group=MONITORING,
        usage="check_if_node_is_quorum_critical [--timeout <timeout>]",
        example="leveretctl check_if_node_is_quorum_critical",
        banner=lambda given: (
            f"Checking if node {given.node} is critical for quorum of any quorum queues ..."
        ),
        run=check_critical,
    ),
    Command(
        name="drain",
        about="Puts the node in maintenance mode: it serves no clients, and leads no queue that "
        "another node can lead",
        group=OPERATIONS,
        usage="drain",
        example="leveretctl drain",
        banner=lambda given: (
            f"Will put node {given.node} into maintenance mode. "
            "The node will no longer serve any client traffic!"
        ),
    ),
    Command(
        name="rebalance",
        about="Re-balances leaders of replicated queues across up-and-running cluster nodes",
        group=QUEUES,
        usage="rebalance < all | classic | quorum > [--vhost-pattern <pattern>] "
        "[--queue-pattern <pattern>]",
        example="leveretctl rebalance all",
        parameters=("type",),
        options={"vhost_pattern": str, "queue_pattern": str},
        details=(
            ("<type>", "queue type, must be one of: all, classic, quorum"),
            ("--queue-pattern <pattern>", "regular expression to match queue names"),
            ("--vhost-pattern <pattern>", "regular expression to match virtual host names"),
        ),
        banner=lambda given: f"Re-balancing leaders of {given.words[0]} queues...",
        is_list=True,
        run=rebalance,
        show=show_leaders,
        as_json=leaders_as_json,
    ),
    Command(
        name="revive",
        about="Puts the node out of maintenance and into regular operating mode",
        group=OPERATIONS,
        usage="revive",
        example="leveretctl revive",
        banner=lambda given: (
            f"Will put node {given.node} back into regular operating mode. "
            "The node will again serve client traffic and host primary queue replicas."
        ),
    ),
    Command(
        name="sync_queue",
        about="Instructs a mirrored queue with unsynchronised mirrors to synchronise them",
        group=REPLICATION,
        usage="sync_queue [--vhost <vhost>] <queue>",
        example="leveretctl sync_queue jobs",
        parameters=("queue",),
        details=(("<queue>", "Name of the queue to synchronise"),),
        is_in_vhost=True,
        banner=lambda given: (
            f"Synchronising queue '{given.words[0]}' in vhost '{given.vhost or '/'}' ..."
        ),
    ),
)
