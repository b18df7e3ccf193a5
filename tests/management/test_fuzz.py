"""Every route, asked for anything by anybody: no 500, no hang, and what is refused changes nothing.

LEVERET_FUZZ=explore asks fifty times as much, from a seed of its own.
"""

import http.client
import json
import os
import secrets
from base64 import b64encode

import pytest

from leveret import Settings, running
from leveret.management.api import API, PAGES, RESOURCES
from leveret.management.client import Client
from leveret.management.resource import ANYBODY
from tests.management.fuzzing import METHODS, Gun, Shot

EXPLORE = os.environ.get("LEVERET_FUZZ") == "explore"
SEED = int(os.environ.get("SEED") or (secrets.randbelow(10**6) if EXPLORE else 7))
SHOTS = 100 if EXPLORE else 2
TIMEOUT_S = 10

TAGS = ["", "management", "policymaker", "monitoring", "administrator"]
ALL = [(API, each) for each in RESOURCES] + [("", each) for each in PAGES]
# What is said to what is no HTTP, before there is any route.
NO_HTTP = b"Invalid HTTP request received."
WRITING = {"PUT", "POST", "DELETE"}
# Its GET declares a queue.
UNWATCHED = ("/aliveness-test",)


class Node:
    """A broker that is asked, and who asks: one user of each tag, and a keeper whom nobody hits."""

    def __init__(self, broker):
        self.host, _, port = broker.management_url.removeprefix("http://").rpartition(":")
        self.port = int(port)
        self.keeper = Client(f"http://keeper:secret@{self.host}:{port}", timeout_s=TIMEOUT_S)
        self.told = {"node": "", "port": port}
        self._connection = None
        broker.admin.add_user("keeper", "secret", tags=("administrator",))
        self.furnish()
        self.told["node"] = self.keeper.queue("jobs").node

    def furnish(self):
        """What NAMES of fuzzing.py names; also again, when it was hit."""
        keeper = self.keeper
        for vhost in ("/", "den"):
            keeper.add_vhost(vhost)
            for user in ("keeper", *(f"with-{tag}" for tag in TAGS)):
                if user != "keeper":
                    keeper.add_user(user, "secret", [tag for tag in TAGS if user == f"with-{tag}"])
                everything = {"configure": ".*", "write": ".*", "read": ".*"}
                keeper.put("permissions", vhost, user, body=everything)
            keeper.declare_queue("jobs", vhost)
            keeper.declare_exchange("logs", "topic", vhost)
            keeper.put(
                "policies", vhost, "pol", body={"pattern": "^x", "definition": {"expires": 1}}
            )
            keeper.post("bindings", vhost, "e", "logs", "q", "jobs", body={"routing_key": "a.#"})
        for user in ("ann", "bob"):
            keeper.add_user(user, "secret", ["management"])

    def hang_up(self):
        if self._connection is not None:
            self._connection.close()

    def state(self):
        """All that a request may change: definitions, messages."""
        return self._seen("/api/definitions"), self._seen("/api/queues?columns=name,messages")

    def _seen(self, target):
        status, content = self.fire(Shot("GET", target, b"", {}), "keeper:secret")
        assert status == 200
        return content

    def fire(self, shot, login):
        """Status and content. A node that says nothing for long is a failure."""
        headers = {**shot.headers, "authorization": "Basic " + b64encode(login.encode()).decode()}
        for fresh in (False, True):
            if self._connection is None:
                self._connection = http.client.HTTPConnection(self.host, self.port, TIMEOUT_S)
            try:
                self._connection.request(shot.method, shot.target, shot.content, headers)
                answer = self._connection.getresponse()
                return answer.status, answer.read()
            except (ConnectionError, http.client.BadStatusLine):
                # The node may end a connection between two requests, but not within one.
                self._connection.close()
                self._connection = None
                if fresh:
                    raise
        raise AssertionError


@pytest.fixture(scope="module")
def node():
    with running(settings=Settings(login_failures_max=0), management_port=0) as broker:
        asked = Node(broker)
        yield asked
        asked.hang_up()


