"""A simulated client: what it says, cut into chunks of any size, and what it has understood.

It knows only what it has read. What it says may come too late and be refused: that is its fun.
"""

from collections import deque
from dataclasses import dataclass, field

from leveret.wire import codec, frames, methods
from leveret.wire.properties import encode_header
from tests.simulation.line import handler_name, spell, spell_body


@dataclass(frozen=True)
class Saying:
    """One method on its way to the broker, with its content if it has one."""

    number: int
    method: object
    properties: object = None
    body: bytes | None = None

    def cut(self, frame_max):
        """Octets of each frame."""
        yield frames.encode_frame(frames.METHOD, self.number, codec.encode(self.method))
        if self.body is None:
            return
        header = encode_header(self.properties, len(self.body))
        yield frames.encode_frame(frames.HEADER, self.number, header)
        size = frame_max - frames.FRAME_OVERHEAD
        for start in range(0, len(self.body), size):
            piece = self.body[start : start + size]
            yield frames.encode_frame(frames.BODY, self.number, piece)

    def __str__(self):
        return f"{self.number}: {spell(self.method)}{spell_body(self.properties, self.body)}"


@dataclass(frozen=True)
class Part:
    """A header or body frame of a saying that goes on behind it."""

    number: int


@dataclass
class ChannelView:
    """A channel as its client sees it.

    tags: delivered and not yet settled. settled: settled in the open transaction.
    gets: for each basic.get not yet answered, whether its message needs no ack.
    """

    is_closing: bool = False
    is_transactional: bool = False
    consumers: dict = field(default_factory=dict)
    tags: list = field(default_factory=list)
    settled: list = field(default_factory=list)
    gets: deque = field(default_factory=deque)


class Client:
    """One client's end of a connection; also the edge its session asks.

    unread: what the broker has written and the client not seen.
    waiting: what has arrived and the broker has not dealt with: sayings that are whole, and parts.
    """

    def __init__(self, number, frame_max):
        self.number = number
        self.frame_max = frame_max
        self.session = None
        self.channels = {}
        self.own_queues = []
        self.is_slow = False
        self.unread = []
        self.waiting = deque()
        self._holds = set()
        self._said = bytearray()
        self._sayings = deque()
        self._octets_said = 0
        self._octets_fed = 0

    # The session's edge ----------------------------------------------------------------------

    def wake(self):
        """The world looks for output by itself."""

    def hold_reading(self, reason, *, is_held):
        """Feed nothing more as long as there is a reason."""
        if is_held:
            self._holds.add(reason)
        else:
            self._holds.discard(reason)

    @property
    def is_held(self):
        return bool(self._holds)

    # Speaking --------------------------------------------------------------------------------

    def say(self, saying):
        method, *content = saying.cut(self.frame_max)
        self._speak(method, None if content else saying)
        for octets in content[:-1]:
            self._speak(octets, Part(saying.number))
        if content:
            self._speak(content[-1], saying)

    def _speak(self, octets, done):
        """A frame, and what has arrived when it has."""
        self._said += octets
        self._octets_said += len(octets)
        if done is not None:
            self._sayings.append((self._octets_said, done))

    def take_chunk(self, share):
        """Some of what is on its way, and what has arrived with it."""
        size = round(len(self._said) * share)
        chunk = bytes(self._said[:size])
        del self._said[:size]
        self._octets_fed += size
        whole = []
        while self._sayings and self._sayings[0][0] <= self._octets_fed:
            whole.append(self._sayings.popleft()[1])
        return chunk, whole

    # Listening -------------------------------------------------------------------------------

    def read(self):
        """Understand what has come."""
        events, self.unread = self.unread, []
        for event in events:
            view = self.channels.get(event.number)
            handler = getattr(self, handler_name(event.method), None)
            if view is not None and handler is not None:
                handler(view, event)

    def _basic_deliver(self, view, event):
        if view.consumers.get(event.method.consumer_tag) is False:
            view.tags.append(event.method.delivery_tag)

    def _basic_get_ok(self, view, event):
        if not view.gets.popleft():
            view.tags.append(event.method.delivery_tag)

    def _basic_get_empty(self, view, _event):
        view.gets.popleft()

    def _basic_recover_ok(self, view, _event):
        view.tags.clear()

    def _queue_declare_ok(self, _view, event):
        if event.method.queue.startswith("amq.gen-"):
            self.own_queues.append(event.method.queue)

    def _channel_close(self, view, event):
        self.say(Saying(event.number, methods.ChannelCloseOk()))
        if not view.is_closing:
            del self.channels[event.number]

    def _channel_close_ok(self, _view, event):
        del self.channels[event.number]
