"""The keys of rabbitmq.conf that Leveret does not honour, so that each is refused by name.

A trailing `*` stands for anything. A key that starts to work leaves this table for settings.py.
Keys that will never work stand beside their families, with what to do instead.
"""

from fnmatch import fnmatchcase

from leveret.config import socket_settings, tls_settings

CANNOT = tls_settings.CANNOT | socket_settings.CANNOT

NOT_SUPPORTED_YET = (
    # Sockets.
    "num_acceptors.*", "socket_writer.*", "reverse_dns_lookups", "initial_frame_max",

    # Who may come in.
    "auth_backends*", "auth_cache*", "auth_http*", "auth_ldap*", "auth_oauth2*", "auth_attempt*",
    "credential_validator.*", "anonymous_*", "default_users.*",
    "default_limits.*", "trust_store.*",
    # Statistics, and how RabbitMQ works inside.
    "vm_memory_calculation_strategy", "collect_statistics*", "background_gc_*", "hipe_compile",
    "raft.*",
    "default_worker_pool_size", "delegate_count", "message_store_shutdown_timeout",
    "queue_index_embed_msgs_below", "classic_queue.*", "quorum_queue.*", "sysmon_handler.*",
    # Queues and definitions.
    "default_queue_type",
    "definitions.https.*", "definitions.tls.*",
    "vhost_restart_strategy", "vhost_max",
    # Clusters.
    "cluster_formation.randomized_startup_delay_range.*", "cluster_formation.node_cleanup.*",
    "cluster_formation.discovery_retry*", "cluster_formation.registration.*",
    "cluster_formation.internal_lock_retries", "cluster_formation.node_type",
    "cluster_formation.target_cluster_size_hint", "cluster_formation.proxy.*",
    "cluster_formation.dns.*", "cluster_formation.k8s.*", "cluster_formation.aws.*",
    "cluster_formation.consul.*", "cluster_formation.etcd.*",
    "cluster_partition_handling*", "cluster_keepalive_interval",
    "cluster_tags.*", "mirroring_sync_*", "mnesia_table_loading_*", "net_ticktime",
    "distribution.*", "erlang.*", "node_tags.*",
    # Logs.
    "log.console.stdio", "log.console.use_colors", "log.console.color_esc_seqs.*",
    "log.console.formatter.*", "log.file.rotation.*", "log.file.formatter.*", "log.dir",
    "log.exchange.formatter.*", "log.syslog*", "log.journald*", "log.default.*",
    "log.connection.*", "log.channel.*", "log.queue.*", "log.mirroring.*", "log.federation.*",
    "log.upgrade.*", "log.ra.*", "motd_file",
    # Plugins.
    "management.*", "management_agent.*", "prometheus.*", "mqtt.*", "stomp.*", "stream.*",
    "web_mqtt.*", "web_stomp.*", "amqp1_0.*", "event_exchange.protocol", "aws.*", "federation.*",
    "shovel.*", "message_interceptors.*",
)  # fmt: skip


def known_but_not_supported(key: str) -> bool:
    return any(fnmatchcase(key, pattern) for pattern in NOT_SUPPORTED_YET)


def what_to_do_without(key: str) -> str | None:
    """For a key that cannot be honoured; None for any other."""
    return next((advice for name, advice in CANNOT.items() if fnmatchcase(key, name)), None)
