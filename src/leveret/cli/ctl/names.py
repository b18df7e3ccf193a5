"""Which module has which command, so that one is found without importing the others."""

from collections.abc import Iterator
from importlib import import_module

from leveret.cli.ctl.command import Command

MODULES: dict[str, tuple[str, ...]] = {
    "application": (
        "force_reset",
        "reset",
        "resume_listeners",
        "rotate_logs",
        "shutdown",
        "start_app",
        "stop",
        "stop_app",
        "suspend_listeners",
    ),
    "attempts": (
        "disable_auth_attempt_source_tracking",
        "enable_auth_attempt_source_tracking",
        "list_node_auth_attempt_stats",
        "reset_node_auth_attempt_metrics",
    ),
    "cluster": (
        "await_online_nodes",
        "cluster_status",
        "force_boot",
        "forget_cluster_node",
        "join_cluster",
        "set_cluster_name",
    ),
    "encryption": (
        "certificates",
        "check_certificate_expiration",
        "cipher_suites",
        "tls_versions",
    ),
    "health_commands": (
        "alarms",
        "check_alarms",
        "check_local_alarms",
        "check_port_connectivity",
        "check_port_listener",
        "check_protocol_listener",
        "check_running",
        "check_virtual_hosts",
        "is_booting",
        "is_running",
        "listeners",
        "ping",
    ),
    "logs": (
        "consume_event_stream",
        "log_location",
        "log_tail",
        "log_tail_stream",
    ),
    "messages": (
        "delete_messages",
        "move_messages",
        "peek",
        "peek_delayed",
        "replay",
        "republish_messages",
    ),
    "resolving": (
        "cookie_hash",
        "cookie_sources",
        "resolve_hostname",
    ),
    "status": (
        "command_line_arguments",
        "environment",
        "memory_breakdown",
        "os_env",
        "server_version",
        "status",
    ),
    "events": ("list_events",),
    "unroutable": ("list_unroutable",),
    "waiting": (
        "await_startup",
        "wait",
    ),
    "autocomplete": ("autocomplete",),
    "channels": (
        "list_channels",
        "list_consumers",
    ),
    "connections": (
        "close_all_connections",
        "close_all_user_connections",
        "close_connection",
        "list_connections",
        "list_ended_connections",
    ),
    "definitions": (
        "export_definitions",
        "import_definitions",
    ),
    "explaining": ("explain_route",),
    "exchanges": (
        "list_bindings",
        "list_exchanges",
    ),
    "features": (
        "enable_feature_flag",
        "list_deprecated_features",
        "list_feature_flags",
    ),
    "parameters": (
        "clear_global_parameter",
        "clear_parameter",
        "list_global_parameters",
        "list_parameters",
        "set_global_parameter",
        "set_parameter",
    ),
    "permissions": (
        "clear_permissions",
        "clear_topic_permissions",
        "list_permissions",
        "list_topic_permissions",
        "list_user_permissions",
        "list_user_topic_permissions",
        "set_permissions",
        "set_permissions_globally",
        "set_topic_permissions",
    ),
    "policies": (
        "clear_operator_policy",
        "clear_policy",
        "list_operator_policies",
        "list_policies",
        "list_policies_that_match",
        "remove_classic_queue_mirroring_from_policies",
        "set_operator_policy",
        "set_policy",
    ),
    "queues": (
        "delete_queue",
        "list_queues",
        "list_unresponsive_queues",
        "purge_queue",
    ),
    "replicas": (
        "cancel_sync_queue",
        "check_if_node_is_mirror_sync_critical",
        "check_if_node_is_quorum_critical",
        "drain",
        "rebalance",
        "revive",
        "sync_queue",
    ),
    "report": ("report",),
    "resources": (
        "activate_free_disk_space_monitoring",
        "deactivate_free_disk_space_monitoring",
        "force_gc",
        "set_disk_free_limit",
        "set_log_level",
        "set_vm_memory_high_watermark",
    ),
    "users": (
        "add_user",
        "authenticate_user",
        "change_password",
        "clear_password",
        "clear_user_limits",
        "delete_user",
        "hash_password",
        "list_hashes",
        "list_user_limits",
        "list_users",
        "set_user_limits",
        "set_user_tags",
    ),
    "vhosts": (
        "add_vhost",
        "clear_vhost_limits",
        "delete_vhost",
        "list_vhost_limits",
        "list_vhosts",
        "reconcile_vhosts",
        "restart_vhost",
        "set_vhost_limits",
        "set_vhost_tags",
        "trace_off",
        "trace_on",
        "update_vhost_metadata",
    ),
}

_HOMES = {name: module for module, names in MODULES.items() for name in names}


def find(name: str) -> Command | None:
    module = _HOMES.get(name)
    if module is None:
        return None
    return next(each for each in commands_of(module) if each.name == name)


def known() -> list[str]:
    return sorted(_HOMES)


def commands_of(module: str) -> tuple[Command, ...]:
    commands: tuple[Command, ...] = import_module(f"leveret.cli.ctl.{module}").COMMANDS
    return commands


def all_commands() -> Iterator[Command]:
    for module in MODULES:
        yield from commands_of(module)
