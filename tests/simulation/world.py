"""A broker, a few clients, a clock and an oracle: takes steps and checks every one.

There are no sockets and no real time. Clients speak real frames, in chunks that end anywhere;
the broker's sessions write real frames, which are read back as events in the order they were made.
"""

from leveret.broker.broker import Broker
from leveret.protocol.limits import Limits
from leveret.session.identity import Identity, Peer, Terms
from leveret.session.session import Session
from leveret.wire import codec, frames, methods
from tests.simulation.client import Client, Part, Saying
from tests.simulation.line import LoggedOutput, read_events
from tests.simulation.model import Model, Wrong
from tests.simulation.sayings import Sayings
from tests.simulation.steps import CLIENTS, pick

# One client takes small frames only.
FRAME_MAX = (131_072, 131_072, 4096)
IDENTITY = Identity("RabbitMQ", "3.13.7", "simulation", "simulation")
CAPABILITIES = {"connection.blocked": True, "consumer_cancel_notify": True}
# Time passes in eighths of a second: exact in floating point, so that both clocks agree.
EIGHTH_S = 0.125
A_DAY_S = 86_400.0


class Chance:
    """Octets that never repeat, the same in every run."""

    def __init__(self):
        self.drawn = 0

    def __call__(self, size):
        self.drawn += 1
        return self.drawn.to_bytes(size, "big")


