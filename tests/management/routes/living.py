"""A broker with its management API, and clients of both: what routes about live things are tested
with. An account's password is its name."""

import http.client
import json
from base64 import b64encode
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import pika

from leveret import Settings, running

NOT_FOUND = {"error": "Object Not Found", "reason": "Not Found"}
NOT_YOURS = {"error": "not_authorised", "reason": "User not authorised to access object"}


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any
    headers: dict[str, str]


class Living:
    """One broker, while it runs."""

    def __init__(self, broker):
        self.broker = broker
        self._place = urlsplit(broker.management_url)

    @property
    def node(self):
        return self.broker.settings.node

    def ask(self, method, path, body=None, *, user="guest", headers=()):
        """path: behind /api. user: its name; None for nobody."""
        connection = http.client.HTTPConnection(self._place.hostname, self._place.port, timeout=10)
        told = dict(headers)
        if user is not None:
            told["authorization"] = "Basic " + _base64(f"{user}:{user}")
        try:
            content = None if body is None else json.dumps(body)
            connection.request(method, f"/api{path}", content, told)
            reply = connection.getresponse()
            octets = reply.read()
        finally:
            connection.close()
        return Reply(reply.status, json.loads(octets) if octets else None, dict(reply.headers))

    def get(self, path, user="guest"):
        """What is answered with 200."""
        reply = self.ask("GET", path, user=user)
        assert reply.status == 200, (path, reply)
        return reply.body

    def add_user(self, name, tag=""):
        """A user who may do everything in the vhost `/`."""
        admin = self.broker.admin
        admin.add_user(name, name, frozenset({tag} if tag else ()))
        admin.set_permission(name)

    def do(self, act):
        """Something with the broker itself, in its own loop."""
        return self.broker.admin._do(act)

    @contextmanager
    def connection(self, user="guest", name=""):
        properties = {"connection_name": name} if name else {}
        connection = pika.BlockingConnection(
            pika.ConnectionParameters(
                self.broker.host,
                self.broker.port,
                "/",
                pika.PlainCredentials(user, user),
                client_properties=properties,
            )
        )
        try:
            yield connection
        finally:
            if connection.is_open:
                connection.close()


def _base64(text):
    return b64encode(text.encode()).decode()


def path_of(name):
    """A name as a segment of a path."""
    return quote(name, safe="")


@contextmanager
def living(**settings):
    with running(settings=Settings(**settings), management_port=0) as broker:
        yield Living(broker)
