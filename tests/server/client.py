"""A client that waits: a blocking socket, the methods of wire, and no manners of its own."""

import socket
from typing import NamedTuple

from leveret.wire import codec, frames, methods
from leveret.wire.properties import Properties, encode_header

DEADLINE_S = 20.0
HEAD_OCTETS = 7
CAPABILITIES = {"connection.blocked": True, "consumer_cancel_notify": True, "basic.nack": True}


class Gone(Exception):
    """The server hung up."""


class Frame(NamedTuple):
    kind: int
    number: int
    payload: bytes


def method_frame(number, method):
    return frames.encode_frame(frames.METHOD, number, codec.encode(method))


def content_frames(number, body, properties=None, frame_max=0):
    header = encode_header(properties or Properties(), len(body))
    return frames.encode_frame(frames.HEADER, number, header) + frames.encode_body(
        number, body, frame_max
    )


def publish_frames(number, body, key, *, exchange="", properties=None, mandatory=False):
    method = methods.BasicPublish(exchange=exchange, routing_key=key, mandatory=mandatory)
    return method_frame(number, method) + content_frames(number, body, properties)


class Client:
    """One connection. `heartbeats` counts those that came between other frames."""

    def __init__(self, address, receive_buffer_bytes=0, own_host=""):
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.heartbeats = 0
        self._input = bytearray()
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        if receive_buffer_bytes:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(DEADLINE_S)
        if own_host:
            self._socket.bind((own_host, 0))
        self._socket.connect(address)
        self.own_address = self._socket.getsockname()[:2]

    def open(self, *, user="guest", heartbeat=0, frame_max=131_072, capabilities=CAPABILITIES):
        """The handshake, the vhost, and channel 1."""
        self.send_octets(frames.PROTOCOL_HEADER)
        self.expect(methods.ConnectionStart)
        self.send(
            0,
            methods.ConnectionStartOk(
                client_properties={"capabilities": dict(capabilities)},
                mechanism="PLAIN",
                response=f"\0{user}\0{user}".encode(),
                locale="en_US",
            ),
        )
        tune = self.expect(methods.ConnectionTune)
        self.send(0, methods.ConnectionTuneOk(tune.channel_max, frame_max, heartbeat))
        self.send(0, methods.ConnectionOpen(virtual_host="/"))
        self.expect(methods.ConnectionOpenOk)
        self.open_channel(1)

    def open_channel(self, number):
        self.send(number, methods.ChannelOpen())
        self.expect(methods.ChannelOpenOk)

    # Speaking --------------------------------------------------------------------------------

    def send_octets(self, octets):
        self._socket.sendall(octets)

    def send(self, number, *several):
        self.send_octets(b"".join(method_frame(number, method) for method in several))

    def publish(self, key, *bodies, number=1, **options):
        self.send_octets(b"".join(publish_frames(number, body, key, **options) for body in bodies))

    def call(self, method, kind, number=1):
        """A request and its answer, which is to be of this kind."""
        self.send(number, method)
        return self.expect(kind)

    def declare(self, queue, **options):
        declare = methods.QueueDeclare(queue=queue, **options)
        return self.call(declare, methods.QueueDeclareOk)

    def consume(self, queue, tag="t", number=1, **options):
        consume = methods.BasicConsume(queue=queue, consumer_tag=tag, **options)
        return self.call(consume, methods.BasicConsumeOk, number)

    # Listening -------------------------------------------------------------------------------

    def receive(self):
        """The next frame that is no heartbeat. Raises Gone."""
        while True:
            frame = self._take_frame()
            if frame is None:
                self._receive_more()
            elif frame.kind == frames.HEARTBEAT:
                self.heartbeats += 1
            else:
                return frame

    def expect(self, kind):
        """The next frame is a method of this kind."""
        frame = self.receive()
        assert frame.kind == frames.METHOD, frame
        method = codec.decode(frame.payload)
        assert isinstance(method, kind), method
        return method

    def expect_content(self):
        """The body that the next frames hold."""
        header = self.receive()
        assert header.kind == frames.HEADER, header
        missing = int.from_bytes(header.payload[4:12], "big")
        pieces = []
        while missing:
            frame = self.receive()
            assert frame.kind == frames.BODY, frame
            pieces.append(frame.payload)
            missing -= len(frame.payload)
        return b"".join(pieces)

    def expect_delivery(self):
        """The next delivery: its method and its body."""
        return self.expect(methods.BasicDeliver), self.expect_content()

    def deliveries(self, count):
        """The bodies of the next deliveries."""
        return [self.expect_delivery()[1] for _ in range(count)]

    def listen_to_the_end(self):
        """Every method until the server hangs up."""
        heard = []
        try:
            while True:
                frame = self.receive()
                heard.append(codec.decode(frame.payload) if frame.kind == frames.METHOD else frame)
        except Gone:
            return heard

    def _take_frame(self):
        data = self._input
        if len(data) < HEAD_OCTETS:
            return None
        kind, number, size = frames.FRAME_HEAD.unpack_from(data)
        end = size + frames.FRAME_OVERHEAD
        if len(data) < end:
            return None
        frame = bytes(data[:end])
        del data[:end]
        assert frame[-1] == frames.FRAME_END, frame
        return Frame(kind, number, frame[HEAD_OCTETS:-1])

    def _receive_more(self):
        try:
            data = self._socket.recv(1 << 20)
        except ConnectionError as error:
            raise Gone from error
        if not data:
            raise Gone
        self._input += data

    # Leaving ---------------------------------------------------------------------------------

    def hang_up(self):
        self._socket.close()

    def say_no_more(self):
        """The server reads the end; what it says still arrives."""
        self._socket.shutdown(socket.SHUT_WR)

    def reset(self):
        """Go with a RST, as a crashed machine's socket does."""
        linger_and_drop = b"\x01\x00\x00\x00\x00\x00\x00\x00"
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_and_drop)
        self._socket.close()
