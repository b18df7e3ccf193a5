"""list_unroutable, as it is read."""

import re

import pytest

from leveret.cli.ctl.unroutable import as_time


def test_a_time_is_the_readers():
    assert re.fullmatch(r"2023-11-1[45] \d\d:\d\d:20\.500[+-]\d\d:\d\d", as_time(1_700_000_000_500))


@pytest.mark.usefixtures("node")
def test_without_any_the_vhost_is_named_alone(ctl):
    assert ctl("list_unroutable").out == "Listing unroutable publishes of vhost / ...\n"


@pytest.mark.usefixtures("node")
def test_a_vhost_that_is_not_there_is_refused(ctl):
    told = ctl("list_unroutable", "-p", "nowhere")
    assert told.code == 65
    assert "nowhere" in told.err
