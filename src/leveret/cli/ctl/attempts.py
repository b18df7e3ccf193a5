"""Attempts to log in, counted by protocol and, when that was asked for, by source."""

from typing import TYPE_CHECKING

from leveret.cli.ctl.asking import Asking
from leveret.cli.ctl.command import CONFIGURATION, MONITORING, Command, Given
from leveret.cli.ctl.output import as_json, print_rows

if TYPE_CHECKING:
    from leveret.control.messages import Plain


def list_attempts(given: Given, asking: Asking) -> None:
    is_by_source = bool(given.options.get("by_source"))
    columns, rows = asking.listing("list_node_auth_attempt_stats", {"by_source": is_by_source})
    known = list(rows)
    if given.formatter == "json":
        attempts: list[Plain] = [dict(sorted(zip(columns, row, strict=True))) for row in known]
        told: Plain = {"attempts": attempts, "node": given.node, "result": "ok"}
        print(as_json(told), file=asking.out)
    elif known:
        print_rows(given, columns, known, asking.out)
    else:
        sentence = f"Node {given.node} reported no authentication attempt stats"
        print(sentence, file=asking.out)


COMMANDS = (
    Command(
        name="disable_auth_attempt_source_tracking",
        about="Disables the tracking of peer IP address and username of authentication attempts",
        group=CONFIGURATION,
        usage="disable_auth_attempt_source_tracking",
        example="leveretctl disable_auth_attempt_source_tracking",
        banner=lambda _given: "Disabling authentication attempt source tracking ...",
    ),
    Command(
        name="enable_auth_attempt_source_tracking",
        about="Enables the tracking of peer IP address and username of authentication attempts",
        group=CONFIGURATION,
        usage="enable_auth_attempt_source_tracking",
        example="leveretctl enable_auth_attempt_source_tracking",
        banner=lambda _given: "Enabling authentication attempt source tracking ...",
    ),
    Command(
        name="list_node_auth_attempt_stats",
        about="Lists authentication attempts on the target node",
        group=MONITORING,
        usage="list_node_auth_attempt_stats [--by-source]",
        example="leveretctl list_node_auth_attempt_stats --by-source",
        options={"by_source": bool},
        details=(("--by-source", "list authentication attempts by remote address and username"),),
        banner=lambda given: f'Listing authentication\n attempts for node "{given.node}" ...',
        run=list_attempts,
    ),
    Command(
        name="reset_node_auth_attempt_metrics",
        about="Resets auth attempt metrics on the target node",
        group=CONFIGURATION,
        usage="reset_node_auth_attempt_metrics",
        example="leveretctl reset_node_auth_attempt_metrics",
        banner=lambda given: f"Reset auth attempt metrics on node {given.node} ...",
    ),
)
