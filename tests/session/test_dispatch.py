"""The table from methods to handlers."""

import pytest

from leveret.session.dispatch import HANDLERS
from leveret.wire import methods
from leveret.wire.methods import METHODS

# What a client says to the protocol (protocol/connection.py) or to the reader, not to a channel.
ELSEWHERE = {
    methods.ChannelOpen,
    methods.ChannelClose,
    methods.ChannelCloseOk,
    methods.BasicPublish,
}
# What only a server says; where the name does not tell.
FROM_SERVERS = {methods.BasicReturn, methods.BasicDeliver, methods.BasicGetEmpty}
CONNECTION_CLASS = 10


def test_every_method_of_a_client_has_its_handler():
    asked = {
        kind
        for index, kind in METHODS.items()
        if index >> 16 != CONNECTION_CLASS
        and not kind.__name__.endswith("Ok")
        and kind not in ELSEWHERE | FROM_SERVERS
    }
    answered = {METHODS[index] for index in HANDLERS}
    assert answered - asked == {methods.BasicCancelOk}
    assert asked - answered == set()


@pytest.mark.parametrize(
    "method",
    [
        methods.QueueDeclareOk("q"),
        methods.BasicGetEmpty(),
        methods.TxSelectOk(),
        methods.ChannelOpenOk(),
        methods.ConnectionClose(),
    ],
)
def test_a_method_that_no_client_says_costs_the_connection(channel, method):
    channel.say(method)
    close = channel.client.closed_with()
    assert close.reply_text == "COMMAND_INVALID - unimplemented method"
    assert close.class_id << 16 | close.method_id == method.index


def test_the_answer_to_our_cancel_is_heard_in_silence(channel):
    channel.say(methods.BasicCancelOk("c"))
    assert channel.take() == []
