"""What a queue's rules do to its messages: who gives way, who dies, and what becomes of the dead.

The rules themselves are values (rules.py). They may change at any time, with a policy, and then
hold for what waits already.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple

from leveret.broker.arguments import QUORUM, queue_type
from leveret.broker.errors import NotFound
from leveret.broker.message import Message
from leveret.broker.policies import NOTHING_APPLIED, Applied
from leveret.broker.queues.counting import count_of, with_count
from leveret.broker.queues.expiry import MessageExpiry, QueueExpiry
from leveret.broker.queues.keeping import Keeping
from leveret.broker.queues.overflow import Limit
from leveret.broker.queues.paging import LAZY_WINDOW, WINDOW
from leveret.broker.queues.rules import DROP_HEAD, REJECT_PUBLISH_DLX, Rules, rules_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from leveret.broker.queues.deadletter import Reason
    from leveret.broker.queues.priority import PriorityReady
    from leveret.broker.queues.queue import QueueHome, QueueOptions
    from leveret.broker.queues.ready import Ready


class Withdrawn(NamedTuple):
    """A message that was taken out of the middle of a queue."""

    message: Message
    redelivered: bool


class Ruled(Keeping, ABC):
    """A queue as its rules see it.

    type: classic or quorum.
    rules: what its arguments and its policy make of it.
    is_ruled: publishing to it and delivering from it need a look at the rules.
    keeps_all: it stores messages, too, that need not survive elsewhere.
    may_refuse: see Receiver in routing.py.
    """

    __slots__ = (
        "_absence",
        "_agenda",
        "_home",
        "counts_deliveries",
        "expiry",
        "is_deleted",
        "is_ruled",
        "keeps_all",
        "limit",
        "may_refuse",
        "name",
        "options",
        "policy",
        "ready",
        "rules",
        "type",
        "unused",
    )

    ready: Ready | PriorityReady

    def __init__(self, home: QueueHome, name: str, options: QueueOptions, number: int) -> None:
        super().__init__(home.paging.store, number)
        self._home = home
        self._agenda = home.agenda
        self.tally.since = home.agenda.wall_clock()
        self.name = name
        self.options = options
        self.type = queue_type(options.arguments)
        self.is_deleted = False
        # What is said to who asks while it is paused.
        self._absence = ""
        self.keeps_all = self.type == QUORUM and number > 0
        self.policy = NOTHING_APPLIED
        self.rules = rules_of(options.arguments, {})
        self.expiry: MessageExpiry | None = None
        self.unused: QueueExpiry | None = None
        self.limit: Limit | None = None
        self.counts_deliveries = self.may_refuse = False
        self.is_ruled = self.keeps_all

    @property
    @abstractmethod
    def _is_consumed(self) -> bool:
        """Somebody waits for its messages."""

    @abstractmethod
    def _retire(self) -> None:
        """Its own rules end it."""

    # Rules -----------------------------------------------------------------------------------

    def follow(self, policy: Applied) -> None:
        """Another policy applies from now on, also to what waits already."""
        before = self.rules
        self.policy = policy
        self.rules = rules_of(self.options.arguments, policy.definition)
        self._apply(before)

    def _apply(self, before: Rules) -> None:
        """Do what the rules say where they differ from those before."""
        rules = self.rules
        self.counts_deliveries = self.type == QUORUM or rules.delivery_limit is not None
        self.may_refuse = rules.refuses_when_full
        self.ready.set_window(LAZY_WINDOW if rules.is_lazy else WINDOW)
        if rules.expires_ms != before.expires_ms:
            self._apply_expires(rules.expires_ms)
        if rules.message_ttl_ms != before.message_ttl_ms:
            self._needed_expiry().limit(rules.message_ttl_ms)
        limits = rules.max_length, rules.max_length_bytes
        if limits != (before.max_length, before.max_length_bytes):
            self._apply_limits(*limits)
        self._weigh_rules()
        self._drop_excess()

    def keep_all(self, *, is_on: bool) -> None:
        """It has copies on other nodes from now on, which are to have all that waits; or none."""
        self.keeps_all = self.number > 0 and (is_on or self.type == QUORUM)
        self._weigh_rules()

    def _weigh_rules(self) -> None:
        has_rules = self.expiry is not None or self.limit is not None
        self.is_ruled = has_rules or self.counts_deliveries or self.keeps_all

    def _apply_limits(self, count_max: int | None, octets_max: int | None) -> None:
        if self.limit is not None:
            self.limit.cleared()
        self.limit = None
        if count_max is not None or octets_max is not None:
            self.limit = Limit(self.ready, count_max, octets_max)
            self.limit.weigh(self._drop_excess)

    def _apply_expires(self, idle_ms: int | None) -> None:
        if self.unused is not None:
            self.unused.stop()
        self.unused = None
        if idle_ms is not None:
            self.unused = QueueExpiry(self._agenda, idle_ms, self._retire)
            if self._is_consumed:
                self.unused.stop()

    def _needed_expiry(self) -> MessageExpiry:
        """The queue's clock; a queue without one gets it with the first message that expires."""
        if self.expiry is None:
            self.expiry = MessageExpiry(self._agenda, self.ready, None, self._expired)
            self.expiry.pause(is_paused=self.is_paused)
            self.is_ruled = True
        return self.expiry

    # Paused ----------------------------------------------------------------------------------

    def _pause(self, absence: str) -> None:
        """Nothing becomes of its messages until there is nothing to say any more."""
        self._absence = absence
        if self.expiry is not None:
            self.expiry.pause(is_paused=bool(absence))

    @property
    def is_paused(self) -> bool:
        """Nobody is served until it goes on."""
        return bool(self._absence)

    def refuse_while_paused(self) -> None:
        """Raises NotFound."""
        if self._absence:
            raise NotFound(self._absence)

    # Coming and going ------------------------------------------------------------------------

    def has_room_for(self, message: Message) -> bool:
        """Whether the queue would not turn it away."""
        limit = self.limit
        return not self.may_refuse or limit is None or limit.has_room_for(message)

    def refuses(self, message: Message) -> bool:
        """Whether the queue is full and turns away what is new, perhaps to where the dead go."""
        if self.has_room_for(message):
            return False
        if self.rules.overflow == REJECT_PUBLISH_DLX:
            # Never stored here, whatever becomes of it elsewhere.
            refused = Message(message.address, message.content, message.channel, 0, message.traits)
            self._die([refused], "maxlen")
        return True

    def _push_by_rules(self, message: Message) -> None:
        self.ready.push(message)
        limit = self.limit
        if limit is not None:
            limit.added(message)
            if limit.is_exceeded:
                self._drop_excess()
        if self.expiry is not None:
            self.expiry.added(message)

    def _leaving(self, message: Message, redelivered: bool) -> Message:
        """The message as whoever takes it gets it."""
        if self.limit is not None:
            self.limit.taken(message)
        is_stored = message.is_stored and self._store is not None
        if self.counts_deliveries and redelivered and is_stored:
            return with_count(message, self.returns.get(message.position, 0))
        return message

    def _counted(self, message: Message) -> Message | None:
        """The message as it waits once more; None when that was once too often."""
        is_stored = message.is_stored and self._store is not None
        if not is_stored and not self.counts_deliveries:
            return message
        count = 1 + (self.returns.get(message.position, 0) if is_stored else count_of(message))
        if self.rules.delivery_limit is not None and count > self.rules.delivery_limit:
            self._die([message], "delivery_limit")
            return None
        if not is_stored:
            return with_count(message, count)
        self.returns[message.position] = count
        return message

    def _drop_expired(self) -> None:
        if self.expiry is not None:
            self.expiry.drop_expired()

    # Chosen ----------------------------------------------------------------------------------

    def withdraw(self, looked_at: Mapping[int, Message]) -> list[Withdrawn]:
        """Take out those that still wait of these, by position, wherever they stand. They are out
        until somebody lets go of them, or puts them back."""
        taken: list[Withdrawn] = []
        for each in self.ready.withdraw(sorted(looked_at)):
            message = each.message
            if message is None:
                message = looked_at[each.position]
            if each.is_spilled:
                self._home.paging.unspill(message)
            if self.limit is not None:
                self.limit.taken(message)
            taken.append(Withdrawn(message, each.redelivered))
        if self.expiry is not None:
            self.expiry.look()
        return taken

    def put_in_place(self, withdrawn: Withdrawn) -> None:
        """It stands where it stood, and nobody has had it."""
        message = withdrawn.message
        if self.is_deleted:
            self.let_go(message)
            return
        self.ready.put_in_place(message, redelivered=withdrawn.redelivered)
        if self.limit is not None:
            self.limit.added(message)
        self._drop_excess()
        if self.expiry is not None:
            self.expiry.look()

    # Dying ------------------------------------------------------------------------------------

    def _die(self, messages: Sequence[Message], reason: Reason) -> None:
        """These are done for, here: on to the dead-letter exchange, if there is one."""
        self._home.deaths[self.type, self.rules.strategy, reason] += len(messages)
        if self.rules.dead_letter_exchange is None or self.is_deleted:
            self.tally.left.died[reason, False] += len(messages)
            self._drop(messages)
            return
        for message in messages:
            self._home.bury(self, message, reason)

    def _expired(self, messages: Sequence[Message]) -> None:
        if self.limit is not None:
            for message in messages:
                self.limit.taken(message)
        self._die(messages, "expired")

    def _drop_excess(self) -> None:
        """The oldest give way, unless it is the newest that do."""
        limit, ready = self.limit, self.ready
        if limit is None or self.rules.overflow != DROP_HEAD:
            return
        while ready.count and limit.is_exceeded:
            taken = ready.take()
            if taken is None:
                # It is being read from disk; `_loaded` goes on.
                return
            limit.taken(taken[0])
            self._die([taken[0]], "maxlen")
            # Another stands at the head now, whose time may be over.
            self._drop_expired()

    def _drop(self, messages: Iterable[Message]) -> None:
        """These are gone, and the store need not keep them for this queue."""
        for message in messages:
            self.let_go(message)
