"""Asking for queues, exchanges and bindings, in a vhost of one's own."""

import contextlib
import json
from dataclasses import dataclass, replace

import pika


@dataclass(frozen=True)
class Answer:
    status: int
    body: object
    headers: dict


@dataclass(frozen=True)
class Objects:
    """api: whom to ask. `{v}` in a path is the vhost."""

    api: object
    vhost: str
    user: str = "guest:guest"

    @property
    def node(self):
        return self.api.broker

    def as_user(self, user):
        """The same, asked by another."""
        return replace(self, user=user)

    def ask(self, method, path, body=None):
        where = "/api" + path.replace("{v}", self.vhost)
        reply = self.api.ask(method, where, body, self.user)
        told = json.loads(reply.content) if reply.content else None
        return Answer(reply.status, told, reply.headers)

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
