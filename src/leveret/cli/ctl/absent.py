"""rabbitmqctl's commands that make no sense here: each says so, and names what to take instead."""

ERLANG = "runs Erlang code inside the node; Leveret has no Erlang"

# Command -> why there is none, and the nearest there is.
ABSENT: dict[str, tuple[str, str]] = {
    "eval": (ERLANG, "leveretctl status, or the HTTP API"),
    "eval_file": (ERLANG, "leveretctl status, or the HTTP API"),
    "exec": ("runs Elixir code; Leveret has none", "leveretctl status, or the HTTP API"),
    "remote_shell": ("opens an Erlang shell", "leveretctl log_tail_stream to watch a node"),
    "observer": ("shows Erlang's processes", "leveretctl status"),
    "hipe_compile": ("compiles Erlang code, and does nothing in RabbitMQ either", "nothing"),
    "maybe_stuck": ("looks for stuck Erlang processes", "leveretctl list_unresponsive_queues"),
    "runtime_thread_stats": ("measures Erlang's threads", "leveretctl status"),
    "schema_info": ("lists Mnesia's tables; Leveret keeps one SQLite file", "leveret inspect"),
    "erlang_version": ("tells the version of Erlang", "leveretctl server_version"),
    "erlang_cookie_hash": ("hashes Erlang's cookie", "leveretctl cookie_hash"),
    "erlang_cookie_sources": ("looks for Erlang's cookies", "leveretctl cookie_sources"),
    "resolver_info": ("tells how Erlang resolves names", "leveretctl resolve_hostname"),
    "encode": ("encrypts a value of Erlang's configuration", "a file that only the node reads"),
    "decode": ("decrypts a value of Erlang's configuration", "a file that only the node reads"),
    "enable_vhost_deletion_protection": ("keeps a virtual host from going", "nothing"),
    "disable_vhost_deletion_protection": ("lets a virtual host go again", "nothing"),
    "encrypt_conf_value": ("encrypts a value of rabbitmq.conf", "a file that only the node reads"),
    "decrypt_conf_value": ("decrypts a value of rabbitmq.conf", "a file that only the node reads"),
    "node_health_check": ("has been deprecated since RabbitMQ 3.8", "leveretctl check_running"),
    "quorum_status": ("tells of a Raft cluster", "leveretctl list_queues name type state"),
    "reclaim_quorum_memory": ("shrinks Raft's log", "leveretctl memory_breakdown"),
    "stream_status": ("tells of a stream's replicas", "leveretctl list_queues name type messages"),
    "list_ciphers": ("lists ciphers of encrypted configuration", "leveretctl cipher_suites"),
    "list_network_interfaces": ("asks the operating system, as you can", "ip address"),
    **dict.fromkeys(
        (
            "change_cluster_node_type",
            "rename_cluster_node",
            "update_cluster_nodes",
        ),
        ("is not how a cluster of Leveret changes", "leveretctl join_cluster"),
    ),
    "discover_peers": ("asks RabbitMQ's peer discovery", "leveretctl status"),
    "metadata_store_status": ("tells of Khepri's Raft log", "leveretctl status"),
}


def why_absent(name: str) -> str | None:
    """What to say to somebody who asks for it; None if it is no command of rabbitmqctl's."""
    if name not in ABSENT:
        return None
    why, nearest = ABSENT[name]
    return f"\nCommand '{name}' does not exist in Leveret: it {why}. \nThe nearest is: {nearest}\n"
