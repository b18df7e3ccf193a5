"""Handlers of the management API called without HTTP, on a broker of their own."""

import asyncio
import inspect
import json
import os
from itertools import count
from types import SimpleNamespace

import pytest

from leveret.broker.broker import Broker
from leveret.broker.permissions import EVERYTHING
from leveret.config import Settings
from leveret.management.answers import HttpRefused, Item, Json, Listing
from leveret.management.call import Call
from leveret.management.console.sessions import Sessions
from leveret.management.look import Look
from leveret.management.query import Query
from leveret.management.refusals import TRANSLATED, translated
from leveret.statistics.statistics import Statistics
from tests.broker.domain import HandClock

ADMINISTRATOR = "ada"


def new_broker():
    """With vhost /, and an administrator who may do everything there."""
    octets = count(1)
    broker = Broker(HandClock(), lambda size: next(octets).to_bytes(size, "big"))
    broker.add_vhost("/")
    broker.users.add(ADMINISTRATOR, "secret", frozenset({"administrator"}))
    broker.set_permission(ADMINISTRATOR, "/", EVERYTHING)
    return broker


class Office:
    """Where a test asks. broker: who is asked about."""

    def __init__(self):
        self.broker = new_broker()
        self.statistics = Statistics(self.broker)
        self.sessions = Sessions(os.urandom)

    def ask(self, handler, body=None, *, by=ADMINISTRATOR, query="", headers=None, **path):
        """What the handler answers: status, or the value that is shown."""
        call = self.call(body, by=by, query=query, headers=headers, **path)
        return self.shown(self.answer(handler, call))

    def answer(self, handler, call):
        told = handler(call)
        return asyncio.run(told) if inspect.iscoroutine(told) else told

    def call(self, body=None, *, by=ADMINISTRATOR, query="", headers=None, **path):
        host = SimpleNamespace(
            broker=self.broker,
            settings=Settings(),
            statistics=self.statistics,
            peers=None,
            sessions=self.sessions,
        )
        look = Look(host, Query(query), 0.0, self.broker.users.get(by))
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        told = {"content-type": "application/json", **(headers or {})}
        return Call(look, path, told, b"" if body is None else content)

    def shown(self, answer):
        look = self.call().look
        match answer:
            case Listing():
                return [answer.view.render(each, look) for each in answer.things]
            case Item():
                return answer.view.render(answer.thing, look)
            case Json():
                return answer.value
            case _:
                return answer.status

    def refusal(self, handler, body=None, **asked):
        """The refusal: status and reason."""
        with pytest.raises(TRANSLATED) as refused:
            self.ask(handler, body, **asked)
        error = translated(refused.value)
        assert isinstance(error, HttpRefused)
        return error.status, error.reason
