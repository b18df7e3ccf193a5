"""What this broker can do, as RabbitMQ's feature flags; what RabbitMQ 4 has no more, as its
deprecated features."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from leveret.broker.deprecated_features import FEATURES
from leveret.broker.feature_flags import FLAGS, FeatureFlag
from leveret.management.answers import NO_CONTENT, BadRequest, Json
from leveret.management.resource import ADMINISTRATOR, MANAGEMENT, Resource

if TYPE_CHECKING:
    from leveret.broker.deprecated_features import DeprecatedFeature
    from leveret.management.answers import Answer
    from leveret.management.call import Call

_AGENT: Final = "rabbitmq_management_agent"
# Those that RabbitMQ's management brings along.
MANAGEMENT_FLAGS: Final = (
    FeatureFlag(
        "drop_unroutable_metric",
        "Count unroutable publishes to be dropped in stats",
        provided_by=_AGENT,
    ),
    FeatureFlag(
        "empty_basic_get_metric",
        "Count AMQP `basic.get` on empty queues in stats",
        provided_by=_AGENT,
    ),
)
EXTENSIONS: Final = ({"javascript": "dispatcher.js"},)


def list_extensions(_call: Call) -> Answer:
    """The console's own code, as RabbitMQ has it."""
    return Json(EXTENSIONS)


def all_flags() -> list[FeatureFlag]:
    return sorted((*FLAGS, *MANAGEMENT_FLAGS), key=lambda flag: flag.name)


def list_flags(_call: Call) -> Answer:
    return Json([asdict(flag) for flag in all_flags()])


def enable_flag(call: Call) -> Answer:
    """They are enabled. Raises BadRequest for one that is not there."""
    if call.path["name"] not in {flag.name for flag in all_flags()}:
        raise BadRequest("unsupported")
    return NO_CONTENT


def list_deprecated(_call: Call) -> Answer:
    return Json([_shown(feature) for feature in FEATURES])


def list_deprecated_used(call: Call) -> Answer:
    return Json([_shown(feature) for feature in FEATURES if feature.is_used(call.broker)])


def _shown(feature: DeprecatedFeature) -> dict[str, str]:
    return {
        "name": feature.name,
        "deprecation_phase": feature.deprecation_phase,
        "desc": feature.desc,
        "doc_url": feature.doc_url,
        "provided_by": feature.provided_by,
    }


RESOURCES = (
    Resource("/extensions", MANAGEMENT, "What extends the console.", get=list_extensions),
    Resource("/feature-flags", ADMINISTRATOR, "RabbitMQ's feature flags.", get=list_flags),
    Resource(
        "/feature-flags/{name}/enable",
        ADMINISTRATOR,
        "Enable a feature flag.",
        put=enable_flag,
        commits=(),
    ),
    Resource(
        "/deprecated-features",
        MANAGEMENT,
        "What RabbitMQ 4 has no more, and Leveret has.",
        get=list_deprecated,
    ),
    Resource(
        "/deprecated-features/used",
        MANAGEMENT,
        "What of it is in use.",
        get=list_deprecated_used,
    ),
)
