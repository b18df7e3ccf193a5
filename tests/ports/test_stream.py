"""A stream on the engine that serves, against a list: whatever happens, an offset is one message's.

Lives of random actions: publishing what lasts and what does not, other messages between, readers
from anywhere, ends with and without goodbye, retention cutting at the head.
"""

import tempfile
from contextlib import closing
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from leveret.broker.broker import Broker
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.streams.index import BLOCK_COUNT
from leveret.storage.catalogue import CatalogueFile
from leveret.wire.properties import Properties
from tests.broker.domain import HandAgenda, random_bytes
from tests.broker.streams.hand import Reading
from tests.storage.hand import World

# What a segment's head and some messages take.
SEGMENT_OCTETS = 2000
# Of a message of these tests.
ABOUT_OCTETS = 40


class Lives:
    """A broker on a disk, with a stream and a queue, and what should be in the stream.

    published: all bodies ever, by their offsets. safe: how many are on the disk.
    first: the oldest offset there was when all was safe.
    """

    def __init__(self, directory, **arguments):
        self.file = CatalogueFile(Path(directory) / "metadata.sqlite", is_synced=False)
        self.world = World(None, self.file, SEGMENT_OCTETS)
        self.published, self.safe, self.first = [], 0, 0
        self.start()
        vhost = self.broker.add_vhost("/")
        table = {"x-queue-type": "stream", **arguments}
        vhost.create_queue("s", QueueOptions(durable=True, arguments=table), None)
        vhost.create_queue("q", QueueOptions(durable=True), None)
        self.sync()

    def start(self):
        storage = self.world.open().storage
        self.agenda = HandAgenda()
        self.agenda.hand.now = self.world.timers.now
        self.broker = Broker(self.agenda.clock, random_bytes(), storage=storage)
        self.broker.agenda = self.agenda
        self.broker.restore()

    @property
    def stream(self):
        return self.broker.vhosts["/"].queues["s"]

    def sync(self):
        for _ in range(6):
            self.world.pass_time(0.02)
            self.agenda.hand.now = self.world.timers.now
            self.agenda.run()
        self.safe = len(self.published)
        self.first = self.stream.log.index.first

    # Actions ---------------------------------------------------------------------------------

    def publish(self, count, *, is_persistent):
        for _ in range(count):
            self.send("s", str(len(self.published)), is_persistent=is_persistent)
            self.published.append(str(len(self.published)))

    def send(self, key, body, *, is_persistent):
        properties = Properties(delivery_mode=2 if is_persistent else None)
        self.broker.vhosts["/"].publish("", key, properties, body.encode())

    def pass_by(self):
        """A message that is none of the stream's, and soon gone."""
        self.send("q", "other", is_persistent=True)
        queue = self.broker.vhosts["/"].queues["q"]
        taken = queue.get()
        if taken is not None and taken[0].is_stored:
            queue.settle(taken[0])

    def read(self, offset):
        self.sync()
        index = self.stream.log.index
        reading = Reading(self.stream, room=10**6, x_stream_offset=offset)
        self.sync()
        reading.leave()
        start = {"first": index.first, "last": index.end - 1}.get(offset, offset)
        expected = range(max(index.first, start), len(self.published))
        assert reading.offsets == list(expected)
        assert reading.got == [self.published[each] for each in expected]

    def restart(self):
        self.sync()
        self.die()
        assert self.stream.log.index.end == len(self.published)

    def die(self):
        """What is not safe may be gone; nothing else is."""
        self.start()
        end = self.stream.log.index.end
        assert self.safe <= end <= len(self.published)
        del self.published[end:]
        self.safe = end

    def check(self):
        first = self.stream.log.index.first
        assert self.first <= first <= len(self.published)


ACTIONS = st.one_of(
    st.tuples(st.just("publish"), st.integers(1, 8), st.booleans()),
    st.tuples(st.just("publish"), st.integers(1, 8), st.booleans()),
    st.tuples(st.just("pass_by")),
    st.tuples(st.just("sync")),
    st.tuples(st.just("read"), st.one_of(st.sampled_from(["first", "last"]), st.integers(-1, 60))),
    st.tuples(st.just("restart")),
    st.tuples(st.just("die")),
)
LIMITS = st.sampled_from(
    [
        {},
        {"x-stream-max-segment-size-bytes": 3 * ABOUT_OCTETS},
        {
            "x-stream-max-segment-size-bytes": 2 * ABOUT_OCTETS,
            "x-max-length-bytes": 10 * ABOUT_OCTETS,
        },
        {"x-stream-max-segment-size-bytes": 1, "x-max-length-bytes": 1},
    ]
)


@given(st.lists(ACTIONS, min_size=5, max_size=60), LIMITS)
@settings(deadline=None, max_examples=60)
def test_an_offset_is_one_messages_for_ever(actions, limits):
    with tempfile.TemporaryDirectory() as directory:
        lives = Lives(directory, **limits)
        with closing(lives.file):
            for name, *details in actions:
                if name == "publish":
                    lives.publish(details[0], is_persistent=details[1])
                else:
                    getattr(lives, name)(*details)
                lives.check()
            lives.restart()
            lives.read("first")


def test_full_blocks_keep_their_offsets_over_starts_and_cuts(tmp_path):
    lives = Lives(tmp_path)
    with closing(lives.file):
        lives.publish(BLOCK_COUNT + 10, is_persistent=False)
        lives.restart()
        (block,) = lives.stream.log.index.blocks
        assert isinstance(block.positions, range)
        lives.read(BLOCK_COUNT - 2)
        lives.stream.log.cut(1)
        lives.read("first")
