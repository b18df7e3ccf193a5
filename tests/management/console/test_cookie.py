"""When a cookie is believed, and how a browser is to keep it."""

import pytest

from leveret.management.console.cookie import is_console, kept, token_of

CONSOLE = {"x-leveret-console": "1"}


def test_a_cookie_counts_beside_the_consoles_header_alone():
    cookie = {"cookie": "other=1; leveret-session-15672=abc"}
    assert token_of({**cookie, **CONSOLE}, 15672) == "abc"
    assert token_of(cookie, 15672) is None
    assert is_console(CONSOLE)
    assert not is_console(cookie)


def test_a_cookie_is_for_one_port():
    assert token_of({"cookie": "leveret-session-1=abc", **CONSOLE}, 2) is None


@pytest.mark.parametrize("cookie", ["", "=", ";;;", 'leveret-session-1="', "a b c"])
def test_what_is_no_cookie_is_none(cookie):
    assert token_of({"cookie": cookie, **CONSOLE}, 2) is None


def test_no_script_reads_it_and_no_other_site_sends_it():
    shown = kept("abc", 15672, seconds=60, path="/mq", is_secure=True)
    assert shown == (
        "leveret-session-15672=abc; Path=/mq; Max-Age=60; HttpOnly; SameSite=Strict; Secure"
    )
    assert kept("", 1, seconds=0, path="", is_secure=False) == (
        "leveret-session-1=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"
    )
