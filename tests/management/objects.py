"""Asking the management API: a request, and its answer with the JSON read."""

import base64
import contextlib
import http.client
import json
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import pika


@dataclass(frozen=True)
class Answer:
    status: int
    body: object
    headers: dict


@dataclass(frozen=True)
class Api:
    """node: whom to ask. `{v}` in a path is the vhost."""

    node: object
    vhost: str
    user: str = "guest"

    def as_user(self, name):
        """The same, asked by another user, whose password is its name."""
        return replace(self, user=name)

    def ask(self, method, path, body=None):
        place = urlsplit(self.node.management_url)
        credentials = base64.b64encode(f"{self.user}:{self.user}".encode()).decode()
        headers = {"authorization": f"Basic {credentials}"}
        content = body if body is None or isinstance(body, str) else json.dumps(body)
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=20)
        with contextlib.closing(connection):
            connection.request(method, "/api" + path.replace("{v}", self.vhost), content, headers)
            response = connection.getresponse()
            octets = response.read()
        told = json.loads(octets) if octets else None
        return Answer(response.status, told, dict(response.headers))

    def get(self, path):
        """What is shown there."""
        answer = self.ask("GET", path)
        assert answer.status == 200, answer
        return answer.body

    def do(self, method, path, body=None):
        """Something that has to succeed."""
        answer = self.ask(method, path, body)
        assert answer.status in {200, 201, 204}, answer
        return answer

    def publish(self, queue, payload="x", **properties):
        told = {"properties": properties, "routing_key": queue, "payload": payload}
        told["payload_encoding"] = "string"
        return self.do("POST", "/exchanges/{v}/amq.default/publish", told).body["routed"]

    def take(self, queue, count=100, ack_mode="ack_requeue_false", **more):
        told = {"count": count, "ackmode": ack_mode, "encoding": "auto", **more}
        return self.do("POST", f"/queues/{{v}}/{queue}/get", told).body

    @contextlib.contextmanager
    def channel(self):
        """A channel over AMQP."""
        place = pika.ConnectionParameters(self.node.host, self.node.port, self.vhost)
        with contextlib.closing(pika.BlockingConnection(place)) as connection:
            yield connection.channel()
