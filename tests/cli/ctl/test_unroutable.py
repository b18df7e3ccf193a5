"""list_unroutable, as it is read."""

import pytest


@pytest.mark.usefixtures("node")
def test_without_any_the_vhost_is_named_alone(ctl):
    assert ctl("list_unroutable").out == "Listing unroutable publishes of vhost / ...\n"


@pytest.mark.usefixtures("node")
def test_a_vhost_that_is_not_there_is_refused(ctl):
    told = ctl("list_unroutable", "-p", "nowhere")
    assert told.code == 65
    assert "nowhere" in told.err
