"""What a client says in a step: dice and what it knows, turned into methods."""

from leveret.wire import methods
from leveret.wire.properties import Properties
from tests.simulation.client import ChannelView, Saying
from tests.simulation.steps import pick

# What a queue of that name is declared as; a name always means the same.
QUEUES = {
    "plain": {},
    "other": {},
    "ranked": {"arguments": {"x-max-priority": 3}},
    "short": {"arguments": {"x-message-ttl": 500}},
    "now": {"arguments": {"x-message-ttl": 0}},
    "ranked and short": {"arguments": {"x-max-priority": 2, "x-message-ttl": 1000}},
    "private": {"exclusive": True},
    "fleeting": {"auto_delete": True},
    "unused": {"arguments": {"x-expires": 1000}},
}
EXCHANGES = {
    "d": {"exchange_type": "direct"},
    "f": {"exchange_type": "fanout", "auto_delete": True},
    "t": {"exchange_type": "topic", "arguments": {"alternate-exchange": "f"}},
    "h": {"exchange_type": "headers"},
}
BOUND = [*EXCHANGES, "amq.direct", "amq.fanout", "amq.topic", "amq.match"]
PATTERNS = ["a", "a.b", "a.*", "#", "*", "#.b", "a.#.c", ""]
KEYS = ["a", "a.b", "a.b.c", "b", "a.c", ""]
TABLES = [{}, {"x-match": "all", "h": 1}, {"x-match": "any", "h": 1, "i": "two"}]
HEADERS = [None, None, {"h": 1}, {"i": "two"}, {"h": 2, "CC": ["plain", "a.b"]}]
EXPIRATIONS = [None, None, None, None, "0", "250", "750", "60000"]
# Three of the largest use up what a connection may be sent in a turn.
BODY_OCTETS = [0, 0, 10, 10, 10, 10, 5000, 400_000]
CHANNELS = (1, 2, 3)
# Steps that mean something on certain channels only.
FITTING = {
    "ack": lambda view: view.tags,
    "nack": lambda view: view.tags,
    "reject": lambda view: view.tags,
    "commit": lambda view: view.is_transactional,
    "rollback": lambda view: view.is_transactional,
}
UNKNOWN_TAG = 10_000


