"""Clusters: the rows of cluster.*, what a node's engine needs to reach the others'."""

from dataclasses import dataclass
from pathlib import Path

from leveret.config import values
from leveret.config.rows import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSettings:
    """Each field is a row of the table."""

    formation: tuple[str, ...] = setting(
        (),
        values.no_nodes,
        "nodes that this one looks for at its first start: cluster_formation.classic_config"
        ".nodes.1 = leveret@hare",
        key="cluster_formation.classic_config.nodes",
        fold=values.add_node,
        fold_start=(),
        environment=(),
        shown_default="none",
    )
    discovery: str = setting(
        "classic_config",
        values.peer_discovery,
        "how nodes find each other at their first start: classic_config",
        key="cluster_formation.peer_discovery_backend",
    )
    master_locator: str = setting(
        "client-local",
        values.one_of("client-local", "min-masters", "random"),
        "at which node of a cluster a classic queue begins: client-local, min-masters, random",
        key="queue_master_locator",
    )
    leader_locator: str = setting(
        "client-local",
        values.one_of("client-local", "balanced", "least-leaders", "random"),
        "the same of quorum queues and streams: client-local, balanced, least-leaders, random",
        key="queue_leader_locator",
    )
    nats_server: Path | None = setting(
        None,
        values.path,
        "the program nats-server, 2.15.1 or later, that a node in a cluster runs",
        key="cluster.nats_server",
        shown_default="what `leveret[cluster]` has installed, else the one on the PATH",
    )
    address: str = setting(
        "",
        values.text,
        "host by which the other nodes of a cluster reach this one",
        key="cluster.address",
        flag="--address",
        shown_default="what stands behind the @ of the node's name",
    )
    route_port: int | None = setting(
        None,
        values.port,
        "port on which the engines of a cluster reach this node's, 0 for a free one",
        key="cluster.route_port",
        shown_default="the AMQP port and 20001: 25673",
    )
    certificate: Path | None = setting(
        None,
        values.path,
        "TLS between nodes: this node's certificate, PEM; it must be good for both ends",
        key="cluster.ssl_options.certfile",
        shown_default="none",
    )
    key: Path | None = setting(
        None,
        values.path,
        "the certificate's private key, PEM",
        key="cluster.ssl_options.keyfile",
        shown_default="the certificate's file",
    )
    authorities: Path | None = setting(
        None,
        values.path,
        "certificates of the CAs whose nodes are trusted, PEM",
        key="cluster.ssl_options.cacertfile",
        shown_default="none",
    )
