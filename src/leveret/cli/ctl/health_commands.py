"""The table of the health checks; what each does is in health.py."""

from leveret.cli.ctl import health
from leveret.cli.ctl.command import MONITORING, Command

FAILS = "Health check that exits with a non-zero code if"

COMMANDS = (
    Command(
        name="alarms",
        about="Lists resource alarms (local or cluster-wide) in effect on the target node",
        group=MONITORING,
        usage="alarms [--timeout <timeout>]",
        example="leveretctl alarms --formatter json",
        banner=lambda given: f"Asking node {given.node} to report any known resource alarms ...",
        run=health.alarms,
    ),
    Command(
        name="check_alarms",
        about=f"{FAILS} the target node reports any alarms, local or cluster-wide.",
        group=MONITORING,
        usage="check_alarms [--timeout <timeout>]",
        example="leveretctl check_alarms || echo short of something",
        banner=lambda given: f"Asking node {given.node} to report any local resource alarms ...",
        run=health.check_alarms,
    ),
    Command(
        name="check_local_alarms",
        about=f"{FAILS} the target node reports any local alarms",
        group=MONITORING,
        usage="check_local_alarms [--timeout <timeout>]",
        example="leveretctl check_local_alarms",
        banner=lambda given: f"Asking node {given.node} to report any local resource alarms ...",
        run=health.check_local_alarms,
    ),
    Command(
        name="check_port_connectivity",
        about="Basic TCP connectivity health check for each listener's port on the target node",
        group=MONITORING,
        usage="check_port_connectivity [--timeout <timeout>]",
        example="leveretctl check_port_connectivity",
        banner=lambda given: (
            f"Testing TCP connections to all active listeners on node {given.node} ..."
        ),
        run=health.check_port_connectivity,
    ),
    Command(
        name="check_port_listener",
        about=f"{FAILS} target node does not have an active listener for given port",
        group=MONITORING,
        usage="check_port_listener <port> [--timeout <timeout>]",
        example="leveretctl check_port_listener 5672",
        parameters=("port",),
        details=(("<port>", "Port number to check"),),
        banner=lambda given: (
            f"Asking node {given.node} if there's an active listener on port {given.words[0]} ..."
        ),
        check=health.check_port,
        run=health.check_port_listener,
    ),
    Command(
        name="check_protocol_listener",
        about=f"{FAILS} target node does not have an active listener for given protocol",
        group=MONITORING,
        usage="check_protocol_listener <protocol> [--timeout <timeout>]",
        example="leveretctl check_protocol_listener amqp",
        parameters=("protocol",),
        details=(("<protocol>", "Protocol name to check"),),
        banner=lambda given: (
            f"Asking node {given.node} if there's an active listener for protocol "
            f"{given.words[0]} ..."
        ),
        run=health.check_protocol_listener,
    ),
    Command(
        name="check_running",
        about=f"{FAILS} the application on the target node is not running",
        group=MONITORING,
        usage="check_running [--timeout <timeout>]",
        example="leveretctl check_running && echo up",
        banner=lambda given: f"Checking if Leveret is running on node {given.node} ...",
        run=health.check_running,
    ),
    Command(
        name="check_virtual_hosts",
        about="Health check that checks if all vhosts are running in the target node",
        group=MONITORING,
        usage="check_virtual_hosts [--timeout <timeout>]",
        example="leveretctl check_virtual_hosts",
        banner=lambda given: f"Checking if all vhosts are running on node {given.node} ...",
        run=health.check_virtual_hosts,
    ),
    Command(
        name="is_booting",
        about="Checks if Leveret is still booting on the target node",
        group=MONITORING,
        usage="is_booting [--timeout <timeout>]",
        example="leveretctl is_booting",
        banner=lambda given: f"Asking node {given.node} for its boot status ...",
        run=health.is_booting,
    ),
    Command(
        name="is_running",
        about="Checks if Leveret is fully booted and running on the target node",
        group=MONITORING,
        usage="is_running [--timeout <timeout>]",
        example="leveretctl is_running",
        banner=lambda given: f"Asking node {given.node} for its status ...",
        run=health.is_running,
    ),
    Command(
        name="listeners",
        about="Lists active connection listeners (bound interface, port, protocol) on the target "
        "node",
        group=MONITORING,
        usage="listeners [--timeout <timeout>]",
        example="leveretctl listeners",
        banner=lambda given: f"Asking node {given.node} to report its protocol listeners ...",
        run=health.listeners,
    ),
    Command(
        name="ping",
        about="Checks that the node's process is up and that leveretctl can authenticate with it",
        group=MONITORING,
        usage="ping [--timeout <timeout>]",
        example="leveretctl ping --timeout 5",
        timeout_s=health.PING_S,
        banner=lambda given: (
            f"Will ping {given.node}. This only checks if the OS process is running and its node "
            f"port answers. Timeout: {int((given.timeout_s or 0) * 1000)} ms."
        ),
        run=health.ping,
    ),
)
