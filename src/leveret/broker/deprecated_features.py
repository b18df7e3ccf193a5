"""What RabbitMQ 3.13 lists as deprecated, and whether somebody uses it here.

Rule: here all of it stays; the list is for those who go on to RabbitMQ 4 one day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.broker import Broker

    Usage: TypeAlias = Callable[[Broker], bool]


@dataclass(frozen=True, slots=True)
class DeprecatedFeature:
    """One feature, by RabbitMQ's name. is_used: asked of a broker."""

    name: str
    desc: str
    doc_url: str
    is_used: Usage
    deprecation_phase: str = "permitted_by_default"
    provided_by: str = "rabbit"


def _has_mirrors(broker: Broker) -> bool:
    rows = [
        row
        for each in broker.vhosts.values()
        for row in (each.policies.user, each.policies.operator)
    ]
    return any("ha-mode" in policy.definition for row in rows for policy in row.by_name.values())


def _has_transient_queues(broker: Broker) -> bool:
    queues = [queue for vhost in broker.vhosts.values() for queue in vhost.queues.values()]
    return any(not each.options.durable and not each.options.exclusive for each in queues)


def _nobody(_broker: Broker) -> bool:
    """Nothing keeps in mind whether it was used."""
    return False


FEATURES: Final = (
    DeprecatedFeature(
        "classic_queue_mirroring",
        "Classic mirrored queues are deprecated.",
        "https://www.rabbitmq.com/blog/2021/08/21/4.0-deprecation-announcements/"
        "#removal-of-classic-queue-mirroring",
        _has_mirrors,
    ),
    DeprecatedFeature(
        "global_qos",
        "Use of the global QoS setting is deprecated.",
        "https://blog.rabbitmq.com/posts/2021/08/4.0-deprecation-announcements/"
        "#removal-of-global-qos",
        _nobody,
    ),
    DeprecatedFeature(
        "transient_nonexcl_queues",
        "Use of transient non-exclusive queues is deprecated.",
        "https://blog.rabbitmq.com/posts/2021/08/4.0-deprecation-announcements/"
        "#removal-of-transient-non-exclusive-queues",
        _has_transient_queues,
    ),
)
