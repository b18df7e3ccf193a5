"""Queues as lists: what every rule of a queue means, said as simply as it can be.

Nothing here is shared with the broker, and nothing is clever: a queue is a list that is sorted
again whenever something comes, rules are looked up whenever somebody asks. Which of several
consumers gets a message is not predicted but looked up in what the broker sent, and must be one
that may.
"""

from dataclasses import dataclass, field

from tests.simulation.queues.letters import Copy, Letter, deaths_of, headers_of, is_round

NEVER = float("inf")


class Wrong(AssertionError):
    """The broker did something else."""


@dataclass(eq=False)
class Consumer:
    tag: str
    channel: int
    queue: "Queue"
    prefetch: int
    no_ack: bool
    priority: int
    held: int = 0

    @property
    def has_room(self):
        return self.no_ack or not self.prefetch or self.held < self.prefetch


@dataclass(eq=False)
class Queue:
    name: str
    is_durable: bool
    arguments: dict
    used_at: float
    since: float | None = None
    policy: dict = field(default_factory=dict)
    waiting: list = field(default_factory=list)
    consumers: list = field(default_factory=list)
    active: Consumer | None = None
    is_gone: bool = False

    def rule(self, name):
        """An argument beats the policy, but of two limits the smaller holds."""
        mine, policy = self.arguments.get(f"x-{name}"), self.policy.get(name)
        both = [each for each in (mine, policy) if each is not None]
        if not both:
            return None
        return min(both) if isinstance(both[0], int) else both[0]

    @property
    def is_quorum(self):
        return self.arguments.get("x-queue-type") == "quorum"

    def keeps(self, letter):
        return self.is_quorum or (self.is_durable and letter.is_persistent)

    @property
    def octets(self):
        return sum(copy.letter.octets for copy in self.waiting)

    def is_beyond(self, count, octets):
        length, length_bytes = self.rule("max-length"), self.rule("max-length-bytes")
        return (length is not None and count > length) or (
            length_bytes is not None and octets > length_bytes
        )

    def priority(self, copy):
        return min(copy.letter.priority, self.arguments.get("x-max-priority", 0))

    def put(self, copy):
        self.waiting.append(copy)
        self.waiting.sort(key=lambda each: (-self.priority(each), each.letter.position))

    def ttl_ms(self, copy):
        both = [each for each in (copy.letter.ttl_ms, self.rule("message-ttl")) if each is not None]
        return min(both, default=None)

    def deadline(self, copy):
        ttl_ms, since = self.ttl_ms(copy), copy.letter.published_at or self.since
        return NEVER if ttl_ms is None or since is None else since + ttl_ms / 1000

    def heads(self):
        """The first of each priority, highest first."""
        firsts = {}
        for copy in self.waiting:
            firsts.setdefault(self.priority(copy), copy)
        return [firsts[each] for each in sorted(firsts, reverse=True)]

    def ready(self):
        """Who may get the next message."""
        able = [each for each in self.consumers if each.has_room]
        if self.arguments.get("x-single-active-consumer"):
            return [each for each in able if each is self.active]
        best = max((each.priority for each in able), default=0)
        return [each for each in able if each.priority == best]


