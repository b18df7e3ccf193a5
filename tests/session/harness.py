"""Clients without sockets: they speak frames to a session and keep what comes back.

world = World()                     a broker with a clock and chance of its own
client = world.client()             a connection through its handshake
channel = client.channel()          an open channel on it
channel.call(QueueDeclare("q"))     the one answer to a method
channel.take()                      what has come since: methods, and contents put together

world = World(is_durable=True)      the same with an engine that keeps things
world.sync()                        all that was said so far is safe
"""

from dataclasses import dataclass, field

from leveret.broker.broker import Broker
from leveret.broker.memory import MEMORY
from leveret.protocol.limits import Limits
from leveret.protocol.sasl import MECHANISMS
from leveret.session.identity import Identity, Peer, Terms
from leveret.session.session import Session
from leveret.wire import codec, frames, methods
from leveret.wire.properties import Properties, decode_header, encode_header
from tests.broker.domain import HandAgenda, random_bytes
from tests.broker.fake_storage import FakeEngine

IDENTITY = Identity("RabbitMQ", "3.13.7", "Leveret 0", "leveret@test")
HAS_CONTENT = (methods.BasicDeliver, methods.BasicGetOk, methods.BasicReturn)
# What client libraries announce.
PERSISTENT = Properties(delivery_mode=2)
CAPABILITIES = {
    "consumer_cancel_notify": True,
    "connection.blocked": True,
    "authentication_failure_close": True,
}


@dataclass(frozen=True)
class Content:
    """A method with the message that came behind it."""

    method: methods.Method
    properties: Properties
    body: bytes
    frames_count: int = field(compare=False, default=1)

    @property
    def tag(self):
        return self.method.delivery_tag

    def __repr__(self):
        return f"<{type(self.method).__name__} {self.body!r}>"


class World:
    """A broker, its clock, and whoever is connected to it.

    over: makes a storage of the engine's.
    """

    def __init__(self, limits=None, *, is_durable=False, consumer_timeout_ms=0, over=None):
        self.limits = limits or Limits()
        self.consumer_timeout_ms = consumer_timeout_ms
        self.reports = []
        self.agenda = HandAgenda()
        self.engine = FakeEngine(self.agenda)
        storage = self.engine.storage if is_durable else MEMORY
        if over is not None:
            storage = over(self.engine.storage)
        self.broker = Broker(self.agenda.clock, random_bytes(), storage=storage)
        self.broker.agenda = self.agenda
        self.broker.add_vhost("/")
        self.broker.users.add("guest", "guest")
        self.broker.set_permission("guest", "/")

        self.sync()

    def sync(self):
        """The disk has it: all that was said so far is safe."""
        self.engine.durability.sync()

    @property
    def vhost(self):
        return self.broker.vhosts["/"]

    def stranger(self, **who):
        """A connection that has not even greeted."""
        return Client(self, **who)

    def client(self, *, peer_host="127.0.0.1", **how):
        return self.stranger(peer_host=peer_host).open(**how)

    def channel(self):
        """A channel on a connection of its own."""
        return self.client().channel()

    def pass_time(self, seconds=0.0):
        self.agenda.pass_time(seconds)


class Client:
    """One connection's far end."""

    def __init__(self, world, *, is_loopback=True, peer_host="127.0.0.1", tls=None):
        self.world = world
        self.holds = set()
        self.channels = {}
        self.closed = None
        self._inbox = []
        terms = Terms(
            world.limits,
            IDENTITY,
            world.reports.append,
            world.consumer_timeout_ms,
            frozenset(MECHANISMS),
        )
        peer = Peer("peer", is_loopback, peer_host, tls=tls)
        self.session = Session(world.broker, terms, peer, self)

    def wake(self):
        """The session has output; it is taken when somebody looks."""

    send_pend = 0

    def hold_reading(self, reason, *, is_held):
        (self.holds.add if is_held else self.holds.discard)(reason)

    @property
    def is_reading_held(self):
        return bool(self.holds)

    # Speaking --------------------------------------------------------------------------------

    def send(self, octets):
        self.session.receive(octets)

    def say(self, method, number=0):
        self.send(frames.encode_frame(frames.METHOD, number, codec.encode(method)))

    def call(self, method):
        """The one answer on channel 0."""
        self.say(method)
        (answer,) = self.take(0)
        return answer

    def open(self, *, user="guest", password="guest", vhost="/", tune=None, capabilities=None):
        """Through the handshake."""
        self.send(frames.PROTOCOL_HEADER)
        capabilities = CAPABILITIES if capabilities is None else capabilities
        properties = {"capabilities": capabilities}
        response = f"\0{user}\0{password}".encode()
        self.say(methods.ConnectionStartOk(properties, "PLAIN", response, "en_US"))
        limits = self.world.limits
        tune = tune or (limits.channel_max, limits.frame_max, 0)
        self.say(methods.ConnectionTuneOk(*tune))
        self.say(methods.ConnectionOpen(vhost))
        assert self.take(0)[-1] == methods.ConnectionOpenOk()
        return self

    def channel(self, number=None):
        """The next channel, opened."""
        channel = Channel(self, number or len(self.channels) + 1)
        self.channels[channel.number] = channel
        assert channel.call(methods.ChannelOpen()) == methods.ChannelOpenOk()
        return channel

    def close(self):
        self.say(methods.ConnectionClose(200, "bye"))

    def hang_up(self):
        """Without a word."""
        self.session.lost()

    # Hearing ---------------------------------------------------------------------------------

    def take(self, number):
        """What has come for a channel since the last time, contents put together."""
        self._receive()
        found = [said for channel, said in self._inbox if channel == number]
        self._inbox = [entry for entry in self._inbox if entry[0] != number]
        return found

    def take_all(self):
        """What has come for any channel, in order."""
        self._receive()
        found, self._inbox = self._inbox, []
        return found

    def closed_with(self):
        """The connection.close that has come."""
        (close,) = [said for said in self.take(0) if isinstance(said, methods.ConnectionClose)]
        return close

    def take_octets(self):
        """What there is to send, turn after turn, until there is no more."""
        output = self.session.connection.output
        octets = b""
        while output:
            octets += self.take_turn()
        return octets

    def take_turn(self):
        """What there is to send in this turn of the loop; another turn begins."""
        output = self.session.connection.output
        octets = b"".join(output)
        output.clear()
        self.session.renew_allowance()
        return octets

    def _receive(self):
        arrived = iter(_frames(self.take_octets(), self.session.frame_max))
        for kind, number, payload in arrived:
            assert kind == frames.METHOD
            said = codec.decode(payload)
            if isinstance(said, HAS_CONTENT):
                said = _content(said, number, arrived)
            self._inbox.append((number, said))


