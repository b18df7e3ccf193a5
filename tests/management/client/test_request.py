"""One request: where it goes, who asks, and what its answer is taken for."""

import ssl

import pytest

from leveret.management.client import ApiUnreachable, Message, Queue
from leveret.management.client.request import Address, path_of, read, refusal
from tests.management.answering import answering
from tests.server.secured import Pki


@pytest.fixture
def api():
    with answering() as told:
        yield told


def test_segments_of_a_path_are_escaped():
    assert path_of("queues", "/", "a b/ü") == "/api/queues/%2F/a%20b%2F%C3%BC"


def test_what_is_not_asked_is_not_in_the_query():
    asked = {"page": 1, "name": None, "use_regex": True, "columns": "a,b"}
    assert path_of("queues", query=asked) == "/api/queues?page=1&use_regex=true&columns=a%2Cb"


def test_the_url_says_who_asks_and_what_comes_before(api):
    address = Address(f"http://a%40b:p%3A@127.0.0.1:{api.port}/rabbit/", None, 5)
    address.ask("PUT", "/api/vhosts/v", {"tracing": True})
    assert api.only.login == "a@b:p:"
    assert (api.only.method, api.only.target) == ("PUT", "/rabbit/api/vhosts/v")
    assert api.only.body == {"tracing": True}


def test_guest_asks_unless_the_url_says_otherwise(api):
    Address(f"http://127.0.0.1:{api.port}", None, 5).ask("GET", "/api/overview")
    assert api.only.login == "guest:guest"
    assert not api.only.content


@pytest.mark.parametrize("url", ["localhost:15672", "amqp://localhost", "http://"])
def test_a_url_of_something_else_is_none(url):
    with pytest.raises(ValueError, match="http://host:port"):
        Address(url, None, 5)


def test_nobody_there_is_unreachable():
    with pytest.raises(ApiUnreachable, match=r"127\.0\.0\.1:1 does not answer"):
        Address("http://127.0.0.1:1", None, 5).ask("GET", "/api/overview")


def test_https_trusts_whom_it_is_told_to(tmp_path):
    pki = Pki(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pki.certfile, pki.keyfile)
    with answering(context) as api:
        url = f"https://localhost:{api.port}"
        with pytest.raises(ApiUnreachable):
            Address(url, None, 5).ask("GET", "/api/overview")
        assert Address(url, pki.client_context(), 5).ask("GET", "/api/overview")[0] == 200


def test_fields_of_no_interest_are_passed_over():
    assert read(b'{"name": "q", "slave_nodes": [], "messages": 3}', Queue).messages == 3


def test_an_empty_list_may_be_an_object_without_fields():
    """RabbitMQ's JSON comes from Erlang, where both are the same."""
    content = (
        b'[{"payload": "", "payload_bytes": 0, "payload_encoding": "string",'
        b' "routing_key": "q", "properties": []}]'
    )
    assert read(content, list[Message])[0].properties == {}


def test_a_refusal_says_what_the_api_said():
    refused = refusal(400, b'{"error": "bad_request", "reason": ["not_boolean", "x"]}')
    assert (refused.status, refused.error) == (400, "bad_request")
    assert refused.reason == ["not_boolean", "x"]
    assert str(refused) == "400 bad_request: ['not_boolean', 'x']"


@pytest.mark.parametrize("content", [b"", b"<html>", b"[1]"])
def test_a_refusal_of_something_before_the_api_says_what_it_can(content):
    assert refusal(502, content).error == "Bad Gateway"