class Model:
    """All queues, and what is out for acknowledgement on each channel.

    heard: what the broker delivered in this step, by queue, in order.
    """

    def __init__(self, now):
        self.now = now
        self.queues = {}
        self.dead = []
        self.out = {}
        self.heard = {}
        self.most_left = 0
        self._position = 0
        self._dying = []
        self._is_burying = False

    # Publishing ------------------------------------------------------------------------------

    def publish(self, letter, names):
        """False when a queue refused it."""
        self._position += 1
        letter.position = self._position
        accepting = []
        for name in names:
            queue = self.queues[name]
            octets = queue.octets + letter.octets
            overflow = queue.rule("overflow") or "drop-head"
            if overflow == "drop-head" or not queue.is_beyond(len(queue.waiting) + 1, octets):
                accepting.append(queue)
            elif overflow == "reject-publish-dlx":
                self._die(queue, [Copy(letter, is_stored=False)], "maxlen")
        for queue in accepting:
            self._arrive(queue, letter)
        return len(accepting) == len(names)

    def _arrive(self, queue, letter):
        if letter.ttl_ms is not None:
            self._keep_time(queue)
        if queue.since is not None:
            letter.published_at = self.now
        copy = Copy(letter, queue.keeps(letter))
        if not queue.waiting and queue.ready():
            self._hand(queue, copy)
        elif queue.ttl_ms(copy) == 0:
            self._die(queue, [copy], "expired")
        else:
            queue.put(copy)
            self._drop_excess(queue)

    def _keep_time(self, queue):
        if queue.since is None:
            queue.since = self.now

    # Leaving ---------------------------------------------------------------------------------

    def serve(self, queue):
        self._expire(queue)
        while queue.waiting and queue.ready():
            self._hand(queue, queue.waiting.pop(0))
            self._expire(queue)

    def _hand(self, queue, copy):
        ready = {each.tag: each for each in queue.ready()}
        heard = self.heard.get(queue.name)
        if not heard:
            raise Wrong(f"{copy.letter.name} was not delivered from {queue.name}")
        content = heard.pop(0)
        consumer = ready.get(content.method.consumer_tag)
        if consumer is None:
            raise Wrong(f"{content} went to {content.method.consumer_tag}, not to {list(ready)}")
        self.compare(queue, copy, content)
        if not consumer.no_ack:
            consumer.held += 1
            self.out[consumer.channel][content.tag] = (queue, copy, consumer)

    def compare(self, queue, copy, content, *, is_got=False):
        """What was sent is this copy, in all that the rules say of it."""
        letter = copy.letter
        counts = queue.is_quorum or queue.rule("delivery-limit")
        is_counted = counts and (copy.is_redelivered or is_got)
        count = copy.count if is_counted else None
        expected = {
            "name": letter.name,
            "redelivered": copy.is_redelivered,
            "exchange": letter.exchange,
            "key": letter.key,
            "expiration": None if letter.ttl_ms is None else str(letter.ttl_ms),
            "priority": letter.priority,
            "headers": headers_of(letter, count),
        }
        sent = {
            "name": content.body.rstrip(b".").decode(),
            "redelivered": content.method.redelivered,
            "exchange": content.method.exchange,
            "key": content.method.routing_key,
            "expiration": content.properties.expiration,
            "priority": content.properties.priority or 0,
            "headers": dict(content.properties.headers or {}),
        }
        if expected != sent:
            wrong = {key: (expected[key], sent[key]) for key in sent if sent[key] != expected[key]}
            raise Wrong(f"from {queue.name}, {letter.name} expected, then sent: {wrong}")

    def _expire(self, queue):
        over = []
        for head in queue.heads():
            line = [each for each in queue.waiting if queue.priority(each) == queue.priority(head)]
            for copy in line:
                if queue.deadline(copy) > self.now:
                    break
                queue.waiting.remove(copy)
                over.append(copy)
        self._die(queue, over, "expired")

    def _drop_excess(self, queue):
        if (queue.rule("overflow") or "drop-head") != "drop-head":
            return
        while queue.is_beyond(len(queue.waiting), queue.octets):
            self._die(queue, [queue.waiting.pop(0)], "maxlen")
            self._expire(queue)

    # Dying -----------------------------------------------------------------------------------

    def _die(self, queue, copies, reason):
        """One after the other; who dies while another is on its way waits."""
        for copy in copies:
            self._dying.append((queue, copy, reason))
            if self._is_burying:
                continue
            self._is_burying = True
            while self._dying:
                self._bury(*self._dying.pop(0))
            self._is_burying = False

    def _bury(self, queue, copy, reason):
        exchange = queue.rule("dead-letter-exchange")
        if exchange not in ("", "dead") or queue.is_gone:
            return
        old = copy.letter
        letter = Letter(
            old.name,
            exchange,
            queue.rule("dead-letter-routing-key") or old.key,
            old.octets,
            self.now,
            priority=old.priority,
            is_persistent=old.is_persistent,
            deaths=deaths_of(old, queue, reason, self.now),
            first_death=old.first_death or (reason, queue.name, old.exchange),
        )
        names = list(self.dead) if exchange else [letter.key]
        there = [name for name in names if name in self.queues]
        self.publish(letter, [n for n in there if reason == "rejected" or not is_round(letter, n)])

    # What comes back -------------------------------------------------------------------------

    def settle(self, taken, how):
        """ack, reject or requeue what was taken out of `out`."""
        by_queue = {}
        for queue, copy, _holder in taken:
            by_queue.setdefault(queue.name, (queue, []))[1].append(copy)
        for queue, copies in by_queue.values():
            if how == "reject":
                self._die(queue, copies, "rejected")
            elif how == "requeue":
                self._come_back(queue, copies)
        holders = [holder for _queue, _copy, holder in taken if holder is not None]
        for holder in holders:
            holder.held -= 1
        for holder in holders:
            self.serve(holder.queue)

    def _come_back(self, queue, copies):
        if queue.is_gone:
            return
        limit = queue.rule("delivery-limit")
        for copy in copies:
            copy.is_redelivered = True
            copy.count += 1
            if limit is not None and copy.count > limit:
                self._die(queue, [copy], "delivery_limit")
            else:
                queue.put(copy)
        self._drop_excess(queue)
        self.serve(queue)

    # Consumers -------------------------------------------------------------------------------

    def subscribe(self, consumer):
        queue = consumer.queue
        queue.consumers.append(consumer)
        queue.active = queue.active or consumer
        self.serve(queue)

    def unsubscribe(self, consumer):
        """The next to be active: the highest priority, and of those who came first."""
        queue = consumer.queue
        queue.consumers.remove(consumer)
        if queue.active is consumer:
            queue.active = max(queue.consumers, key=lambda each: each.priority, default=None)
        if not queue.consumers:
            queue.used_at = self.now

    def get(self, queue):
        """The copy that basic.get takes, or None."""
        if not queue.consumers:
            queue.used_at = self.now
        self._expire(queue)
        taken = queue.waiting.pop(0) if queue.waiting else None
        # What has expired behind it may have to be read first, to be seen to be over.
        self.most_left = len(queue.waiting)
        self._expire(queue)
        return taken

    # Time, policies, restarts ----------------------------------------------------------------

    def pass_time(self, end):
        while True:
            at, act, queue = min(
                (event for queue in self.queues.values() for event in self._events(queue)),
                key=lambda event: event[0],
                default=(NEVER, None, None),
            )
            if at > end:
                break
            self.now = max(self.now, at)
            act(queue)
        self.now = end

    def _events(self, queue):
        yield min(map(queue.deadline, queue.heads()), default=NEVER), self._expire, queue
        expires_ms = queue.rule("expires")
        if expires_ms is not None and not queue.consumers:
            yield queue.used_at + expires_ms / 1000, self.remove, queue

    def remove(self, queue):
        queue.is_gone = True
        queue.waiting.clear()
        del self.queues[queue.name]
        self.dead = [name for name in self.dead if name != queue.name]

    def declare(self, name, arguments, *, is_durable, is_bound):
        queue = self.queues[name] = Queue(name, is_durable, arguments, self.now)
        if queue.rule("message-ttl") is not None:
            self._keep_time(queue)
        if is_bound:
            self.dead.append(name)

    def follow(self, queue, policy):
        before = {name: queue.rule(name) for name in ("expires", "message-ttl")}
        queue.policy = policy
        if queue.rule("expires") != before["expires"]:
            queue.used_at = self.now
        if queue.rule("message-ttl") != before["message-ttl"]:
            self._keep_time(queue)
            self._expire(queue)
        self._drop_excess(queue)

    def restart(self):
        """What is stored is back, and what had been delivered says so."""
        for out in self.out.values():
            for queue, copy, _holder in out.values():
                copy.is_redelivered = True
                copy.count += 1
                queue.put(copy)
        self.out.clear()
        for queue in list(self.queues.values()):
            if queue.is_durable:
                self._start(queue)
            else:
                self.remove(queue)
        for queue in self.queues.values():
            self._expire(queue)
            self._drop_excess(queue)

    def _start(self, queue):
        queue.waiting = [copy for copy in queue.waiting if copy.is_stored]
        queue.consumers.clear()
        queue.active, queue.used_at, queue.since = None, self.now, None
        for copy in queue.waiting:
            copy.letter.published_at = copy.letter.born
        is_timed = any(queue.ttl_ms(copy) is not None for copy in queue.waiting)
        if is_timed or queue.rule("message-ttl") is not None:
            self._keep_time(queue)
