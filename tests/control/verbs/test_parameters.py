"""Runtime parameters are set, listed, cleared."""

import pytest

from leveret.broker.errors import InvalidParameter, NotFound
from leveret.control import exits

LIMITS = {"component": "vhost-limits", "vhost": "/", "name": "limits"}


def test_of_a_vhost(node):
    node.ask("set_parameter", value='{"max-queues": 5}', **LIMITS)
    assert node.broker.vhosts["/"].limits == {"max-queues": 5}
    assert node.ask("list_parameters", vhost="/") == [
        ["vhost-limits", "limits", '{"max-queues":5}']
    ]
    node.ask("clear_parameter", **LIMITS)
    assert node.ask("list_parameters", vhost="/") == []
    missing = (exits.UNAVAILABLE, "Error:\nParameter does not exist")
    assert node.refusal("clear_parameter", **LIMITS) == missing
    assert node.refusal("clear_parameter", **LIMITS | {"vhost": "nowhere"}) == missing


def test_policies_are_not_among_them(node):
    node.ask("set_policy", vhost="/", name="p", pattern="", definition='{"expires": 1}')
    assert node.ask("list_parameters", vhost="/") == []
    with pytest.raises(InvalidParameter, match="may not be set using this method"):
        node.ask("set_parameter", component="policy", vhost="/", name="p", value="{}")


def test_global_ones(node):
    node.ask("set_global_parameter", name="g", value='{"b": [1, 2.5, null], "a": "x"}')
    assert node.ask("list_global_parameters") == [["g", '{"a":"x","b":[1,2.5,null]}']]
    node.ask("clear_global_parameter", name="g")
    assert node.ask("list_global_parameters") == []
    with pytest.raises(NotFound):
        node.ask("clear_global_parameter", name="g")
    assert node.refusal("set_global_parameter", name="g", value="junk")[0] == exits.UNAVAILABLE
