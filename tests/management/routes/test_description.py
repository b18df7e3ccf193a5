"""What the API says of itself, asked of a running broker by somebody without a login."""

import http.client
import json
from pathlib import Path

import pytest

from leveret import Settings, running
from leveret.config.http_settings import HttpSettings
from leveret.management import rabbitmqadmin
from leveret.management.api import RESOURCES


@pytest.fixture(scope="module", params=["", "/rabbit"], ids=["", "with a prefix"])
def ask(request):
    settings = Settings(http=HttpSettings(path_prefix=request.param))
    with running(settings=settings, management_port=0) as broker:
        host, _, port = broker.management_url.removeprefix("http://").rpartition(":")

        def asked(path, method="GET"):
            connection = http.client.HTTPConnection(host, int(port), timeout=10)
            connection.request(method, request.param + path)
            answer = connection.getresponse()
            told = answer.status, dict(answer.getheaders()), answer.read()
            connection.close()
            return told

        asked.prefix = request.param
        yield asked


def test_the_description_holds_itself_too(ask):
    status, headers, content = ask("/api/openapi.json")
    told = json.loads(content)
    assert (status, headers["content-type"]) == (200, "application/json")
    assert told["openapi"] == "3.1.0"
    assert told["servers"] == [{"url": f"{ask.prefix}/api"}]
    assert told["paths"].keys() == {each.path for each in RESOURCES} >= {"/openapi.json", "/whoami"}


def test_the_script_is_served_as_it_is(ask):
    status, headers, content = ask("/cli/rabbitmqadmin")
    assert (status, headers["content-type"]) == (200, "application/octet-stream")
    assert content == Path(rabbitmqadmin.__file__).read_bytes()


@pytest.mark.parametrize("page", ["/api/index.html", "/cli/index.html"])
def test_there_are_pages_for_people(ask, page):
    status, headers, content = ask(page)
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert f'"{ask.prefix}/'.encode() in content


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/api", "/api/index.html"),
        ("/api/", "/api/index.html"),
        ("/doc/stats.html", "/api/index.html"),
        ("/cli/", "/cli/index.html"),
    ],
)
def test_other_paths_lead_there(ask, path, page):
    status, headers, _ = ask(path)
    assert (status, headers["location"]) == (301, ask.prefix + page)


def test_a_page_is_only_read(ask):
    assert ask("/cli/rabbitmqadmin", "HEAD")[::2] == (200, b"")
    status, headers, _ = ask("/cli/rabbitmqadmin", "POST")
    assert (status, headers["allow"]) == (405, "HEAD, GET, OPTIONS")
