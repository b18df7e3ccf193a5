"""The application: what a node serves, which can be stopped and started without the node."""

from leveret.cli.ctl.command import NODES, Command

COMMANDS = (
    Command(
        name="start_app",
        about="Starts the application of a node that was stopped with stop_app",
        group=NODES,
        usage="start_app [--timeout <timeout>]",
        example="leveretctl start_app",
        banner=lambda given: f"Starting node {given.node} ...",
    ),
    Command(
        name="stop_app",
        about="Stops the application: all listeners but the node port, and lets go of its files",
        group=NODES,
        usage="stop_app [--timeout <timeout>]",
        example="leveretctl stop_app",
        banner=lambda given: f"Stopping leveret application on node {given.node} ...",
    ),
)
