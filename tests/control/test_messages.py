"""What is said comes out as it was put in."""

import pytest

from leveret.control import messages
from leveret.control.messages import Ask, Batch, Begun, Columns, Done, Refused, Told


@pytest.mark.parametrize(
    "answer",
    [
        Begun(),
        Columns(["name", "tags"]),
        Batch([["a", ["x"]], ["b", {"deep": [1, 2.5, None, True]}]]),
        Told({"event": "queue.created"}),
        Done(),
        Done("text"),
        Refused(65, "no", messages.APP_STOPPED),
    ],
)
def test_answers(answer):
    assert messages.decode_answer(messages.encode(answer)) == answer


def test_questions():
    ask = Ask("add_vhost", {"vhost": "é", "number": 3, "list": ["a"]})
    assert messages.decode_ask(messages.encode(ask)) == ask


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"type":"ask"}', b'{"type":"nosuch"}', b"\xff"]
)
def test_what_is_no_question(body):
    with pytest.raises(messages.BadMessage):
        messages.decode_ask(body)


def test_names_that_are_no_utf8_are_shown_as_unknown():
    batch = Batch([["queue \udcff", ["\udc80", {"key \udcfe": "\udcfd", "n": 1}]]])
    told = messages.decode_answer(messages.encode(batch))
    assert told == Batch([["queue �", ["�", {"key �": "�", "n": 1}]]])
