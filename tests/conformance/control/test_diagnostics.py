"""Health checks and diagnostics say what rabbitmq-diagnostics says."""

import contextlib
import time

LOOKS = 5
PAUSE_S = 2.0

DIAGNOSTICS = """
ping
ping -q
ping -t 1
ping --formatter json
ping x
is_running
is_running -q
is_running --formatter json
is_booting
is_booting --formatter json
check_running
check_running -q
check_running --formatter json
alarms
alarms -q
alarms -s
alarms --formatter json
check_alarms
check_alarms -q
check_alarms -s
check_alarms --formatter json
check_local_alarms
check_local_alarms --formatter json
check_if_node_is_mirror_sync_critical
check_if_node_is_mirror_sync_critical --formatter json
check_if_node_is_quorum_critical
check_if_node_is_quorum_critical --formatter json
listeners
listeners -q
listeners --formatter json
check_port_connectivity
check_port_connectivity -q
check_port_connectivity --formatter json
check_port_listener 1
check_port_listener 1 -q
check_port_listener abc
check_port_listener
check_port_listener 1 2
check_protocol_listener amqp
check_protocol_listener amqp -q
check_protocol_listener AMQP
check_protocol_listener amqp1.0
check_protocol_listener clustering
check_protocol_listener mqtt
check_protocol_listener amqp --formatter json
check_protocol_listener mqtt --formatter json
check_certificate_expiration
check_certificate_expiration --within 3 --unit weeks
check_certificate_expiration --within 1 --unit days --formatter json
check_certificate_expiration --unit nosuch
check_certificate_expiration --within abc
certificates
certificates -q
tls_versions
tls_versions -q
tls_versions --formatter json
memory_breakdown --unit nosuch
memory_breakdown x
status --unit nosuch
status x
server_version x
log_tail -N abc
log_tail_stream --duration abc
reset_node_auth_attempt_metrics
reset_node_auth_attempt_metrics --formatter json
list_node_auth_attempt_stats --by-source
list_node_auth_attempt_stats --formatter json
enable_auth_attempt_source_tracking
disable_auth_attempt_source_tracking
resolve_hostname localhost
resolve_hostname localhost -q
resolve_hostname localhost --formatter json
resolve_hostname localhost --offline
resolve_hostname nosuch.invalid
resolve_hostname
"""

VHOSTS = """
check_virtual_hosts
check_virtual_hosts -q
check_virtual_hosts --formatter json
"""

LOGS = "log_tail_stream --duration 0"

EVENTS = "consume_event_stream --duration 0 -q"

NODES = """
rotate_logs
await_startup
await_startup -q
await_startup --timeout 5
await_startup --formatter json
wait
wait --pid 1 a
wait /nosuchfile --timeout 1
reset
force_reset
reset x
start_app
start_app --formatter json
suspend_listeners
suspend_listeners --formatter json
resume_listeners
resume_listeners --formatter json
stop a b
environment x
"""


def test_diagnostics(alike):
    alike(DIAGNOSTICS, "rabbitmq-diagnostics")


def test_virtual_hosts(alike):
    """Other tests' vhosts come and go on the same RabbitMQ: it calls one that is coming down."""
    at_last(lambda: alike(VHOSTS, "rabbitmq-diagnostics"))


def test_streams_of_no_time(alike):
    """rabbitmqctl takes one that ends before it is begun for a lost node, and is spoilt by that
    for all that comes after it: each has a rabbitmqctl of its own."""
    at_last(lambda: alike(LOGS, "rabbitmq-diagnostics"))
    at_last(lambda: alike(EVENTS, "rabbitmq-diagnostics"))


def at_last(compare):
    """RabbitMQ may answer otherwise under load: one look in a few finds both alike."""
    for _ in range(LOOKS - 1):
        with contextlib.suppress(AssertionError):
            return compare()
        time.sleep(PAUSE_S)
    return compare()


def test_nodes(alike):
    alike(NODES)
