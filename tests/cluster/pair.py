"""Two nodes of a cluster of three in one process, each asked over HTTP without sockets.

pair = Pair()
pair.declare("q")                        a queue whose home is hare
pair.ask("mouse", "GET", "/queues")      what mouse answers: a Reply (tests/management/asking.py)
pair.ctl("mouse", "list_queues", vhost="/", columns=["name"])     what it tells leveretctl

The third member, owl, is down. Sessions, remote queues and desks are what they always are; only
the links between them are by hand.
"""

import asyncio
import json
from base64 import b64encode
from types import SimpleNamespace

from leveret.broker.permissions import EVERYTHING
from leveret.broker.queues.queue import QueueOptions
from leveret.cluster.remote.placing import place
from leveret.config import Settings
from leveret.control.answering import answers
from leveret.control.desk import ControlDesk
from leveret.control.elsewhere import CONTROL, value_of
from leveret.control.messages import Ask, Batch, Columns
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
        self.nodes = {name: _node(host) for name, host in self.hosts.items()}
        desks = {
            name: {HTTP: HttpDesk(self.hosts[name]).answer, CONTROL: ControlDesk(node).answer}
            for name, node in self.nodes.items()
        }
        for name, peers in self.peers.items():
            peers.desks = {each: desk for each, desk in desks.items() if each != name}
        self.add_user("ada", "administrator")

    def _host(self, name):
        broker = getattr(self, name).broker
        broker.node = name
        host = FakeHost(broker, Settings(node=name))
        host.peers = self.peers[name]
        return host

    def declare_at_mouse(self, name, **options):
        """A queue whose home is mouse, known at hare."""
        made = QueueOptions(**options)
        queue = self.mouse.vhost.create_queue(name, made, None)
        place(self.hare.vhost, name, made, self.hare_homes.of("mouse"))
        return queue

    def lose(self, node):
        """The link to it goes down, and so does it for the other."""
        other = "mouse" if node == "hare" else "hare"
        self.peers[other].living -= {node}
        self.change(is_up=False)

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
        return await self._while_all_go_on(ask_app(make_app(self.hosts[node]), *request, told))

    def ctl(self, node, verb, /, **arguments):
        """What a tool is told: the rows of a listing, or the value; the refusal is raised."""
        *_, last = said = asyncio.run(self._ctl(node, Ask(verb, arguments)))
        self.absent = getattr(last, "absent", [])
        is_listing = any(isinstance(each, Columns) for each in said)
        rows = [row for each in said if isinstance(each, Batch) for row in each.rows]
        return rows if is_listing else value_of(said)

    async def _ctl(self, node, asked):
        async def told():
            return [each async for each in answers(self.nodes[node], asked)]

        return await self._while_all_go_on(told())

    async def _while_all_go_on(self, asked):
        asking = asyncio.create_task(asked)
        while not asking.done():
            self.settle()
            for world in (self.hare, self.mouse):
                world.sync()
            await asyncio.sleep(0)
        return asking.result()


def _node(application):
    """What a tool asks."""
    settings = application.settings
    return SimpleNamespace(application=application, settings=settings, listeners=())


async def ask_app(app, method, path, body, headers):
    """A request without a socket."""
    where, _, query = path.partition("?")
    content = [b"" if body is None else json.dumps(body).encode()]
    sent = []

    async def receive():
        if not content:
            await asyncio.Event().wait()
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