class World:
    """Raises when a step goes wrong. `told` has a line for everything that happened."""

    def __init__(self):
        self.told = []
        self.now = 1000.0
        self.broker = Broker(lambda: self.now, Chance())
        self.vhost = self.broker.add_vhost("/")
        self.broker.users.add("guest", "guest")
        self.broker.set_permission("guest", "/")
        self.model = Model(self.now)
        self.clients = {}
        self.sayings = Sayings(self.model.queues, self.model.routes.exchanges)
        self._log = []
        self._terms = Terms(Limits(), IDENTITY, self._violated)

    def _violated(self, report):
        raise Wrong(report)

    # Steps -----------------------------------------------------------------------------------

    def take(self, step):
        """One step, and everything is as it should be."""
        act = getattr(self, f"_{step.kind}", None)
        client = self._client(step.client)
        if act is not None:
            self.told.append(f"{step.kind} {step.client}")
            act(client, step.dice)
        else:
            for saying in self.sayings.find(step, client):
                self.told.append(f"{client.number}/{saying}")
                client.say(saying)
            self._feed(client, step.feed)
        self._compare()

    def _client(self, number):
        if number not in self.clients:
            self._connect(number)
        return self.clients[number]

    def _connect(self, number):
        client = self.clients[number] = Client(number, FRAME_MAX[number])
        session = client.session = Session(
            self.broker, self._terms, Peer(f"client {number}", True), client
        )
        session.connection.output = LoggedOutput(number, self._log)
        start_ok = methods.ConnectionStartOk(
            {"capabilities": CAPABILITIES}, "PLAIN", b"\0guest\0guest", "en_US"
        )
        session.receive(frames.PROTOCOL_HEADER)
        for method in (
            start_ok,
            methods.ConnectionTuneOk(2047, client.frame_max, 0),
            methods.ConnectionOpen(virtual_host="/"),
        ):
            session.receive(frames.encode_frame(frames.METHOD, 0, codec.encode(method)))
        heard = [event.kind for event in read_events(self._log, FRAME_MAX)]
        assert heard == ["ConnectionStart", "ConnectionTune", "ConnectionOpenOk"], heard
        self._log.clear()
        session.connection.output.clear()
        self.model.connect(number)
        client.channels.clear()

    def _feed(self, client, share):
        """So much of what the client has said arrives, unless nobody reads it."""
        if client.is_held:
            return
        chunk, whole = client.take_chunk(share)
        if not chunk:
            return
        client.session.receive(chunk)
        client.waiting.extend(whole)
        self._check_chunk(client)

    def _check_chunk(self, *clients):
        """What the broker did with what waits: as the oracle would have it, one by one."""
        events = self._events()
        explained = 0
        for client in clients:
            state = self.model.begin_chunk(client.number)
            explained += self._explain(events[explained:])
            while client.waiting and not state.is_waiting:
                for _stage in self._tell_model(client):
                    explained += self._explain(events[explained:])
                self.model.check_answered()
            self.model.check_answered()
            self.model.check_quiet()
            self.model.check_confirmed(state)
        if explained < len(events):
            raise Wrong(f"{events[explained]}: {self.model.verdict}")
        for client in clients:
            if client.session.connection.is_closed:
                self._forget(client)

    def _tell_model(self, client):
        """The next thing that waits, in stages."""
        said = client.waiting.popleft()
        if isinstance(said, Part):
            self.model.part_came(client.number, said.number)
        else:
            yield from self.model.apply(client.number, said)
        yield

    def _forget(self, client):
        client.session.lost()
        del self.model.clients[client.number]
        del self.clients[client.number]

    def _leave(self, client, _dice):
        """Says goodbye; what it said before arrives first."""
        if not client.is_held:
            client.say(Saying(0, methods.ConnectionClose(reply_code=200)))
            self._feed(client, 1.0)

    def _lose(self, client, _dice):
        client.session.lost()
        del self.clients[client.number]
        self._expect_nothing_else(self.model.lose(client.number))

    def _pause(self, client, _dice):
        client.is_slow = True
        client.session.pause()
        self.model.pause(client.number)
        self._expect_nothing_else()

    def _resume(self, client, _dice):
        client.is_slow = False
        client.session.resume()
        self.model.resume(client.number)
        self._check_chunk(client)

    def _read(self, client, _dice):
        """The socket takes what there is, and the client understands it."""
        output = client.session.connection.output
        if client.is_slow or not output:
            return
        output.clear()
        client.read()
        client.session.renew_allowance()
        self.model.renew(client.number)
        self._check_chunk(client)

    def _turn(self, _client, _dice):
        self.model.turn()
        self.broker.agenda.run()
        self._expect_nothing_else()

    def _pass_time(self, _client, dice):
        self._pass_until(self.now + EIGHTH_S * pick([1, 1, 2, 4, 8, 80], dice[0]))

    def _pass_until(self, end):
        """What falls due on the way is done in time."""
        agenda = self.broker.agenda
        while (deadline := agenda.next_deadline()) is not None and deadline <= end:
            self.now = max(self.now, deadline)
            self.model.turn()
            self.model.pass_time(self.now)
            agenda.run()
            self._expect_nothing_else()
        self.now = end
        self.model.pass_time(end)
        self.told.append(f"it is {self.now}")

    def _alarm(self, _client, _dice):
        self.broker.alarms.set("memory")
        self.model.set_alarm(True)
        self._expect_nothing_else()

    def _all_clear(self, _client, _dice):
        self.broker.alarms.clear("memory")
        self.model.set_alarm(False)
        # They are told in the order in which they came.
        self._check_chunk(*self.clients.values())

    # Checking --------------------------------------------------------------------------------

    def _events(self):
        events = list(read_events(self._log, FRAME_MAX))
        self._log.clear()
        for event in events:
            self.told.append(f"    {event}")
            if event.client in self.clients:
                self.clients[event.client].unread.append(event)
        return events

    def _explain(self, events):
        """How many of them are legal, one after the other."""
        for count, event in enumerate(events):
            if not self.model.accepts(event):
                return count
        return len(events)

    def _expect_nothing_else(self, stages=()):
        """Only what the model expects has happened, and all of it."""
        events = self._events()
        explained = 0
        for _stage in stages:
            explained += self._explain(events[explained:])
        explained += self._explain(events[explained:])
        if explained < len(events):
            raise Wrong(f"{events[explained]}: {self.model.verdict}")
        self.model.check_answered()
        self.model.check_quiet()

    def _compare(self):
        """The tables are the model's."""
        vhost, model = self.vhost, self.model
        out = model.out_by_queue()
        same("exchanges", vhost.exchanges.keys(), model.routes.exchanges.keys())
        same("queues", vhost.queues.keys(), model.queues.keys())
        for name, queue in model.queues.items():
            mine = vhost.queues[name]
            same(f"ready in {name!r}", mine.ready.count, len(queue.ready))
            same(f"consumers of {name!r}", len(mine.consumers), len(queue.consumers))
            same(f"counted out of {name!r}", mine.tally.unacknowledged, out[queue])
        for name, exchange in model.routes.exchanges.items():
            bound = len(vhost.exchanges[name].bindings)
            same(f"bindings of {name!r}", bound, len(exchange.bindings))
        for number, client in self.clients.items():
            self._compare_channels(client.session, model.clients[number])

    def _compare_channels(self, session, state):
        channels = {n: each for n, each in state.channels.items() if not each.is_closing}
        same("open channels", session.channels.keys(), channels.keys())
        for number, channel in channels.items():
            mine = session.channels[number]
            where = f"{state.number}/{number}"
            same(f"out on {where}", list(mine.unacked), list(channel.unacked))
            same(f"consumers on {where}", mine.consumers.keys(), channel.consumers.keys())

    # The end ---------------------------------------------------------------------------------

    def end(self):
        """Everybody goes, everything is deleted, and nothing is left."""
        self.told.append("the end")
        self._all_clear(None, ())
        for client in list(self.clients.values()):
            self._lose(client, ())
        self._compare()
        self._delete_everything(self._client(0))
        self._compare()
        self._pass_until(self.now + A_DAY_S)
        same("queues left", self.vhost.queues, {})
        same("exchanges left", len(self.vhost.exchanges), 7)
        same("bindings left", self.vhost.bindings._arriving, {})
        same("watchers left", self.broker.alarms.watchers, {})
        same("things to do", self.broker.agenda.next_deadline(), None)

    def _delete_everything(self, janitor):
        janitor.say(Saying(1, methods.ChannelOpen()))
        for name in list(self.model.queues):
            janitor.say(Saying(1, methods.QueueDelete(queue=name)))
        for source, exchange in self.model.routes.exchanges.items():
            for _is_queue, name, key, arguments in exchange.bindings:
                unbind = methods.ExchangeUnbind(
                    destination=name, source=source, routing_key=key, arguments=arguments
                )
                janitor.say(Saying(1, unbind))
        for name in self.model.routes.exchanges:
            if name and not name.startswith("amq."):
                janitor.say(Saying(1, methods.ExchangeDelete(exchange=name)))
        self._feed(janitor, 1.0)
        self._leave(janitor, ())


def same(what, broker, model):
    if broker != model:
        raise Wrong(f"{what}: {broker}, should be {model}")


assert len(FRAME_MAX) == CLIENTS
