"""The catalogue of a broker in a cluster: what it changes, all nodes know.

    when_writable   the pen is fetched before anything is changed
    commit          what has changed goes into the log, as one record for each action
    when_durable    it is in the log: a majority has it on its disks

A node's own engine hears of what it keeps messages for: the queues whose home it is, unless their
messages are in a log, exchanges that keep messages of their own on every node, and where the blocks
of its streams begin. What a start finds in an engine of a queue that it does not know is gone: so a
queue that moves is known to both of its places (`expect`, `let_go`) for as long as it moves.

Rule: a broker commits only while its node holds the pen; all else would be undone, or would undo
what others did.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from leveret.broker.changes import (
    ExchangeDeclared,
    ExchangeDeleted,
    QueueDeclared,
    QueueDeleted,
    StreamCut,
    StreamGrew,
    VhostRemoved,
)
from leveret.cluster.metadata.changes import QueueHoused, RollSet
from leveret.cluster.metadata.pen import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from leveret.broker.changes import Change
    from leveret.broker.ports import Catalogue
    from leveret.cluster.metadata.changes import SharedChange
    from leveret.cluster.metadata.copying import Copy
    from leveret.cluster.metadata.pen import Pen
    from leveret.cluster.metadata.writing import Writing


class SharedDurability:
    """The port Durability, of metadata alone."""

    def __init__(self, writing: Writing) -> None:
        self.demands = 0
        self._writing = writing

    @property
    def batch(self) -> int:
        return self._writing.batch

    @property
    def is_behind(self) -> bool:
        """Nobody publishes metadata: whoever changes it waits anyway."""
        return False

    def demand(self) -> None:
        self.demands += 1

    def when_durable(self, action: Callable[[], None]) -> None:
        """Never, where it turns out to be lost (`Writing.on_lost`)."""
        self._writing.when_safe(action)


class OwnThings:
    """What a node's own engine has to know, of all that there is: things with a number."""

    def __init__(self, node: str, engine: Catalogue) -> None:
        self._node = node
        self._engine = engine
        # Of queues that are about to be declared.
        self._housed: dict[tuple[str, str], QueueHoused] = {}
        # Vhosts and names of queues and of exchanges, with their numbers.
        self._queues: dict[tuple[str, str], int] = {}
        self._exchanges: dict[tuple[str, str], int] = {}
        for change in engine.load():
            self._note(change)

    def _note(self, change: Change) -> None:
        if isinstance(change, QueueDeclared):
            self._queues[change.vhost, change.name] = change.number
        elif isinstance(change, ExchangeDeclared):
            self._exchanges[change.vhost, change.name] = change.number

    def keep(self, change: SharedChange) -> None:
        """It has happened, here or elsewhere."""
        match change:
            case QueueHoused():
                self._housed[change.vhost, change.name] = change
            case QueueDeclared() | ExchangeDeclared():
                if change.number and self._is_ours(change) and change.options.durable:
                    self._declare(change)
            case QueueDeleted() | ExchangeDeleted():
                self._delete(change)
            case VhostRemoved():
                self._drop_vhost(change)
            case StreamGrew() | StreamCut():
                self._engine.commit(change)

    def _is_ours(self, change: QueueDeclared | ExchangeDeclared) -> bool:
        if isinstance(change, ExchangeDeclared):
            return True
        return self._is_here(self._housed.pop((change.vhost, change.name)))

    def _is_here(self, housed: QueueHoused) -> bool:
        return housed.node == self._node and not housed.log

    def _declare(self, change: QueueDeclared | ExchangeDeclared) -> None:
        """A node that starts reads in the log what its engine has known for long."""
        known = self._queues if isinstance(change, QueueDeclared) else self._exchanges
        if known.get((change.vhost, change.name)) != change.number:
            self._forget_former(change)
            self._note(change)
            self._engine.commit(change)

    def _delete(self, change: QueueDeleted | ExchangeDeleted) -> None:
        place, known = (change.vhost, change.name), self._exchanges
        if isinstance(change, QueueDeleted):
            known = self._queues
            self._housed.pop(place, None)
        if known.pop(place, 0):
            self._engine.commit(change)

    def _forget_former(self, change: QueueDeclared | ExchangeDeclared) -> None:
        """One of this name that went while this node did not look."""
        place = (change.vhost, change.name)
        if isinstance(change, QueueDeclared) and place in self._queues:
            self._engine.commit(QueueDeleted(self._queues[place], *place))
        elif isinstance(change, ExchangeDeclared) and place in self._exchanges:
            self._engine.commit(ExchangeDeleted(*place))

    def _drop_vhost(self, change: VhostRemoved) -> None:
        for things in (self._queues, self._exchanges):
            gone = [place for place in things if place[0] == change.name]
            for place in gone:
                del things[place]
        self._engine.commit(change)

    def expect(self, declared: QueueDeclared) -> None:
        """Its messages are about to move here."""
        self._declare(declared)

    def let_go(self, vhost: str, name: str) -> None:
        """Its messages have moved away for sure, or did not come after all."""
        number = self._queues.get((vhost, name))
        if number:
            self.keep(QueueDeleted(number, vhost, name))

    def drop_strays(self, changes: Iterable[SharedChange]) -> None:
        """Of what there is, no more than this: what else the engine knows went meanwhile, or is
        not here."""
        elsewhere, there = set(), set()
        for each in changes:
            if isinstance(each, QueueHoused) and not self._is_here(each):
                elsewhere.add((each.vhost, each.name))
            elif isinstance(each, ExchangeDeclared) or (
                isinstance(each, QueueDeclared) and (each.vhost, each.name) not in elsewhere
            ):
                there.add((type(each), each.vhost, each.name, each.number))
        for place, number in list(self._queues.items()):
            if (QueueDeclared, *place, number) not in there:
                self.keep(QueueDeleted(number, *place))
        for place, number in list(self._exchanges.items()):
            if (ExchangeDeclared, *place, number) not in there:
                self.keep(ExchangeDeleted(*place))

    def streams(self) -> Iterator[StreamGrew | StreamCut]:
        """Where the blocks of this node's streams begin."""
        for change in self._engine.load():
            if isinstance(change, StreamGrew | StreamCut):
                yield change


