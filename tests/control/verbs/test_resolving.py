"""Names as the node resolves them; the cookie, without telling it."""

import asyncio

from leveret.control.call import Call
from leveret.control.cookie import hash_of
from leveret.control.verbs import resolving
from tests.control.served import COOKIE, OneBroker


def resolved(**arguments):
    return asyncio.run(resolving.resolve_hostname(Call(OneBroker(), arguments)))


def test_addresses_of_a_name():
    assert resolved(hostname="localhost") == ["127.0.0.1"]
    assert resolved(hostname="::1", address_family="ipv6") == ["::1"]
    assert resolved(hostname="nosuch.invalid") == []


def test_the_hash_of_the_cookie():
    told = resolving.cookie_hash(Call(OneBroker(), {}))
    assert told == hash_of(COOKIE) != hash_of(b"another")
    assert len(told) == 24
