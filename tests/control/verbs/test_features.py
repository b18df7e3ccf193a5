"""Feature flags are on; deprecated features are told, all or those in use."""

from leveret.broker.queues.queue import QueueOptions
from leveret.control import exits


def test_flags_are_listed(node):
    rows = node.ask("list_feature_flags", columns=["name", "state", "provided_by"])
    assert ["quorum_queue", "enabled", "rabbit"] in rows


def test_enabling_what_is_on_does_nothing(node):
    assert node.ask("enable_feature_flag", feature_flag="all") is None
    assert node.ask("enable_feature_flag", feature_flag="quorum_queue") is None
    code, text = node.refusal("enable_feature_flag", feature_flag="nosuch")
    assert code == exits.USAGE
    assert text.startswith("Error:\nThis feature flag is not supported by node ")


def test_deprecated_features_in_use(node):
    columns = ["name", "deprecation_phase"]
    everything = node.ask("list_deprecated_features", columns=columns)
    assert ["global_qos", "permitted_by_default"] in everything
    assert node.ask("list_deprecated_features", columns=columns, used=True) == []
    node.broker.vhosts["/"].create_queue("jobs", QueueOptions(), None)
    [row] = node.ask("list_deprecated_features", columns=columns, used=True)
    assert row[0] == "transient_nonexcl_queues"
