"""What the tests of the protocol share: frames from a client, and a listener that writes down."""

from itertools import pairwise

from leveret.protocol.connection import Connection
from leveret.protocol.handshake import Agreement
from leveret.protocol.limits import Limits
from leveret.wire import codec, frames, methods
from leveret.wire.properties import Properties, encode_header

LIMITS = Limits(frame_max=8192, channel_max=7, message_bytes_max=20_000)
PUBLISH = methods.BasicPublish(exchange="x", routing_key="k")
ADDRESS = b"\x01x\x01k"


def method(channel, said):
    """A method frame."""
    return frames.encode_frame(frames.METHOD, channel, codec.encode(said))


def header(channel, body_size, properties=None):
    payload = encode_header(properties or Properties(), body_size)
    return frames.encode_frame(frames.HEADER, channel, payload)


def body(channel, data):
    return frames.encode_frame(frames.BODY, channel, data)


def content(channel, data, properties=None, frame_max=8192):
    return header(channel, len(data), properties) + frames.encode_body(channel, data, frame_max)


def publish(channel, data=b"", properties=None, *, frame_max=8192, **how):
    said = methods.BasicPublish(**{"exchange": "x", "routing_key": "k", **how})
    return method(channel, said) + content(channel, data, properties, frame_max)


def in_chunks(octets, cuts):
    """The octets cut at these places, whatever numbers they are."""
    places = sorted({0, *(cut % (len(octets) + 1) for cut in cuts), len(octets)})
    return [octets[start:end] for start, end in pairwise(places)]


def read_frames(octets):
    """What the server sent: (channel, method) or (channel, kind, payload) for each frame."""
    found = []
    while octets:
        kind, channel, size = frames.FRAME_HEAD.unpack_from(octets)
        assert octets[size + 7] == frames.FRAME_END
        payload = octets[7 : size + 7]
        said = codec.decode(payload) if kind == frames.METHOD else (kind, payload)
        found.append((channel, said))
        octets = octets[size + 8 :]
    return found


def unread_octets(connection):
    """What a connection keeps of frames that are not whole, and of what waits."""
    last_words = connection._last_words._rest if connection._last_words else b""
    return len(connection._greeting) + len(connection._reader._rest) + len(last_words)


class ChannelListener:
    """Writes down what a channel tells its session."""

    def __init__(self, number, heard):
        self.number = number
        self.heard = heard

    def publish(self, address, bits, extra, content):
        self.heard.append(("publish", self.number, address, bits, bool(extra), content))

    def content_came(self):
        self.heard.append(("content", self.number))

    def ack(self, delivery_tag, multiple):
        self.heard.append(("ack", self.number, delivery_tag, multiple))

    def method(self, said):
        self.heard.append(("method", self.number, said))

    def refuse(self, code, reason, index):
        self.heard.append(("refuse", self.number, code, reason, index))


class Listener:
    """Writes down what a connection tells its session; agrees to everything."""

    def __init__(self, limits=LIMITS):
        self.heard = []
        self.woken = 0
        self.connection = Connection(self, limits, self.wake)

    def wake(self):
        self.woken += 1

    def greeted(self, version):
        self.heard.append(("greeted", version))

    def misgreeted(self, header):
        self.heard.append(("misgreeted", header))

    def method(self, said):
        self.heard.append(("method", 0, said))

    def open_channel(self, number):
        self.heard.append(("open", number))
        return ChannelListener(number, self.heard)

    def close_channel(self, number):
        self.heard.append(("close", number))

    def closing(self):
        """What a session does with it: tests/session/test_session.py."""

    def closed(self):
        self.heard.append(("closed",))

    def violated(self, violation):
        self.heard.append(("violated", str(violation)))

    def hold_reading(self, is_held):
        self.heard.append(("hold", is_held))

    def take_output(self):
        output = self.connection.output
        octets = b"".join(output)
        output.clear()
        return octets

    def take_frames(self):
        return read_frames(self.take_output())

    def take_heard(self):
        heard = self.heard[:]
        self.heard.clear()
        return heard


def opened(*channels, limits=LIMITS, agreement=None):
    """A connection through its handshake, with these channels open and nothing left to read."""
    listener = Listener(limits)
    connection = listener.connection
    connection.receive(frames.PROTOCOL_HEADER)
    connection.receive(method(0, methods.ConnectionStartOk()))
    connection.receive(method(0, methods.ConnectionTuneOk()))
    connection.settle(agreement or Agreement(limits.channel_max, limits.frame_max, 0))
    connection.receive(method(0, methods.ConnectionOpen()))
    for number in channels:
        connection.receive(method(number, methods.ChannelOpen()))
    listener.take_heard()
    listener.take_output()
    return listener
