"""Where a message would go, told to leveretctl."""

import pytest

from leveret.control import exits
from leveret.control.call import VerbRefused


def test_a_row_for_each_binding(node, world):
    channel = world.channel()
    channel.declare("q")
    told = node.ask("explain_route", exchange="amq.default", routing_key="q")
    assert told == [["", "q", "queue", True, "the routing key is the queue's name"]]
    told = node.ask("explain_route", exchange="amq.direct", routing_key="q")
    assert told == [["amq.direct", "", "", False, "nothing is bound to the exchange"]]


def test_copies_are_followed(node, world):
    world.channel().declare("q")
    told = node.ask("explain_route", exchange="", routing_key="x", headers='{"CC": ["q"]}')
    assert [row[1] for row in told] == ["q"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"exchange": "nosuch"}, exits.DATA),
        ({"exchange": "", "headers": "{"}, exits.USAGE),
        ({"exchange": "", "headers": "1"}, exits.USAGE),
        ({"exchange": "", "headers": '{"CC": 1}'}, exits.DATA),
    ],
)
def test_what_cannot_be_explained_is_refused(node, asked, code):
    with pytest.raises(VerbRefused) as refused:
        node.ask("explain_route", routing_key="k", **asked)
    assert refused.value.exit_code == code