class Sayings:
    """Finds the words. Bodies and consumer tags never repeat in one world.

    queues, exchanges: what there is in the broker, whoever made it; most of what clients say is
    about that.
    """

    def __init__(self, queues, exchanges):
        self._queues = queues
        self._exchanges = exchanges
        self._made = 0

    def find(self, step, client):
        """What the client says; nothing when the step makes no sense to it."""
        dice = step.dice
        number = pick(self._channels(step, client), dice[0])
        view = client.channels.get(number)
        if view is None:
            # A closed channel is opened by whatever wants it.
            view = client.channels[number] = ChannelView()
            yield Saying(number, methods.ChannelOpen())
        if view.is_closing:
            return
        found = getattr(self, f"_{step.kind}")(client, view, dice[1:])
        for method in found if isinstance(found, list) else [found]:
            if isinstance(method, tuple):
                yield Saying(number, *method)
            elif method is not None:
                yield Saying(number, method)

    def _channels(self, step, client):
        """Those that have something to do with such a step, if there are any."""
        does_fit = FITTING.get(step.kind)
        if does_fit is None:
            return CHANNELS
        return [n for n, view in client.channels.items() if does_fit(view)] or CHANNELS

    def _number(self):
        self._made += 1
        return self._made

    # Channels --------------------------------------------------------------------------------

    def _open_channel(self, _client, _view, _dice):
        return None

    def _close_channel(self, _client, view, _dice):
        view.is_closing = True
        return methods.ChannelClose(reply_code=200)

    def _select(self, _client, view, dice):
        if view.is_transactional and dice[1] < 0.9:
            return None
        if dice[0] < 0.6:
            return methods.ConfirmSelect()
        view.is_transactional = True
        return methods.TxSelect()

    def _commit(self, _client, view, dice):
        if not view.is_transactional and dice[1] < 0.98:
            return None
        view.settled.clear()
        return methods.TxCommit()

    def _rollback(self, _client, view, _dice):
        if not view.is_transactional:
            return None
        view.tags = sorted(view.tags + view.settled)
        view.settled = []
        return methods.TxRollback()

    # Queues and exchanges --------------------------------------------------------------------

    def _queue(self, client, die):
        """Mostly one that is there and that the client may use."""
        there = [
            queue.name
            for queue in self._queues.values()
            if queue.owner is None or queue.owner.number == client.number
        ]
        return pick(there * 20 + list(QUEUES), die)

    def _exchange(self, die):
        """One that is there, but for the default exchange."""
        return pick([name for name in self._exchanges if name in BOUND], die)

    def _declare_queue(self, _client, _view, dice):
        name = pick(list(QUEUES), dice[0])
        return methods.QueueDeclare(queue=name, passive=dice[1] < 0.1, **QUEUES[name])

    def _declare_own_queue(self, _client, _view, dice):
        return methods.QueueDeclare(exclusive=True, auto_delete=dice[0] < 0.5)

    def _delete_queue(self, client, _view, dice):
        name = self._queue(client, dice[0])
        return methods.QueueDelete(queue=name, if_unused=dice[1] < 0.1, if_empty=dice[2] < 0.1)

    def _purge(self, client, _view, dice):
        return methods.QueuePurge(queue=self._queue(client, dice[0]))

    def _bind(self, client, _view, dice):
        return methods.QueueBind(**self._binding(client, dice))

    def _unbind(self, client, _view, dice):
        return methods.QueueUnbind(**self._binding(client, dice))

    def _binding(self, client, dice):
        return {
            "queue": self._queue(client, dice[0]),
            "exchange": self._exchange(dice[1]),
            "routing_key": pick(PATTERNS, dice[2]),
            "arguments": pick(TABLES, dice[3]),
        }

    def _declare_exchange(self, _client, _view, dice):
        name = pick(list(EXCHANGES), dice[0])
        return methods.ExchangeDeclare(exchange=name, **EXCHANGES[name])

    def _delete_exchange(self, _client, _view, dice):
        name = pick(list(EXCHANGES), dice[0])
        return methods.ExchangeDelete(exchange=name, if_unused=dice[1] < 0.3)

    def _bind_exchange(self, _client, _view, dice):
        return methods.ExchangeBind(**self._exchange_binding(dice))

    def _unbind_exchange(self, _client, _view, dice):
        return methods.ExchangeUnbind(**self._exchange_binding(dice))

    def _exchange_binding(self, dice):
        return {
            "source": self._exchange(dice[0]),
            "destination": self._exchange(dice[1]),
            "routing_key": pick(PATTERNS, dice[2]),
            "arguments": pick(TABLES, dice[3]),
        }

    # Publishing ------------------------------------------------------------------------------

    def _publish(self, client, _view, dice):
        return [self._message(client, dice)]

    def _publish_many(self, client, _view, dice):
        """Several to the same address, as publishers do."""
        return [self._message(client, dice) for _ in range(2 + int(dice[4] * 12))]

    def _message(self, client, dice):
        body = b"%d " % self._number()
        body += b"." * pick(BODY_OCTETS, dice[2])
        if dice[0] < 0.5:
            exchange, key = "", self._queue(client, dice[0] * 2)
        else:
            exchange, key = self._exchange(dice[0] * 2 - 1), pick(KEYS, dice[1])
        if dice[4] > 0.995:
            exchange = "none of that name"
        properties = Properties()
        if dice[3] > 0.4:
            properties = Properties(
                headers=pick(HEADERS, dice[1]),
                priority=pick([None, None, 0, 1, 2, 3, 9], dice[3]),
                expiration=pick(EXPIRATIONS, dice[4]),
                delivery_mode=pick([None, 1, 2], dice[2]),
            )
        method = methods.BasicPublish(
            exchange=exchange, routing_key=key, mandatory=0.1 < dice[3] < 0.5
        )
        return method, properties, body

    # Consuming and settling ------------------------------------------------------------------

    def _qos(self, _client, _view, dice):
        count = pick([0, 1, 2, 3, 10], dice[0])
        return methods.BasicQos(prefetch_count=count, global_=dice[1] < 0.4)

    def _consume(self, client, view, dice):
        tag = f"c{self._number()}"
        no_ack = dice[1] < 0.25
        view.consumers[tag] = no_ack
        return methods.BasicConsume(
            queue=self._queue(client, dice[0]),
            consumer_tag=tag,
            no_ack=no_ack,
            exclusive=dice[2] < 0.05,
            arguments=pick([{}, {}, {"x-priority": 5}, {"x-priority": -1}], dice[3]),
        )

    def _cancel(self, _client, view, dice):
        tags = [*view.consumers, "unknown"]
        return methods.BasicCancel(consumer_tag=pick(tags, dice[0]))

    def _get(self, client, view, dice):
        no_ack = dice[1] < 0.3
        view.gets.append(no_ack)
        return methods.BasicGet(queue=self._queue(client, dice[0]), no_ack=no_ack)

    def _get_many(self, client, view, dice):
        """All of one queue, asked for at once."""
        return [self._get(client, view, dice) for _ in range(2 + int(dice[2] * 10))]

    def _ack(self, _client, view, dice):
        tag, multiple = self._tag(view, dice)
        return None if tag is None else methods.BasicAck(tag, multiple)

    def _nack(self, _client, view, dice):
        tag, multiple = self._tag(view, dice)
        return None if tag is None else methods.BasicNack(tag, multiple, dice[2] < 0.7)

    def _reject(self, _client, view, dice):
        tag, _multiple = self._tag(view, [dice[0], 1.0])
        return None if tag is None else methods.BasicReject(tag, dice[2] < 0.7)

    def _tag(self, view, dice):
        """A delivery to settle, and whether all before it are meant too."""
        multiple = dice[1] < 0.3
        if dice[1] > 0.995:
            return UNKNOWN_TAG, False
        if dice[1] < 0.04:
            self._settled(view, list(view.tags))
            return 0, True
        if not view.tags:
            return None, False
        tag = pick(view.tags, dice[0])
        self._settled(
            view, [each for each in view.tags if each == tag or (multiple and each < tag)]
        )
        return tag, multiple

    def _settled(self, view, tags):
        view.tags = [tag for tag in view.tags if tag not in tags]
        if view.is_transactional:
            view.settled += tags

    def _recover(self, _client, _view, _dice):
        return methods.BasicRecover(requeue=True)
