"""A broker with a management API, and how tests ask it: over a real socket."""

import http.client
import json
from base64 import b64encode
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import leveret


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict
    content: bytes

    @property
    def json(self):
        return json.loads(self.content)


def reply_of(connection, request, user, headers):
    """request: method, path and body, which is octets as they are, or anything else as JSON."""
    method, path, body = request
    told = dict(headers)
    if user is not None:
        told["Authorization"] = "Basic " + b64encode(user.encode()).decode()
    content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    try:
        connection.request(method, path, content, told)
        reply = connection.getresponse()
        found = {name.lower(): value for name, value in reply.getheaders()}
        return Reply(reply.status, found, reply.read())
    finally:
        connection.close()


class Api:
    """The management API of a broker in this process. broker: it. url: where the API is."""

    def __init__(self, broker, url):
        self.broker = broker
        self.url = url

    def ask(self, method, path, body=None, user="guest:guest", headers=()):
        """body: octets as they are, anything else as JSON."""
        where = urlsplit(self.url)
        connection = http.client.HTTPConnection(where.hostname, where.port, timeout=20)
        return reply_of(connection, (method, path, body), user, headers)

    def get(self, path, user="guest:guest"):
        return self.ask("GET", path, user=user)


@contextmanager
def asking(**told):
    with leveret.running(management_port=0, **told) as broker:
        yield Api(broker, broker.management_url)
