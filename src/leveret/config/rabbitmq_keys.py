"""The keys of rabbitmq.conf that Leveret does not honour yet, so that each is refused by name.

A trailing `*` stands for anything. A key that starts to work leaves this table for settings.py.
"""

from fnmatch import fnmatchcase

NOT_SUPPORTED_YET = (
    # Listeners, sockets and TLS.
    "listeners.ssl*", "num_acceptors.*", "socket_writer.*", "tcp_listen_options*", "ssl_options*",
    "ssl_allow_poodle_attack", "ssl_cert_login_*", "ssl_handshake_timeout", "proxy_protocol",
    "reverse_dns_lookups", "initial_frame_max", "connection_max", "channel_max_per_node",
    # Who may come in.
    "auth_mechanisms*", "auth_backends*", "auth_*", "credential_validator.*", "anonymous_*",
    "default_users.*",
    "default_limits.*", "trust_store.*",
    # Statistics, and how RabbitMQ works inside.
    "vm_memory_calculation_strategy", "collect_statistics*", "background_gc_*", "hipe_compile",
    "raft.*",
    "default_worker_pool_size", "delegate_count", "message_store_shutdown_timeout",
    "queue_index_embed_msgs_below", "classic_queue.*", "quorum_queue.*", "sysmon_handler.*",
    # Queues and definitions.
    "default_queue_type", "queue_master_locator", "queue_leader_locator",
    "definitions.https.*", "definitions.tls.*", "definitions.skip_if_unchanged",
    "definitions.hashing.*", "vhost_restart_strategy", "vhost_max",
    # Clusters.
    "cluster_formation.*", "cluster_partition_handling*", "cluster_keepalive_interval",
    "cluster_tags.*", "mirroring_sync_*", "mnesia_table_loading_*", "net_ticktime",
    "distribution.*", "erlang.*", "node_tags.*",
    # Logs.
    "log.console", "log.console.*", "log.dir", "log.file*", "log.exchange*", "log.syslog*",
    "log.journald*", "log.default.*", "log.connection.*", "log.channel.*", "log.queue.*",
    "log.mirroring.*", "log.federation.*", "log.upgrade.*", "log.ra.*", "motd_file",
    # Plugins.
    "management.*", "management_agent.*", "prometheus.*", "mqtt.*", "stomp.*", "stream.*",
    "web_mqtt.*", "web_stomp.*", "amqp1_0.*", "event_exchange.*", "aws.*", "federation.*",
    "shovel.*", "message_interceptors.*",
)  # fmt: skip


def known_but_not_supported(key: str) -> bool:
    return any(fnmatchcase(key, pattern) for pattern in NOT_SUPPORTED_YET)
