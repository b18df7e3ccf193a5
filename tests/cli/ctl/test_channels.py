"""leveretctl's listings of channels and consumers; tests/conformance/control has some to list."""

import pytest

from leveret.cli.ctl import names


@pytest.mark.usefixtures("node")
def test_nobody_is_there(ctl):
    assert ctl("list_channels").out == "Listing channels ...\n"
    assert ctl("list_consumers", "--formatter", "json").out == "[\n]\n"


def test_the_state_of_a_consumer_is_not_among_the_usual_columns():
    command = names.find("list_consumers")
    assert set(command.columns) - set(command.usual_columns) == {"activity_status"}
