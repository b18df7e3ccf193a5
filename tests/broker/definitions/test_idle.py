"""What has no effect here, and why."""

import pytest

from leveret.broker.definitions.idle import COMPONENTS, without_effect
from tests.broker.definitions import entries


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (entries.shovel(), "there are no shovels here"),
        (entries.global_parameter("cluster_name"), "the name is the setting cluster_name"),
        (entries.global_parameter(), None),
        (entries.vhost_limits(), None),
        (entries.queue(), None),
    ],
)
def test_what_has_no_effect(entry, reason):
    assert without_effect(entry) == reason


def test_what_a_parameter_may_be_set_for():
    assert {"operator_policy", "vhost-limits", "shovel", "federation-upstream"} < COMPONENTS
