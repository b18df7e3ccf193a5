"""Who is in the cluster: joining it, looking at it, taking somebody out of it."""

import time

from leveret.cli.ctl import help  # noqa: A004  # it is about help
from leveret.cli.ctl.asking import Asking
from leveret.cli.ctl.cluster_status import show_cluster_status
from leveret.cli.ctl.command import CLUSTER, ArgumentsRefused, Command, Given
from leveret.cli.ctl.finding import node_name
from leveret.cli.ctl.output import print_value
from leveret.cli.ctl.refusals import Failed
from leveret.control import exits
from leveret.control.client import Unreachable

LOOK_S = 0.1
ONLINE_S = 300.0
STOP_FIRST = "Error: this command requires the target node to be stopped."


def join(given: Given, asking: Asking) -> None:
    """What the node says to it stands on standard output: that it is a member already is no
    failure."""
    value = asking.value("join_cluster", {"node": _named(given)})
    if value is None:
        print_value(given, None, asking)
    else:
        print(value, file=asking.out)


def _named(given: Given) -> str:
    """The other node; without a host, one of this machine."""
    return node_name(given.words[0], {})


def forget(given: Given, asking: Asking) -> None:
    if given.options.get("offline"):
        raise _refused_offline(given, asking)
    asking.value("forget_cluster_node", {"node": _named(given)})
    print_value(given, None, asking)


def _refused_offline(given: Given, asking: Asking) -> Failed:
    """RabbitMQ edits the files of a node that is stopped; here a majority has to agree."""
    try:
        asking.value("state")
    except Unreachable:
        text = (
            f"Error:\nnode {given.node} forgets nobody alone: a majority has to agree"
            ".\nStart the nodes that are left (force_boot, where they are no majority), and forget "
            "it there without --offline"
        )
        return Failed(exits.UNAVAILABLE, text)
    line = f"Arguments given:\n\t{' '.join(given.line)}"
    return Failed(exits.USAGE, f"{STOP_FIRST}\n{line}\n{help.usage(given.command)}")


def check_count(given: Given) -> None:
    if not given.words[0].isdecimal() or int(given.words[0]) < 1:
        raise ArgumentsRefused("Bad argument: Argument must be a positive integer", exits.DATA)


def await_online(given: Given, asking: Asking) -> None:
    """Until so many members run."""
    deadline = time.monotonic() + (given.timeout_s or ONLINE_S)
    while len(_online(asking)) < int(given.words[0]):
        if time.monotonic() > deadline:
            text = "timed out while waiting. Not enough nodes joined"
            raise Failed(exits.SOFTWARE, f"Error:\nError: {text} {given.node}'s cluster.")
        time.sleep(LOOK_S)
    print_value(given, None, asking)


def _online(asking: Asking) -> list[object]:
    value = asking.value("online_nodes")
    assert isinstance(value, list)
    return list(value)


COMMANDS = (
    Command(
        name="await_online_nodes",
        about="Waits for <count> nodes to join the cluster",
        group=CLUSTER,
        usage="await_online_nodes <count> [--timeout <timeout>]",
        example="leveretctl await_online_nodes 3 --timeout 60",
        parameters=("count",),
        details=(("<count>", "how many nodes must run, this one among them"),),
        check=check_count,
        banner=lambda given: (
            f"Will wait for at least {given.words[0]} nodes to join the cluster of {given.node}. "
            f"Timeout: {int(given.timeout_s or ONLINE_S)} seconds."
        ),
        run=await_online,
    ),
    Command(
        name="cluster_status",
        about="Displays all the nodes in the cluster, together with the currently running nodes",
        group=CLUSTER,
        usage="cluster_status [--timeout <timeout>]",
        example="leveretctl cluster_status",
        banner=lambda given: f"Cluster status of node {given.node} ...",
        show=show_cluster_status,
    ),
    Command(
        name="force_boot",
        about="Forces node to start even if it cannot contact or rejoin any of its known peers",
        group=CLUSTER,
        usage="force_boot",
        example="leveretctl force_boot && leveretctl start_app",
    ),
    Command(
        name="forget_cluster_node",
        about="Removes a node from the cluster",
        group=CLUSTER,
        usage="forget_cluster_node [--offline] <existing_cluster_member_node>",
        example="leveretctl forget_cluster_node leveret@mouse",
        parameters=("node",),
        options={"offline": bool},
        details=(
            ("<existing_cluster_member_node>", "name of the member, which does not run"),
            ("--offline", "refused: a majority of the members has to agree"),
        ),
        banner=lambda given: f"Removing node {_named(given)} from the cluster",
        run=forget,
    ),
    Command(
        name="join_cluster",
        about="Instructs the node to become a member of the cluster that the specified node is in",
        group=CLUSTER,
        usage="join_cluster [--disc|--ram] <existing_cluster_member>",
        example="leveretctl stop_app && leveretctl join_cluster leveret@hare",
        parameters=("node",),
        options={"disc": bool, "ram": bool},
        details=(
            ("<existing_cluster_member>", "name of a member, or of a node that is alone"),
            ("--disc", "a disk node, as all are"),
            ("--ram", "the same: there are no others"),
        ),
        banner=lambda given: f"Clustering node {given.node} with {_named(given)}",
        run=join,
    ),
    Command(
        name="set_cluster_name",
        about="Sets the name of the cluster, which clients and tools are told",
        group=CLUSTER,
        usage="set_cluster_name <name>",
        example="leveretctl set_cluster_name burrow",
        parameters=("name",),
        details=(("<name>", "any text"),),
        banner=lambda given: f"Setting cluster name to {given.words[0]} ...",
    ),
)
