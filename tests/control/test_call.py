"""A verb gets what it was promised, or the call is refused."""

import pytest

from leveret.control import exits
from leveret.control.call import Call, VerbRefused, app_running
from leveret.control.messages import APP_RUNNING, APP_STOPPED
from tests.control.served import OneBroker


def call(**arguments):
    return Call(OneBroker(), arguments)


def test_arguments_by_their_kinds():
    asked = call(vhost="/", count=3, is_on=True, columns=["a", "b"], none=None)
    assert asked.text("vhost") == asked.optional_text("vhost") == "/"
    assert asked.text("missing", "usual") == "usual"
    assert asked.optional_text("missing") is asked.optional_text("none") is None
    assert asked.number("count") == 3
    assert asked.number("missing", 7) == 7
    assert asked.flag("is_on") is True
    assert asked.flag("missing") is False
    assert asked.words("columns") == ["a", "b"]
    assert asked.words("missing") == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda asked: asked.text("count"),
        lambda asked: asked.text("missing"),
        lambda asked: asked.number("vhost"),
        lambda asked: asked.number("is_on"),
        lambda asked: asked.flag("vhost"),
        lambda asked: asked.words("vhost"),
        lambda asked: asked.words("numbers"),
    ],
)
def test_arguments_of_another_kind_are_refused(ask):
    with pytest.raises(VerbRefused, match="has to be") as refused:
        ask(call(vhost="/", count=3, is_on=True, numbers=[1]))
    assert refused.value.exit_code == exits.SOFTWARE


def test_there_is_no_broker_while_the_application_is_stopped():
    host = OneBroker()
    asked = Call(host, {})
    assert asked.broker.vhosts.keys() == {"/"}
    host.application = None
    with pytest.raises(VerbRefused) as refused:
        _ = asked.broker
    assert refused.value.needs == APP_STOPPED
    assert app_running().needs == APP_RUNNING