def is_refused(status):
    return status >= 400


def is_odd(status, content, path):
    """An answer that should not be: a mistake of ours, or a refusal that does not say why."""
    if status >= 500:
        return not (status == 503 and path.startswith("/health/checks/"))
    if content and is_refused(status) and content != NO_HTTP:
        told = json.loads(content)
        return not {"error", "reason"} <= told.keys()
    return False


@pytest.mark.parametrize(("prefix", "resource"), ALL, ids=[p + each.path for p, each in ALL])
def test_whatever_is_asked_of_a_route_is_answered_and_refusals_change_nothing(
    node, prefix, resource
):
    gun = Gun(f"{SEED}{resource.path}", node.told)
    is_watched = not resource.path.startswith(UNWATCHED)
    before = node.state()
    for method, tag in asked(resource):
        shot = gun.shot(prefix, resource.path, method)
        status, content = node.fire(shot, f"with-{tag}:secret")
        assert not is_odd(status, content, resource.path), (SEED, tag, str(shot), status, content)
        if method in WRITING and is_watched:
            after = node.state()
            assert after == before or not is_refused(status), (SEED, tag, str(shot), status)
            if after != before:
                node.furnish()
                before = node.state()


def asked(resource):
    """Methods, and as whom: often what it answers to, once everything else."""
    often = {*resource.handlers}
    yield from ((method, tag) for method in METHODS if method in often for tag in TAGS * SHOTS)
    yield from ((method, "administrator") for method in METHODS if method not in often)


@pytest.mark.parametrize("tag", TAGS)
def test_who_may_not_ask_hears_so_whatever_he_asks(node, tag):
    gun = Gun(SEED, node.told)
    wrong = []
    for resource in RESOURCES:
        for method in resource.handlers:
            needs = resource.needs_for(method)
            if not needs.tags or tag in needs.tags:
                continue
            shot = gun.shot(API, resource.path, method)
            status, content = node.fire(shot, f"with-{tag}:secret")
            # An odd name may be no path at all.
            if status != 401 and not (status in {404, 405} and "{" in resource.path):
                wrong.append((str(shot), status, content))
    assert not wrong


def test_nobody_is_let_in_without_the_password(node):
    gun = Gun(SEED, node.told)
    for resource in RESOURCES:
        for method in resource.handlers:
            if resource.needs_for(method) is ANYBODY:
                continue
            for login in ("keeper:wrong", "nobody:", "keeper", "", ":"):
                status, _ = node.fire(gun.shot(API, resource.path, method), login)
                assert status in {400, 401, 404, 405}, (resource.path, method, login)


HOSTILE = [
    b"GET /api/overview HTTP/1.1\r\n\r\n",
    b"GET /api/overview HTTP/9.9\r\nHost: x\r\n\r\n",
    b"GET http://x/api/overview HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /api/%zz HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /api/queues/%2 HTTP/1.1\r\nHost: x\r\nAuthorization: Basic\r\n\r\n",
    b"GET /api/queues HTTP/1.1\r\nHost: x\r\nAuthorization: Basic !!!\r\n\r\n",
    b"GET /api/queues HTTP/1.1\r\nHost: x\r\nAuthorization: Basic /////w==\r\n\r\n",
    b"PUT /api/vhosts/x HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"PUT /api/vhosts/x HTTP/1.1\r\nHost: x\r\nContent-Length: 2, 3\r\n\r\n{}",
    b"PUT /api/vhosts/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET " + b"/" * 70_000 + b" HTTP/1.1\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"AMQP\x00\x00\x09\x01",
]


@pytest.mark.parametrize("octets", HOSTILE, ids=lambda octets: ascii(octets[:30]))
def test_what_is_hardly_http_ends_and_harms_nobody(node, octets):
    import socket

    with socket.create_connection((node.host, node.port), TIMEOUT_S) as peer:
        peer.sendall(octets)
        peer.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := peer.recv(65536):
            answer += piece
    assert not answer.startswith(b"HTTP/1.1 5")
    assert node.keeper.queue("jobs").node == node.told["node"]
