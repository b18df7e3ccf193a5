"""leveretctl's commands on feature flags and deprecated features."""

import pytest

from leveret.control import exits

pytestmark = pytest.mark.usefixtures("node")


def test_flags(ctl):
    assert "quorum_queue\tenabled\n" in ctl("list_feature_flags").out
    assert ctl("enable_feature_flag", "all").out == "Enabling all feature flags ...\n"
    assert ctl("enable_feature_flag", "x").code == exits.USAGE
    assert ctl("enable_feature_flag", "").code == exits.DATA


def test_deprecated_features(ctl):
    assert ctl("list_deprecated_features").out.startswith("Listing deprecated features ...\nname\t")
    assert ctl("list_deprecated_features", "--used").out == (
        "Listing deprecated features in use ...\n"
    )