def _frames(octets, frame_max):
    while octets:
        kind, number, size = frames.FRAME_HEAD.unpack_from(octets)
        assert not frame_max or size + frames.FRAME_OVERHEAD <= frame_max
        assert octets[size + 7] == frames.FRAME_END
        yield kind, number, octets[7 : size + 7]
        octets = octets[size + frames.FRAME_OVERHEAD :]


def _content(said, number, arrived):
    """Header and body frames of a content follow its method, on its channel, without a gap."""
    kind, channel, payload = next(arrived)
    assert (kind, channel) == (frames.HEADER, number)
    properties, body_size = decode_header(payload)
    body = b""
    count = 0
    while len(body) < body_size:
        kind, channel, payload = next(arrived)
        assert (kind, channel) == (frames.BODY, number)
        body += payload
        count += 1
    assert len(body) == body_size
    return Content(said, properties, body, count)


class Channel:
    """One channel's far end."""

    def __init__(self, client, number):
        self.client = client
        self.number = number

    @property
    def world(self):
        return self.client.world

    def say(self, *said):
        for method in said:
            self.client.say(method, self.number)

    def call(self, method):
        """The one answer to a method; nothing else may have come."""
        self.say(method)
        answers = self.take()
        assert len(answers) == 1, answers
        return answers[0]

    def take(self):
        return self.client.take(self.number)

    def refusal(self, *said):
        """The channel.close that methods lead to, answered; the last thing on the channel."""
        self.say(*said)
        close = self.take()[-1]
        assert isinstance(close, methods.ChannelClose), close
        self.say(methods.ChannelCloseOk())
        return close

    def close(self):
        assert self.call(methods.ChannelClose(200, "bye")) == methods.ChannelCloseOk()

    # Messages --------------------------------------------------------------------------------

    def publish(self, body=b"", *, exchange="", key="", properties=None, **bits):
        self.client.send(self.published(body, exchange, key, properties, **bits))

    def published(self, body=b"", exchange="", key="", properties=None, **bits):
        """The octets of a publish."""
        said = methods.BasicPublish(exchange=exchange, routing_key=key, **bits)
        number = self.number
        header = encode_header(properties or Properties(), len(body))
        return (
            frames.encode_frame(frames.METHOD, number, codec.encode(said))
            + frames.encode_frame(frames.HEADER, number, header)
            + frames.encode_body(number, body, self.client.session.frame_max)
        )

    def declare(self, queue="q", **how):
        """A queue's name, declared."""
        return self.call(methods.QueueDeclare(queue=queue, **how)).queue

    def declare_durable(self, queue="q"):
        """A durable queue, safe and answered."""
        self.say(methods.QueueDeclare(queue=queue, durable=True))
        self.world.sync()
        assert self.take() == [methods.QueueDeclareOk(queue, 0, 0)]
        return self.world.vhost.queues[queue]

    def fill_stored(self, queue, *bodies):
        """Persistent messages."""
        for body in bodies:
            self.publish(body, key=queue, properties=PERSISTENT)

    def fill(self, queue, *bodies):
        for body in bodies:
            self.publish(body, key=queue)

    def consume(self, queue="q", tag="c", **how):
        """Subscribe; what waited comes behind consume-ok and is left to be taken."""
        self.say(methods.BasicConsume(queue=queue, consumer_tag=tag, **how))
        answers = self.take()
        assert answers[0] == methods.BasicConsumeOk(tag), answers
        return answers[1:]

    def get(self, queue="q", **how):
        """basic.get's content, or None."""
        answer = self.call(methods.BasicGet(queue=queue, **how))
        return answer if isinstance(answer, Content) else None

    def bodies(self):
        """The bodies of everything that has come."""
        return [content.body for content in self.take()]

    def ack(self, tag, **how):
        self.say(methods.BasicAck(tag, **how))

    def count(self, queue="q"):
        """How many messages wait."""
        return self.call(methods.QueueDeclare(queue=queue, passive=True)).message_count
