"""One life of an engine, to its end or a crash: takes steps, remembers what was said.

Rule: nothing here knows how the engine works. It says what a broker says through the ports, and the
model hears the same.
"""

from leveret.broker.changes import QueueDeclared, QueueDeleted
from leveret.broker.message import Message, Traits, pack_address
from leveret.broker.queues.queue import QueueOptions
from leveret.wire import frames
from leveret.wire.properties import Properties, encode_header
from tests.simulation.storage.engine import start
from tests.simulation.storage.model import Letter, Oracle, Share, Wrong
from tests.simulation.storage.steps import pick

# Bodies within a sector, across one, and larger than many; a segment has a few thousand octets.
BODY_OCTETS = (0, 20, 20, 60, 100, 100, 300, 600, 1500)
# Every other queue has priorities; in the others a message's priority is of no account.
OPTIONS = (
    QueueOptions(durable=True, arguments={"x-max-priority": 5}),
    QueueOptions(durable=True),
)
FAULTS = ("write", "write", "write", "sync", "sync", "sync", "create", "sync_names", "note",
          "remove", "rename", "truncate", "read")  # fmt: skip
EIO, ENOSPC = 5, 28


class Life:
    """told: a line for everything that happened.

    started: operations of the disk that the start took.
    said: when which event was said: after how many operations of the disk. probes: when it was
    called durable what had been said until which event.
    """

    def __init__(self, disk, model, told):
        self.disk = disk
        self.model = model
        self.told = told
        self.said = []
        self.probes = []
        self.engine = start(disk)
        self.started = len(disk.operations)
        self._next_position = self.engine.storage.first_position
        self._next_queue = self.engine.storage.first_queue_number

    def take(self, step):
        """Do what the step says, if there is anything for it to be done to."""
        before = self.model.events
        getattr(self, f"_{step.kind}")(step.dice)
        self.said += [len(self.disk.operations)] * (self.model.events - before)

    def _tell(self, what):
        self.told.append(f"{len(self.disk.operations)}: {what}")

    # What is known at a crash ------------------------------------------------------------------

    def oracle(self, crash):
        """What a start may find then."""
        return Oracle(self.model, self._certain(crash.done), self._possible(crash.done))

    def _certain(self, done):
        """What was said before this event had been called durable after so many operations."""
        return max((event for when, event in self.probes if when <= done), default=0)

    def _possible(self, done):
        """No event from this one on was said before the operation behind so many was begun."""
        return sum(when <= done for when in self.said)

    # Queues ------------------------------------------------------------------------------------

    def _declare(self, _dice):
        number, self._next_queue = self._next_queue, self._next_queue + 1
        self._tell(f"declare queue {number}")
        self.engine.storage.catalogue.commit(
            QueueDeclared(number, "/", f"q{number}", OPTIONS[number % 2])
        )
        self.model.declare(number)

    def _delete(self, dice):
        queue = self._queue(dice[0])
        if queue is None:
            return
        self._tell(f"delete queue {queue}")
        self.engine.storage.messages.forget(queue, self.model.waiting(queue))
        self.engine.storage.catalogue.commit(QueueDeleted(queue, "/", f"q{queue}"))
        self.model.delete(queue)

    def _queue(self, die):
        living = self.model.living()
        return pick(living, die) if living else None

    # Messages ----------------------------------------------------------------------------------

    def _append(self, dice):
        living = self.model.living()
        if not living:
            return
        count = min(len(living), pick((1, 1, 1, 2, 3), dice[0]))
        start = int(dice[1] * len(living))
        queues = tuple(sorted((living * 2)[start : start + count]))
        # Positions that transient messages took.
        self._next_position += pick((0, 0, 0, 1, 7), dice[2])
        self._append_to(queues, pick(BODY_OCTETS, dice[3]), pick((0,) * 6 + (3, 9), dice[1]))

    def _append_to(self, queues, octets, priority):
        position, self._next_position = self._next_position, self._next_position + 1
        self._tell(f"append {position} for {queues}, {octets} octets, priority {priority}")
        message = make_message(position, octets, priority)
        self.engine.storage.messages.append(message, queues)
        message.is_stored = True
        shares = {queue: Share() for queue in queues}
        self.model.append(Letter(position, priority, message.address, message.content, 0, shares))

    def _append_many(self, dice):
        for number in range(int(dice[0] * 12)):
            self._append((dice[1], dice[2], 0.0, (dice[3] + number * 0.37) % 1))

    def _mark(self, dice):
        found = self._message(dice)
        if found:
            self._deliver(*found)

    def _deliver(self, queue, position):
        self._tell(f"queue {queue} delivers {position}")
        self.engine.storage.messages.delivered(queue, position)
        self.model.mark(queue, position)

    def _settle(self, dice):
        found = self._message(dice)
        if found:
            self._settle_one(*found)

    def _settle_one(self, queue, position):
        self._tell(f"queue {queue} settles {position}")
        self.engine.storage.messages.settle(queue, position)
        self.model.settle(queue, [position])

    def _message(self, dice):
        """A queue and something that waits in it, more often at its head."""
        queue = self._queue(dice[0])
        waiting = self.model.waiting(queue) if queue else []
        return (queue, pick(waiting, dice[1] ** 3)) if waiting else None

    def _settle_many(self, dice):
        self._settle_first(dice, int(dice[1] * 20))

    def _settle_most(self, dice):
        """All but a few here and there, so that what is left is hardly worth its segments."""
        for queue in self.model.living():
            waiting = self.model.waiting(queue)
            stay = 5 + int(dice[1] * 5)
            self._settle_all(queue, [each for each in waiting if each % stay])

    def _purge(self, dice):
        self._settle_first(dice, None)

    def _settle_first(self, dice, count):
        queue = self._queue(dice[0])
        if queue:
            self._settle_all(queue, self.model.waiting(queue)[:count])

    def _settle_all(self, queue, positions):
        if positions:
            self._tell(f"queue {queue} settles {positions}")
            self.engine.storage.messages.settle_all(queue, positions)
            self.model.settle(queue, positions)

    def _move(self, dice):
        """Dead-letter: append it for another queue, then settle it."""
        found, target = self._message(dice), self._queue(dice[2])
        if found:
            self._append_to((target,), pick(BODY_OCTETS, dice[3]), 0)
            self._settle_one(*found)

    # Answers -----------------------------------------------------------------------------------

    def _probe(self, _dice):
        event = self.model.events
        self._tell(f"when durable: event {event}")
        self.engine.storage.durability.when_durable(lambda: self._durable(event))

    def _durable(self, event):
        self._tell(f"durable: event {event}")
        self.probes.append((len(self.disk.operations), event))

    def _read(self, dice):
        queue = self._queue(dice[0])
        waiting = self.model.waiting(queue) if queue else []
        positions = waiting[int(dice[1] * len(waiting)) :][:20]
        if positions:
            self._tell(f"read {positions}")
            self.engine.storage.messages.read(positions, lambda got: self._got(positions, got))

    def _got(self, positions, messages):
        """Everything that was asked for, unless nobody wants it any more."""
        self._tell(f"got {[each.position for each in messages]}")
        came = [message.position for message in messages]
        if came != [each for each in positions if each in came]:
            raise Wrong(f"asked for {positions}, got {came}")
        wanted = {
            position for queue in self.model.living() for position in self.model.waiting(queue)
        }
        if lost := wanted.intersection(positions) - set(came):
            raise Wrong(f"could not be read: {lost}")
        for message in messages:
            letter = self.model.letters[message.position]
            if (message.address, message.content) != (letter.address, letter.content):
                raise Wrong(f"message {message.position} is another one")

    # The world ---------------------------------------------------------------------------------

    def _work(self, dice):
        self.engine.work(dice[0])

    def _turn(self, _dice):
        self.engine.timers.turn()

    def _pass_time(self, dice):
        self.engine.timers.now += pick((0.004, 0.01, 0.02, 1.0, 1.0, 5.0), dice[0])
        self.engine.timers.turn()

    def _rest(self, dice):
        """Nobody says anything for a while, and the engine gets on with what it has to do."""
        for _ in range(int(dice[0] * 40)):
            self.engine.timers.now += pick((0.01, 0.05), dice[2])
            self.engine.timers.turn()
            self.engine.work(dice[1])

    def _fault(self, dice):
        kind = pick(FAULTS, dice[0])
        number = pick((EIO, ENOSPC), dice[1])
        written = int(dice[2] * 1500) if kind == "write" else 0
        times = pick((1, 1, 2), dice[3])
        self._tell(f"fault: {kind} fails {times} times with {number}, {written} octets written")
        self.disk.fail(kind, number, times=times, written=written)

    def _heal(self, _dice):
        self.disk.heal()

    # The end -----------------------------------------------------------------------------------

    def settle_down(self):
        """Everything that was to be written is, and everything that was to be removed."""
        self.disk.heal()
        self.engine.settle_down()

    def empty(self):
        """Nobody wants anything any more."""
        for queue in self.model.living():
            self._settle_all(queue, self.model.waiting(queue))


def make_message(position, octets, priority=0):
    """A persistent message; its body is its position, over and over."""
    body = (b"%d " % position * octets)[:octets]
    properties = Properties(delivery_mode=2, priority=priority or None)
    header = frames.encode_frame(frames.HEADER, 7, encode_header(properties, len(body)))
    content = header + frames.encode_body(7, body, 4096)
    traits = Traits(None, priority, is_persistent=True)
    return Message(pack_address(b"", b"key%d" % position), content, 7, position, traits)
