"""leveretctl's commands on runtime parameters."""

import pytest

pytestmark = pytest.mark.usefixtures("node")


def test_of_a_vhost(ctl):
    told = ctl("set_parameter", "vhost-limits", "limits", "{}").out
    assert told == (
        'Setting runtime parameter "limits" for component "vhost-limits" to "{}" in vhost "/" ...\n'
    )
    assert ctl("list_parameters", "-s").out == "vhost-limits\tlimits\t{}\n"
    told = ctl("clear_parameter", "vhost-limits", "limits").out
    assert told == (
        'Clearing runtime parameter "limits" for component "vhost-limits" on vhost "/" ...\n'
    )


def test_global_ones(ctl):
    told = ctl("set_global_parameter", "g", "[1]").out
    assert told == 'Setting global runtime parameter "g" to "[1]" ...\n'
    assert ctl("list_global_parameters", "-s").out == "g\t[1]\n"
    assert ctl("clear_global_parameter", "g").out == 'Clearing global runtime parameter "g" ...\n'
