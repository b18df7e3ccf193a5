"""Where a message would go, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.cli.ctl.command import MONITORING, Command

if TYPE_CHECKING:
    from leveret.control.messages import Plain


def as_taken(value: Plain) -> str:
    return "yes" if value else "no"


COMMANDS = (
    Command(
        name="explain_route",
        about="Shows where a message would go and why, binding by binding; nothing is published",
        group=MONITORING,
        usage="explain_route <exchange> <routing_key> [--headers <JSON>] [--vhost <vhost>]",
        example="leveretctl explain_route amq.topic orders.eu.paid",
        parameters=("exchange", "routing_key"),
        options={"headers": str},
        details=(
            ("<exchange>", "Name of the exchange; amq.default for the default one"),
            ("<routing_key>", "The message's routing key"),
            ("--headers <JSON>", "its headers, as a JSON object"),
        ),
        shapes={"matched": as_taken},
        is_in_vhost=True,
        is_list=True,
        banner=lambda given: (
            f"Explaining the way of '{given.words[1]}' from exchange '{given.words[0]}' "
            f"in vhost '{given.vhost or '/'}' ..."
        ),
    ),
)
