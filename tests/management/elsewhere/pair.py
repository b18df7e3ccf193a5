"""Two nodes of a cluster of three in one process, each asked over HTTP without sockets.

pair = Pair()
pair.declare("q")                        a queue whose home is hare
pair.ask("mouse", "GET", "/queues")      what mouse answers: a Reply (tests/management/asking.py)

The third member, owl, is down. Sessions, remote queues and desks are what they always are; only
the links between them are by hand.
"""

import asyncio
import json
from base64 import b64encode

from leveret.broker.permissions import EVERYTHING
from leveret.config import Settings
from leveret.management.app import make_app
from leveret.management.elsewhere.asking import HTTP
from leveret.management.elsewhere.desk import HttpDesk
from leveret.peers import PeerAbsent
from tests.cluster.remote.two import Two
from tests.management.asking import Reply
from tests.management.looking import FakeHost

NODES = ("hare", "mouse", "owl")


class HandPeers:
    """Peers of one node. silent: those that live and do not answer. copies: by vhost and queue."""

    members = NODES

    def __init__(self):
        self.living = frozenset({"hare", "mouse"})
        self.silent = set()
        self.desks = {}
        self.asked = []
        self.replicated = {}
        self.balanced = 0

    def copies(self, vhost, queue):
        return self.replicated.get((vhost, queue), ())

    async def rebalance(self):
        self.balanced += 1

    async def ask(self, node, verb, body):
        self.asked.append(node)
        if node in self.silent or node not in self.desks:
            raise PeerAbsent(node)
        return await self.desks[node][verb](body)


class Pair(Two):
    def __init__(self, **how):
        super().__init__(**how)
        self.peers = {name: HandPeers() for name in ("hare", "mouse")}
        self.hosts = {name: self._host(name) for name in self.peers}
        desks = {name: {HTTP: HttpDesk(host).answer} for name, host in self.hosts.items()}
        for name, peers in self.peers.items():
            peers.desks = {each: desk for each, desk in desks.items() if each != name}
        self.add_user("ada", "administrator")

    def _host(self, name):
        broker = getattr(self, name).broker
        broker.node = name
        host = FakeHost(broker, Settings(node=name))
        host.peers = self.peers[name]
        return host

    def add_host_names(self, host):
        """From now on they are called hare@host, mouse@host and owl@host where they are asked."""

        def whole(name):
            return f"{name}@{host}"

        for name, peers in self.peers.items():
            self.broker(name).node = whole(name)
            peers.members = tuple(map(whole, NODES))
            peers.living = frozenset(map(whole, peers.living))
            peers.desks = {whole(each): desk for each, desk in peers.desks.items()}

    def broker(self, name):
        return self.hosts[name].broker

    def add_user(self, name, *tags):
        """On both, as the metadata have it."""
        for node in self.hosts:
            broker = self.broker(node)
            if broker.users.get(name) is None:
                broker.users.add(name, "x", frozenset(tags))
                broker.set_permission(name, "/", EVERYTHING)

    def ask(self, node, method, path, body=None, *, user="ada", **headers):
        """What the node answers to a client."""
        return asyncio.run(self._ask(node, (method, path, body), user, headers))

    def get(self, node, path, **how):
        """What it shows."""
        reply = self.ask(node, "GET", path, **how)
        assert reply.status == 200, reply
        return reply.json

    async def _ask(self, node, request, user, headers):
        told = {"authorization": "Basic " + b64encode(f"{user}:x".encode()).decode(), **headers}
        asking = asyncio.create_task(ask_app(make_app(self.hosts[node]), *request, told))
        while not asking.done():
            self.settle()
            for world in (self.hare, self.mouse):
                world.sync()
            await asyncio.sleep(0)
        return asking.result()


async def ask_app(app, method, path, body, headers):
    """A request without a socket."""
    where, _, query = path.partition("?")
    content = [b"" if body is None else json.dumps(body).encode()]
    sent = []

    async def receive():
        return {"type": "http.request", "body": content.pop(), "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
        "path": f"/api{where}",
        "raw_path": f"/api{where}".encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [
            (name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()
        ],
        "client": ("127.0.0.1", 1),
        "server": None,
    }
    await app(scope, receive, send)
    start, *pieces = sent
    found = {name.decode(): text.decode() for name, text in start["headers"]}
    return Reply(start["status"], found, b"".join(each.get("body", b"") for each in pieces))
