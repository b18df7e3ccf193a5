"""What another node is told at the desk."""

import asyncio

import msgspec

from leveret.control.desk import ControlDesk
from leveret.control.messages import Answer, Ask, Batch, Begun, Columns, Done, Refused, encode
from tests.control.served import OneBroker


def asked(host, verb, **arguments):
    told = asyncio.run(ControlDesk(host).answer(encode(Ask(verb, arguments))))
    return msgspec.json.decode(told, type=list[Answer])


def test_all_that_is_said_comes_in_one_piece():
    told = asked(OneBroker(), "list_vhosts", columns=["name"])
    assert told == [Begun(), Columns(["name"]), Batch([["/"]]), Done()]


def test_a_refusal_is_told_like_any_answer():
    (refused,) = asked(OneBroker(), "banana")
    assert isinstance(refused, Refused)
    host = OneBroker()
    asyncio.run(host.stop_app())
    (refused,) = asked(host, "list_vhosts", columns=["name"])
    assert refused.needs == "app_stopped"
