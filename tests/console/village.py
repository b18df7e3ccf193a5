"""A node with something of each kind, users of each kind, and a vhost that few may know of."""

from contextlib import contextmanager

import pika

import leveret
from leveret import Policy, Settings
from leveret.management.client import Client
from leveret.management.client.things import Connection

TAGS = {
    "manager": "management",
    "policymaker": "policymaker",
    "watcher": "monitoring",
    "stranger": "monitoring",
}
# Whatever is in the other virtual host has this in its name.
HIDDEN = "moorland"


class Village:
    """node: it runs. connections: the name of each user's newest connection."""

    def __init__(self, node):
        self.node = node
        self.connections = {}
        self._open = []

    def connect(self, user, password="x", vhost="/"):
        parameters = pika.URLParameters(self.node.url_as(user, password, vhost))
        parameters.heartbeat = 0
        parameters.client_properties = {"connection_name": f"{user} at work"}
        before = self._names()
        self._open.append(pika.BlockingConnection(parameters))
        (self.connections[user],) = self._names() - before
        return self._open[-1].channel()

    def _names(self):
        client = Client(self.node.management_url.replace("//", "//guest:guest@"))
        return {each.name for each in client.get("connections", wanted=list[Connection])}

    def leave(self):
        for each in self._open:
            if each.is_open:
                each.close()


@contextmanager
def village():
    settings = Settings(login_failures_max=0, cluster_name="burrow")
    with leveret.running(port=0, management_port=0, settings=settings) as node:
        there = Village(node)
        for user, tag in TAGS.items():
            node.admin.add_user(user, "x", frozenset({tag}))
            if user != "stranger":
                node.admin.set_permission(user)
        _furnish(there)
        _hide(there)
        yield there
        there.leave()


def _furnish(there):
    channel = there.connect("guest", "guest")
    for user in ("manager", "policymaker", "watcher"):
        there.connect(user)
    channel.exchange_declare("news", "topic")
    channel.exchange_declare("later", "x-delayed-message", arguments={"x-delayed-type": "direct"})
    channel.queue_declare("jobs")
    channel.queue_bind("jobs", "news", "a-key")
    channel.basic_publish("", "jobs", b"a-message")
    admin = there.node.admin
    admin.set_policy(Policy("short", "^jobs", {"max-length": 100}))
    admin.set_operator_policy(Policy("capped", "^jobs", {"max-length": 1000}))
    admin.set_vhost_limits({"max-queues": 1000})


def _hide(there):
    admin = there.node.admin
    admin.add_vhost(f"{HIDDEN}-vhost")
    admin.add_user(f"{HIDDEN}-user", "x")
    admin.set_permission(f"{HIDDEN}-user", vhost=f"{HIDDEN}-vhost")
    admin.set_policy(Policy(f"{HIDDEN}-policy", ".*", {"max-length": 9}), f"{HIDDEN}-vhost")
    admin.set_operator_policy(Policy(f"{HIDDEN}-cap", ".*", {"max-length": 9}), f"{HIDDEN}-vhost")
    admin.set_vhost_limits({"max-queues": 9}, f"{HIDDEN}-vhost")
    there.connect(f"{HIDDEN}-user", vhost=f"{HIDDEN}-vhost").connection.close(320, f"{HIDDEN} end")
    channel = there.connect(f"{HIDDEN}-user", vhost=f"{HIDDEN}-vhost")
    channel.exchange_declare(f"{HIDDEN}-exchange", "topic")
    channel.queue_declare(f"{HIDDEN}-queue")
    channel.queue_bind(f"{HIDDEN}-queue", f"{HIDDEN}-exchange", f"{HIDDEN}-key")
    channel.basic_publish("", f"{HIDDEN}-queue", f"{HIDDEN} message".encode())
    channel.basic_publish(f"{HIDDEN}-exchange", f"{HIDDEN}-nowhere", b"")
    channel.basic_consume(f"{HIDDEN}-queue", lambda *_: None, consumer_tag=f"{HIDDEN}-tag")