class SharedCatalogue:
    """The ports Catalogue and Pen.

    house: where a new queue's messages are to be. on_said: told of each change that is committed.
    """

    def __init__(self, pen: Pen, writing: Writing, copy: Copy, own: OwnThings, node: str) -> None:
        self.durability = SharedDurability(writing)
        self.house: Callable[[QueueDeclared], QueueHoused] = partial(_at_home, node)
        self.on_said: Callable[[SharedChange], None] = _nobody_listens
        self._pen = pen
        self._writing = writing
        self._copy = copy
        self._own = own

    @property
    def is_writable(self) -> bool:
        """Whether something may be committed right now."""
        return self._pen.is_held

    def when_writable(self, action: Callable[[], None], give_up: Callable[[], None]) -> None:
        """Do what commits something once that is possible; or give up after a while."""
        self._pen.when_held(action, give_up)

    def when_fresh(self, action: Callable[[], None]) -> None:
        """Do it when everything is read that was in the log when this was asked; or after a
        while."""
        self._pen.when_caught_up(action)

    def insist(self, action: Callable[[], None]) -> None:
        """The same for what nobody asked for and nobody waits for: it never gives up."""
        self._pen.when_held(action, lambda: self.insist(action))

    def load(self) -> Iterator[Change]:
        """All that the log says, as far as it was read."""
        for change in self._copy.ledger.changes():
            if not isinstance(change, QueueHoused | RollSet):
                yield change
        yield from self._own.streams()

    def commit(self, change: SharedChange) -> None:
        """Keep it; whoever caused it is told once it is durable."""
        if isinstance(change, StreamGrew | StreamCut):
            self._own.keep(change)
            return
        self.durability.demand()
        assert self._pen.state is State.HELD, f"committed without the pen: {change}"
        if isinstance(change, QueueDeclared):
            self._say(self.house(change))
        self._say(change)

    def _say(self, change: SharedChange) -> None:
        self._writing.say(change)
        self._own.keep(change)
        self.on_said(change)


def _at_home(node: str, declared: QueueDeclared) -> QueueHoused:
    return QueueHoused(declared.vhost, declared.name, node)


def _nobody_listens(_change: SharedChange) -> None:
    """It is in the log."""
