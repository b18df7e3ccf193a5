"""A server on a thread of its own, behind real sockets: one can ask its loop, and move its clock.

node.ask(thing)      what `thing()` is, found out between two turns of the server's loop
node.pass_time(60)   a minute later, with everything done that fell due on the way
node.client()        a connection with its handshake behind it
"""

import asyncio
import gc
import threading
import time
from concurrent.futures import Future

from leveret.broker.attempts import Patience
from leveret.broker.broker import Broker
from leveret.broker.logins import Entry
from leveret.config import Settings
from leveret.server.listener import Server
from leveret.session.session import Session
from tests.server.client import Client

DEADLINE_S = 20.0
PAUSE_S = 0.01
# Peers that mean harm fail to log in a thousand times, from the one address that all tests have.
ENDLESS = Patience(failures=0)


class HandLoop(asyncio.SelectorEventLoop):
    """A loop whose clock is moved by hand; its sockets are as real as any."""

    def __init__(self):
        self.now = 1000.0
        super().__init__()

    def time(self):
        return self.now


class Chance:
    """Octets that never repeat, the same in every run."""

    def __init__(self):
        self.drawn = 0

    def __call__(self, size):
        self.drawn += 1
        return self.drawn.to_bytes(size, "big")


class ServedNode(threading.Thread):
    """One broker and its server. `errors` holds whatever went wrong inside the loop."""

    def __init__(self, loop, settings=None, host="127.0.0.1"):
        super().__init__(name="served", daemon=True)
        self.loop = loop
        self.errors = []
        self.clients = []
        self.broker = Broker(loop.time, Chance(), Entry(patience=ENDLESS))
        self.broker.add_vhost("/")
        for name in ("guest", "rabbit"):
            self.broker.users.add(name, name)
            self.broker.set_permission(name, "/")
        self.server = Server(self.broker, settings or Settings())
        self.address = None
        self._host = host
        self._up = Future()
        self._is_over = asyncio.Event()

    # Life ------------------------------------------------------------------------------------

    def __enter__(self):
        self.start()
        self.address = self._up.result(DEADLINE_S)
        return self

    def __exit__(self, *_):
        for client in self.clients:
            client.hang_up()
        self.loop.call_soon_threadsafe(self._is_over.set)
        self.join(DEADLINE_S)
        assert not self.is_alive()
        assert not self.errors, self.errors
        assert not self.server.transports

    def run(self):
        with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
            runner.run(self._serve())

    async def _serve(self):
        self.loop.set_exception_handler(lambda _loop, context: self.errors.append(context))
        try:
            self._up.set_result(await self.server.listen(self._host, 0))
        except OSError as error:
            self._up.set_exception(error)
            return
        await self._is_over.wait()
        await self.server.drain(0)

    # Looking inside --------------------------------------------------------------------------

    def ask(self, question):
        """The answer, found in the server's thread."""
        answer = Future()

        def find_out():
            try:
                answer.set_result(question())
            except BaseException as error:  # raised again in the asking thread
                answer.set_exception(error)

        self.loop.call_soon_threadsafe(find_out)
        return answer.result(DEADLINE_S)

    def run_in_loop(self, coroutine):
        """A future of what the coroutine comes to, in the server's loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def wait_until(self, condition):
        """Turn by turn, until the condition holds."""
        deadline = time.monotonic() + DEADLINE_S
        while not self.ask(condition):
            assert time.monotonic() < deadline, "waited in vain"

    def pass_time(self, seconds, step_s=0.5):
        """Only with a HandLoop: time goes on in steps, each with a few turns of the loop."""
        for _ in range(round(seconds / step_s)):
            self.ask(lambda: setattr(self.loop, "now", self.loop.now + step_s))
            for _turn in range(3):
                self.ask(lambda: None)

    def most_per_turn(self, measure):
        """Begin to measure in every turn of the loop; the greatest so far is in `.most`."""
        return _Watch(self, measure)

    def known_peers(self):
        """The addresses at the far ends of the server's sockets."""
        return {
            each._socket.get_extra_info("peername")[:2]: each for each in self.server.transports
        }

    def transport(self, client):
        """The server's end of a client's socket."""
        return self.known_peers()[client.own_address]

    def session(self, client):
        return self.transport(client)._session

    def wait_until_paused(self, client):
        """Its socket takes no more."""
        self.wait_until(lambda: self.session(client)._is_slow)

    def octets_owed(self, client):
        """How many are on their way to the client's socket: a measure for `most_per_turn`."""
        transport = self.ask(lambda: self.transport(client))
        socket_ = transport._socket
        return lambda: sum(map(len, transport._output)) + socket_.get_write_buffer_size()

    def is_reading(self, client):
        transport = self.ask(lambda: self.transport(client))
        return self.ask(transport._socket.is_reading)

    def connection_count(self):
        return self.ask(lambda: len(self.server.transports))

    @property
    def vhost(self):
        return self.broker.vhosts["/"]

    def messages_ready(self, queue):
        return self.ask(lambda: self.vhost.queues[queue].ready.count)

    def census(self):
        """How much of everything there is: what a test leaves behind shows here."""
        return self.ask(self._count)

    def wait_for_census(self, wanted):
        """Until nothing is left that was not there before."""
        deadline = time.monotonic() + DEADLINE_S
        while (found := self.census()) != wanted:
            assert time.monotonic() < deadline, f"{found} instead of {wanted}"
            # Counting is long, and the event loop lets one connection in per turn.
            time.sleep(PAUSE_S)

    def _count(self):
        gc.collect()
        vhost = self.vhost
        sessions = (each for each in gc.get_objects() if isinstance(each, Session))
        return {
            "transports": len(self.server.transports),
            "watchers": len(self.broker.alarms.watchers),
            "sessions": sum(1 for each in sessions if each.broker is self.broker),
            "exchanges": len(vhost.exchanges),
            "queues": len(vhost.queues),
            "bindings": sum(len(exchange.bindings) for exchange in vhost.exchanges.values()),
            "reply consumers": len(vhost.reply_consumers._waiting),
            "messages": sum(queue.ready.count for queue in vhost.queues.values()),
            "consumers": sum(len(queue.consumers) for queue in vhost.queues.values()),
        }

    # Coming in -------------------------------------------------------------------------------

    def stranger(self, **options):
        """A socket that has not said anything yet."""
        client = Client(self.address, **options)
        self.clients.append(client)
        return client

    def client(self, **terms):
        client = self.stranger()
        client.open(**terms)
        return client


class _Watch:
    def __init__(self, node, measure):
        self.most = 0
        self._is_on = True
        self._measure = measure
        self._loop = node.loop
        node.ask(self._look)

    def _look(self):
        self.most = max(self.most, self._measure())
        if self._is_on:
            self._loop.call_soon(self._look)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._is_on = False
        self._measure = lambda: 0
