"""leveretctl's commands on feature flags and deprecated features."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.deprecated_features import FEATURES
from leveret.broker.feature_flags import FLAGS
from leveret.control import exits
from leveret.control.verbs.columns import listing
from leveret.control.verbs.refusing import refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from leveret.broker.deprecated_features import DeprecatedFeature
    from leveret.broker.feature_flags import FeatureFlag
    from leveret.control.call import Call, Reply
    from leveret.control.messages import Plain


def list_feature_flags(call: Call) -> Reply:
    return listing(call.words("columns"), FLAGS, _OF_FLAG)


def enable_feature_flag(call: Call) -> Reply:
    """All that there are, are on."""
    name = call.text("feature_flag")
    if name != "all" and all(name != each.name for each in FLAGS):
        node = call.broker.node
        text = f"This feature flag is not supported by node {node}"
        raise refusal(exits.USAGE, text)
    return None


def list_deprecated_features(call: Call) -> Reply:
    """All, or those in use."""
    used_only = call.flag("used")
    found = [each for each in FEATURES if not used_only or each.is_used(call.broker)]
    return listing(call.words("columns"), found, _OF_FEATURE)


_OF_FLAG: Mapping[str, Callable[[FeatureFlag], Plain]] = {
    "name": lambda flag: flag.name,
    "state": lambda flag: flag.state,
    "stability": lambda flag: flag.stability,
    "provided_by": lambda flag: flag.provided_by,
    "desc": lambda flag: flag.desc,
    "doc_url": lambda flag: flag.doc_url,
}

_OF_FEATURE: Mapping[str, Callable[[DeprecatedFeature], Plain]] = {
    "name": lambda feature: feature.name,
    "deprecation_phase": lambda feature: feature.deprecation_phase,
    "provided_by": lambda feature: feature.provided_by,
    "desc": lambda feature: feature.desc,
    "doc_url": lambda feature: feature.doc_url,
}

VERBS = {
    "enable_feature_flag": enable_feature_flag,
    "list_deprecated_features": list_deprecated_features,
    "list_feature_flags": list_feature_flags,
}
