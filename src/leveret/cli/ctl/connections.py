"""Connections: who is there, and asking them to go."""

from leveret.cli.ctl.command import MONITORING, OPERATIONS, Command, Given
from leveret.cli.ctl.erlang import as_address, as_numbers, as_table
from leveret.cli.ctl.times import as_time

COLUMNS = (
    "pid", "name", "port", "host", "peer_port", "peer_host", "ssl", "ssl_protocol",
    "ssl_key_exchange", "ssl_cipher", "ssl_hash", "peer_cert_subject", "peer_cert_issuer",
    "peer_cert_validity", "state", "channels", "protocol", "auth_mechanism", "user", "vhost",
    "timeout", "frame_max", "channel_max", "client_properties", "recv_oct", "recv_cnt",
    "send_oct", "send_cnt", "send_pend", "connected_at",
)  # fmt: skip
REASON = ("<explanation>", "reason for connection closure, will be logged and provided to clients")


def close_all_banner(given: Given) -> str:
    limit = given.options.get("limit", 0) or "all"
    place = f"in vhost {given.vhost or '/'}"
    if given.options.get("global"):
        place = f"to node {given.node} (across all vhosts)"
    return f"Closing {limit} connections {place}, reason: {given.words[0]}..."


def close_user_banner(given: Given) -> str:
    user, reason = given.words
    return f"Closing connections of user {user}, reason: {reason}..."


COMMANDS = (
    Command(
        name="list_connections",
        about="Lists AMQP 0.9.1 connections for the node",
        group=MONITORING,
        usage="list_connections [--no-table-headers] [<column> ...] [--timeout <timeout>]",
        example="leveretctl list_connections name user state",
        columns=COLUMNS,
        usual_columns=("user", "peer_host", "peer_port", "state"),
        shapes={
            "host": as_address,
            "peer_host": as_address,
            "protocol": as_numbers,
            "client_properties": as_table,
        },
        banner=lambda _given: "Listing connections ...",
    ),
    Command(
        name="list_ended_connections",
        about="Lists the last connections that have ended, and why",
        group=MONITORING,
        usage="list_ended_connections [--no-table-headers] [<column> ...]",
        example="leveretctl list_ended_connections ended_at user reason",
        columns=("name", "user", "vhost", "connected_at", "ended_at", "by", "code", "reason"),
        usual_columns=("name", "user", "ended_at", "by", "reason"),
        shapes={"connected_at": as_time, "ended_at": as_time},
        banner=lambda _given: "Listing connections that have ended ...",
    ),
    Command(
        name="close_connection",
        about="Instructs the broker to close the connection of this pid",
        group=OPERATIONS,
        usage="close_connection <connection pid> <explanation>",
        example="leveretctl close_connection '<leveret@oak.1795380039.7.0>' 'moving house'",
        parameters=("pid", "reason"),
        details=(
            ("<connection pid>", "connection identifier, see list_connections pid"),
            ("<explanation>", "reason for connection closure"),
        ),
        banner=lambda given: f"Closing connection {given.words[0]}, reason: {given.words[1]}...",
    ),
    Command(
        name="close_all_connections",
        about="Instructs the broker to close all connections for the specified vhost "
        "or the entire node",
        group=OPERATIONS,
        usage="close_all_connections [--vhost <vhost> --limit <limit>] [-n <node> --global] "
        "[--per-connection-delay <delay>] <explanation>",
        example="leveretctl close_all_connections --limit 10 'moving house'",
        parameters=("reason",),
        options={"global": bool, "limit": int, "per_connection_delay": int},
        details=(
            ("--global", "consider connections across all virtual hosts"),
            ("--limit <number>", "close up to this many connections"),
            ("--per-connection-delay <milliseconds>", "inject a delay between closures"),
            REASON,
        ),
        is_in_vhost=True,
        banner=close_all_banner,
    ),
    Command(
        name="close_all_user_connections",
        about="Instructs the broker to close all connections of the specified user",
        group=OPERATIONS,
        usage="close_all_user_connections <username> <explanation>",
        example="leveretctl close_all_user_connections ann 'new password'",
        parameters=("username", "reason"),
        details=(("<username>", "Self-explanatory"), REASON),
        banner=close_user_banner,
    ),
)
