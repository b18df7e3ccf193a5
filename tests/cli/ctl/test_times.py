"""Moments in a table."""

import re

from leveret.cli.ctl.times import as_time


def test_a_time_is_the_readers():
    assert re.fullmatch(r"2023-11-1[45] \d\d:\d\d:20\.500[+-]\d\d:\d\d", as_time(1_700_000_000_500))
