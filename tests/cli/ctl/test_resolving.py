"""Hosts' addresses and cookies, from the command line."""

import json

import pytest
from tests.control.served import COOKIE

from leveret.control import exits
from leveret.control.cookie import hash_of


@pytest.mark.usefixtures("node")
def test_a_hosts_addresses(ctl):
    outcome = ctl("resolve_hostname", "localhost")
    assert outcome.out == (
        "Asking node leveret@localhost to resolve hostname localhost to IPv4 addresses...\n"
        "127.0.0.1\n"
    )
    told = json.loads(ctl("resolve_hostname", "localhost", "--formatter", "json").out)
    assert (told["addresses"], told["address_family"]) == (["127.0.0.1"], "IPv4")
    assert ctl("resolve_hostname", "nosuch.invalid").code == exits.DATA
    assert ctl("resolve_hostname", "::1", "--address-family", "ipv6", "-q").out == "::1\n"


def test_without_a_node(ctl):
    outcome = ctl("resolve_hostname", "localhost", "--offline")
    assert outcome.out == "Resolving hostname localhost to IPv4 addresses...\n127.0.0.1\n"
    assert ctl("resolve_hostname", "localhost", "--address-family", "ipx").code == exits.DATA


@pytest.mark.usefixtures("node")
def test_the_cookie_of_both_ends(ctl):
    told = hash_of(COOKIE)
    assert ctl("cookie_hash", "-q").out == f"{told}\n"
    sources = ctl("cookie_sources", "-q").out
    assert "LEVERET_COOKIE value set? true\n" in sources
    assert sources.endswith(f"Cookie hash: {told}\n")
    assert COOKIE.decode() not in sources
