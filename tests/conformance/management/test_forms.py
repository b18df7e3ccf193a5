"""Forms of web pages, which are no JSON: a file of definitions, and a login."""

import pytest

BOUNDARY = "XX"
FILE = '{"vhosts": [{"name": "ad-form"}]}'


def form(**fields):
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode()


def answers(both, path, content, kind, user="guest:guest"):
    """What each says: status, body, and what it wants the browser to do."""
    told = []
    for broker in both:
        reply = broker.ask("POST", path, content, user=user, headers={"Content-Type": kind})
        wanted = ("location", "set-cookie", "www-authenticate")
        told.append((reply.status, reply.content, {n: reply.headers.get(n) for n in wanted}))
    return told


@pytest.mark.parametrize(
    "content",
    [
        form(file=FILE),
        form(file=FILE, redirect="../#/import-succeeded"),
        form(other=FILE),
        form(file="{bad"),
        b"garbage",
    ],
)
def test_a_form_with_definitions_is_answered_alike(both, content):
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    rabbitmq, leveret = answers(both, "/api/definitions", content, kind)
    assert leveret == rabbitmq
    left = {broker.ask("DELETE", "/api/vhosts/ad-form").status for broker in both}
    assert left == ({204} if leveret[0] < 400 else {404})


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_definitions_of_another_type_are_refused_alike(both, kind):
    rabbitmq, leveret = answers(both, "/api/definitions", b"{}", kind)
    assert leveret == rabbitmq
    assert leveret[0] == 415


@pytest.mark.parametrize(
    "content",
    [b"username=guest&password=guest", b"username=guest&password=x", b"username=guest", b""],
)
def test_a_login_is_answered_alike(both, content):
    kind = "application/x-www-form-urlencoded"
    rabbitmq, leveret = answers(both, "/api/login", content, kind, user=None)
    assert leveret == rabbitmq


def test_the_cookie_of_a_login_opens_nothing(both):
    for broker in both:
        headers = {"Cookie": "auth=Z3Vlc3Q6Z3Vlc3Q="}
        assert broker.ask("GET", "/api/whoami", user=None, headers=headers).status == 401
