"""The oracle: a broker so simple that one can see it is right.

It is told what the broker was told, in the same order, and then shown what the broker did. Where
the rules leave the broker no choice, the model expects exactly that; where there is a choice (whose
turn it is), whatever is legal will do:

    each message is in one place: ready, out with one channel, or gone
    the head of its queue is what is delivered, by priority and order of publishing
    to a consumer of that queue that has room, and nobody above it has
    flagged as redelivered exactly when it was out before
    and nothing waits that somebody could take
"""

from bisect import insort
from collections import Counter

from leveret.session.allowance import TURN_BYTES
from leveret.wire import methods
from tests.simulation.line import handler_name
from tests.simulation.routes import Exchange, Routes
from tests.simulation.tables import (
    Channel,
    Client,
    Consumer,
    Expected,
    Getter,
    Item,
    Message,
    Queue,
    Transaction,
)

# Methods behind which a consumer may have room that it is not yet known for.
MAKING_ROOM = (
    methods.BasicAck,
    methods.BasicNack,
    methods.BasicReject,
    methods.BasicRecover,
    methods.BasicQos,
    methods.TxCommit,
    methods.ChannelClose,
)
NOT_FOUND, LOCKED, FAILED, DENIED = 404, 405, 406, 403


class Wrong(AssertionError):
    """The broker did what it must not, or did not what it must."""


class Refused(Exception):
    """The model refuses as the broker must: the channel closes with this code."""


def mismatch(item, event):
    """How a delivery differs from the message that was published, and from what became of it."""
    message, method = item.message, event.method
    wanted = {
        "body": (message.body, event.body),
        "redelivered": (item.redelivered, method.redelivered),
        "exchange": (message.exchange, method.exchange),
        "routing key": (message.key, method.routing_key),
        "properties": (message.properties, event.properties),
    }
    for name, (mine, its) in wanted.items():
        if mine != its:
            return f"{name} should be {mine[:20] if name == 'body' else mine!r}"
    return ""


class Model:
    """The whole broker."""

    def __init__(self, now):
        self.now = now
        self.routes = Routes()
        self.queues = {}
        self.clients = {}
        self.is_short = False
        self.gone_consumers = []
        self.by_body = {}
        self.is_publishing = False
        self.is_strict = True
        self.verdict = ""
        self._positions = 0

    # Told what the broker was told -----------------------------------------------------------

    def begin_chunk(self, client):
        """Several methods of one client; room that one makes may be used later."""
        self.is_strict = True
        self.is_publishing = False
        state = self.clients[client]
        if state.is_blocked and not self.is_short:
            state.is_blocked = False
            state.expected.append(Expected("ConnectionUnblocked", {}))
        return state

    def apply(self, client, saying):
        """One method of a client, whole; in stages, where the broker can act in between."""
        state = self.clients[client]
        number, method = saying.number, saying.method
        self._drop_what_missed_its_moment()
        self.is_strict = self.is_strict and not isinstance(method, MAKING_ROOM)
        self.is_publishing = isinstance(method, methods.BasicPublish)
        if not number:
            state.expected.append(Expected("ConnectionCloseOk", {}))
            yield
            yield from self._close_client(state)
            return
        channel = state.channels.get(number)
        if channel is None:
            assert isinstance(method, methods.ChannelOpen), method
            channel = state.channels[number] = Channel(state, number)
            channel.expected.append(Expected("ChannelOpenOk", {}))
        elif channel.is_closing:
            self._in_closing(state, channel, method)
        else:
            yield from self._apply_to(channel, saying)

    def part_came(self, client, number):
        """A frame of a content that is not whole yet."""
        channel = self.clients[client].channels.get(number)
        if channel is not None and not channel.is_closing:
            self._block(channel.client)

    def _apply_to(self, channel, saying):
        try:
            if self.is_publishing:
                self._publish(channel, saying)
            else:
                stages = getattr(self, handler_name(saying.method))(channel, saying.method)
                yield from stages or ()
        except Refused as refused:
            self._end_channel(channel)
            channel.is_closing = True
            channel.expected.append(Expected("ChannelClose", {"reply_code": refused.args[0]}))

    def _in_closing(self, state, channel, method):
        if isinstance(method, methods.ChannelCloseOk):
            del state.channels[channel.number]
        elif isinstance(method, methods.ChannelClose):
            channel.expected.append(Expected("ChannelCloseOk", {}))

    def connect(self, client):
        self.clients[client] = Client(client)

    def lose(self, client):
        """The socket is gone, with whatever was on it."""
        yield from self._close_client(self.clients[client])
        del self.clients[client]

    def pause(self, client):
        self.clients[client].is_slow = self.clients[client].is_paused = True

    def resume(self, client):
        self.clients[client].is_slow = False
        self.renew(client)

    def renew(self, client):
        state = self.clients[client]
        if not state.is_slow:
            state.allowance = TURN_BYTES
            state.is_paused = state.is_halted = False

    def set_alarm(self, is_short):
        """Those that are blocked are free when their next chunk begins."""
        self.is_short = is_short

    def turn(self):
        """What was put off until the next turn is done."""
        gone, self.gone_consumers = self.gone_consumers, []
        for consumer in gone:
            channel = consumer.channel
            if channel.consumers.get(consumer.tag) is consumer:
                del channel.consumers[consumer.tag]
                cancel = Expected("BasicCancel", {"consumer_tag": consumer.tag})
                channel.expected.append(cancel)

    def pass_time(self, now):
        self.now = now
        for queue in list(self.queues.values()):
            queue.drop_expired(now)
            idle_ms = queue.options.arguments.get("x-expires")
            if idle_ms and not queue.consumers and queue.used_at + idle_ms / 1000 <= now:
                self._delete_queue(queue)

    # Shown what the broker did ---------------------------------------------------------------

    def accepts(self, event):
        """Whether the event is legal now; if so it has happened, else `verdict` says why not."""
        state = self.clients.get(event.client)
        if state is None:
            return self._refuse("to a client that is gone")
        if not event.number:
            return self._accept_expected(state.expected, event)
        channel = state.channels.get(event.number)
        if channel is None:
            return self._refuse("on a channel that is not open")
        if event.kind == "BasicDeliver":
            return self._accept_delivery(channel, event)
        if event.kind == "BasicAck":
            return self._accept_confirm(channel, event)
        return self._accept_expected(channel.expected, event)

    def _refuse(self, why):
        self.verdict = why
        return False

    def _accept_expected(self, expected, event):
        if not expected or not expected[0].matches(event):
            return self._refuse(f"expected was {expected[0] if expected else 'nothing'}")
        first = expected.popleft()
        if first.then is not None:
            first.then(event)
        if event.kind == "BasicGetOk":
            state = self.clients[event.client]
            state.allowance -= event.content_octets
            state.is_halted = state.allowance < 0
        return True

    def _accept_confirm(self, channel, event):
        tag, multiple = event.method.delivery_tag, event.method.multiple
        if not channel.confirms:
            return self._refuse("confirmed what nobody wants confirmed")
        if not channel.confirmed < tag <= channel.published:
            return self._refuse(f"{channel.confirmed} confirmed, {channel.published} published")
        if not multiple and tag != channel.confirmed + 1:
            return self._refuse(f"a gap in the confirms behind {channel.confirmed}")
        if channel.expected and channel.expected[0].kind == "BasicReturn":
            return self._refuse("confirmed before it is returned")
        channel.confirmed = tag
        return True

    def _accept_delivery(self, channel, event):
        consumer = channel.consumers.get(event.method.consumer_tag)
        problem = self._problem_with(channel, consumer, event)
        if problem:
            return self._refuse(problem)
        self._take(channel, consumer, no_ack=consumer.no_ack)
        client = channel.client
        client.allowance -= event.content_octets
        client.is_paused = client.is_paused or client.allowance < 0
        return True

    def _problem_with(self, channel, consumer, event):
        """What is wrong with a delivery."""
        if consumer is None or consumer not in consumer.queue.consumers:
            return "no such consumer"
        queue = consumer.queue
        above = [c.tag for c in queue.consumers if c.priority > consumer.priority and c.can_take()]
        tag = channel.delivery_tag + 1
        problems = {
            "delivered before consume-ok": not consumer.is_announced,
            f"the consumer can't take more, {consumer.out} are out": not consumer.can_take(),
            f"nothing is ready in {queue.name!r}": not queue.ready,
            f"{above} come first": above and self.is_publishing and self.is_strict,
            f"delivery tag {tag} comes next": event.method.delivery_tag != tag,
        }
        told = [problem for problem, is_so in problems.items() if is_so]
        return told[0] if told else mismatch(queue.ready[0], event)

    def _take(self, channel, holder, *, no_ack):
        queue = holder.queue
        item = queue.ready.pop(0)
        queue.drop_expired(self.now)
        channel.delivery_tag += 1
        if not no_ack:
            channel.unacked[channel.delivery_tag] = (holder, item)

    def out_by_queue(self):
        """How many deliveries of each queue are out, settled in open transactions or not."""
        channels = (each for client in self.clients.values() for each in client.channels.values())
        return Counter(holder.queue for each in channels for holder, _item in each.held())

    def check_answered(self):
        """Whatever has an answer got it at once."""
        for state in self.clients.values():
            for channel in [state, *state.channels.values()]:
                if channel.expected:
                    where = "itself" if channel is state else f"on channel {channel.number}"
                    told = f"client {state.number} {where}"
                    raise Wrong(f"{told} never got {channel.expected[0]}; {self.verdict}")

    def check_quiet(self):
        """Nothing waits that somebody could take."""
        self._drop_what_missed_its_moment()
        for queue in self.queues.values():
            able = [consumer.tag for consumer in queue.consumers if consumer.can_take()]
            if queue.ready and able:
                raise Wrong(f"{able} could take what waits in {queue.name!r}; {self.verdict}")

    def _drop_what_missed_its_moment(self):
        """What lives for no time was taken at once, or is gone."""
        for queue in self.queues.values():
            missed = [item for item in queue.ready if item.is_now_or_never]
            able = [consumer.tag for consumer in queue.consumers if consumer.can_take()]
            if missed and able and self.is_strict:
                raise Wrong(f"{able} should have got {missed[0].message.body[:20]!r} at once")
            queue.ready = [item for item in queue.ready if not item.is_now_or_never]

    def check_confirmed(self, state):
        """The chunk is dealt with: all that was published in it is confirmed."""
        for channel in state.channels.values():
            if channel.confirms and not channel.is_closing:
                done, all_ = channel.confirmed, channel.published
                if done != all_:
                    raise Wrong(f"on channel {channel.number} only {done} of {all_} are confirmed")

    # Publishing ------------------------------------------------------------------------------

    def _publish(self, channel, saying):
        method = saying.method
        self._block(channel.client)
        message = Message(method.exchange, method.routing_key, saying.properties, saying.body)
        queues = self._route(message)
        if channel.transaction is not None:
            channel.transaction.publishes.append((message, queues, method.mandatory))
            return
        self._hand_over(channel, message, queues, method.mandatory)
        channel.published += channel.confirms

    def _block(self, state):
        """Nothing behind a frame of a content is dealt with during an alarm."""
        if self.is_short:
            state.is_blocked = True
            state.expected.append(Expected("ConnectionBlocked", {}))

    def _route(self, message):
        if message.exchange not in self.routes.exchanges:
            raise Refused(NOT_FOUND)
        headers = message.properties.headers or {}
        names = keys = [message.key, *headers.get("CC", [])]
        if message.exchange:
            names = self.routes.queues_for(message.exchange, keys, headers)
        return list(dict.fromkeys(self.queues[name] for name in names if name in self.queues))

    def _hand_over(self, channel, message, queues, mandatory):
        self._positions += 1
        message.position = self._positions
        # In a transaction they may have gone since.
        there = [queue for queue in queues if not queue.is_deleted]
        for queue in there:
            self._enqueue(queue, message)
        if mandatory and not there:
            values = {"reply_code": 312, "routing_key": message.key}
            channel.expected.append(Expected("BasicReturn", values, message.body))

    def _enqueue(self, queue, message):
        arguments = queue.options.arguments
        own = message.properties.expiration
        limits = [int(own)] if own is not None else []
        limits += [arguments["x-message-ttl"]] if "x-message-ttl" in arguments else []
        ttl_ms = min(limits, default=None)
        rank = min(message.properties.priority or 0, arguments.get("x-max-priority", 0))
        deadline = None if ttl_ms is None else self.now + ttl_ms / 1000
        item = Item(message, rank, deadline, ttl_ms == 0)
        # What lives for no time is taken before anything else happens, or not at all.
        if ttl_ms != 0 or not queue.ready:
            insort(queue.ready, item)

    # Settling --------------------------------------------------------------------------------

    def _settle(self, channel, tag, *, multiple, requeue):
        if multiple and not tag:
            taken = dict(channel.unacked)
        elif tag not in channel.unacked:
            raise Refused(FAILED)
        else:
            first = 0 if multiple else tag
            taken = {t: d for t, d in channel.unacked.items() if first <= t <= tag}
        for each in taken:
            del channel.unacked[each]
        if channel.transaction is not None:
            channel.transaction.settlements.append((taken, requeue))
        elif requeue:
            self._requeue(taken)

    def _requeue(self, deliveries):
        for holder, item in deliveries.values():
            if not holder.queue.is_deleted:
                item.redelivered = True
                item.is_now_or_never = False
                insort(holder.queue.ready, item)
        for holder, _item in deliveries.values():
            holder.queue.drop_expired(self.now)

    def _basic_ack(self, channel, method):
        self._settle(channel, method.delivery_tag, multiple=method.multiple, requeue=False)

    def _basic_nack(self, channel, method):
        tag = method.delivery_tag
        self._settle(channel, tag, multiple=method.multiple, requeue=method.requeue)

    def _basic_reject(self, channel, method):
        self._settle(channel, method.delivery_tag, multiple=False, requeue=method.requeue)

    def _basic_recover(self, channel, _method):
        channel.expected.append(Expected("BasicRecoverOk", {}))
        taken, channel.unacked = channel.unacked, {}
        self._requeue(taken)

    # Consumers -------------------------------------------------------------------------------

    def _basic_qos(self, channel, method):
        if method.global_:
            channel.limit = method.prefetch_count
        else:
            channel.prefetch = method.prefetch_count
        channel.expected.append(Expected("BasicQosOk", {}))

    def _basic_consume(self, channel, method):
        queue = self._usable(channel, method.queue)
        if any(each.exclusive for each in queue.consumers) or (
            method.exclusive and queue.consumers
        ):
            raise Refused(DENIED)
        consumer = Consumer(
            channel,
            queue,
            method.consumer_tag,
            method.no_ack,
            method.exclusive,
            method.arguments.get("x-priority", 0),
            0 if method.no_ack else channel.prefetch,
        )
        queue.consumers.append(consumer)
        channel.consumers[consumer.tag] = consumer

        def announce(_event):
            consumer.is_announced = True

        values = {"consumer_tag": consumer.tag}
        channel.expected.append(Expected("BasicConsumeOk", values, then=announce))

    def _basic_cancel(self, channel, method):
        self._cancel(channel, method.consumer_tag)
        values = {"consumer_tag": method.consumer_tag}
        channel.expected.append(Expected("BasicCancelOk", values))

    def _cancel(self, channel, tag):
        consumer = channel.consumers.pop(tag, None)
        if consumer is None or consumer.queue.is_deleted:
            return
        queue = consumer.queue
        queue.consumers.remove(consumer)
        if not queue.consumers:
            queue.used_at = self.now
            if queue.options.auto_delete:
                self._delete_queue(queue)

    def _basic_get(self, channel, method):
        queue = self._usable(channel, method.queue)
        self._touch(queue)
        queue.drop_expired(self.now)
        if not queue.ready:
            channel.expected.append(Expected("BasicGetEmpty", {}))
            return
        item = queue.ready[0]
        self._take(channel, Getter(queue), no_ack=method.no_ack)
        values = {
            "delivery_tag": channel.delivery_tag,
            "redelivered": item.redelivered,
            "message_count": len(queue.ready),
            "exchange": item.message.exchange,
            "routing_key": item.message.key,
        }
        channel.expected.append(Expected("BasicGetOk", values, item.message.body))

    # Queues and exchanges --------------------------------------------------------------------

    def _usable(self, channel, name):
        queue = self.queues.get(name)
        if queue is None:
            raise Refused(NOT_FOUND)
        if queue.owner not in (None, channel.client):
            raise Refused(LOCKED)
        return queue

    def _touch(self, queue):
        if not queue.consumers:
            queue.used_at = self.now

    def _queue_declare(self, channel, method):
        if not method.queue:
            channel.expected.append(
                Expected(
                    "QueueDeclareOk", {}, then=lambda event: self._name(channel, method, event)
                )
            )
            return
        if method.passive or method.queue in self.queues:
            queue = self._usable(channel, method.queue)
            self._touch(queue)
        else:
            queue = self._create_queue(channel, method, method.queue)
        values = {
            "queue": queue.name,
            "message_count": len(queue.ready),
            "consumer_count": len(queue.consumers),
        }
        channel.expected.append(Expected("QueueDeclareOk", values))

    def _name(self, channel, method, event):
        name = event.method.queue
        if not name.startswith("amq.gen-") or name in self.queues:
            raise Wrong(f"{name!r} is no fresh generated name")
        self._create_queue(channel, method, name)

    def _create_queue(self, channel, method, name):
        owner = channel.client if method.exclusive else None
        queue = self.queues[name] = Queue(name, method, owner, self.now)
        return queue

    def _queue_delete(self, channel, method):
        count = 0
        if method.queue in self.queues:
            queue = self._usable(channel, method.queue)
            if (method.if_unused and queue.consumers) or (method.if_empty and queue.ready):
                raise Refused(FAILED)
            count = len(queue.ready)
            self._delete_queue(queue)
        channel.expected.append(Expected("QueueDeleteOk", {"message_count": count}))

    def _delete_queue(self, queue):
        queue.is_deleted = True
        queue.ready.clear()
        self.gone_consumers += queue.consumers
        queue.consumers = []
        del self.queues[queue.name]
        self.routes.remove_destination(True, queue.name)

    def _queue_purge(self, channel, method):
        queue = self._usable(channel, method.queue)
        channel.expected.append(Expected("QueuePurgeOk", {"message_count": len(queue.ready)}))
        queue.ready.clear()

    def _queue_bind(self, channel, method):
        self._exchange(method.exchange)
        self._usable(channel, method.queue)
        binding = (True, method.queue, method.routing_key, dict(method.arguments))
        self.routes.bind(method.exchange, binding)
        channel.expected.append(Expected("QueueBindOk", {}))

    def _queue_unbind(self, channel, method):
        binding = (True, method.queue, method.routing_key, dict(method.arguments))
        exchange = self.routes.exchanges.get(method.exchange)
        if exchange is not None and binding in exchange.bindings:
            self._usable(channel, method.queue)
            self.routes.unbind(method.exchange, binding)
        channel.expected.append(Expected("QueueUnbindOk", {}))

    def _exchange(self, name):
        if name not in self.routes.exchanges:
            raise Refused(NOT_FOUND)

    def _exchange_declare(self, channel, method):
        if method.exchange not in self.routes.exchanges:
            alternate = method.arguments.get("alternate-exchange")
            exchange = Exchange(method.exchange_type, method.auto_delete, alternate)
            self.routes.exchanges[method.exchange] = exchange
        channel.expected.append(Expected("ExchangeDeclareOk", {}))

    def _exchange_delete(self, channel, method):
        exchange = self.routes.exchanges.get(method.exchange)
        if exchange is not None:
            if method.if_unused and exchange.bindings:
                raise Refused(FAILED)
            self.routes.remove_exchange(method.exchange)
        channel.expected.append(Expected("ExchangeDeleteOk", {}))

    def _exchange_bind(self, channel, method):
        self._exchange(method.source)
        self._exchange(method.destination)
        binding = (False, method.destination, method.routing_key, dict(method.arguments))
        self.routes.bind(method.source, binding)
        channel.expected.append(Expected("ExchangeBindOk", {}))

    def _exchange_unbind(self, channel, method):
        if {method.source, method.destination} <= self.routes.exchanges.keys():
            binding = (False, method.destination, method.routing_key, dict(method.arguments))
            self.routes.unbind(method.source, binding)
        channel.expected.append(Expected("ExchangeUnbindOk", {}))

    # Confirms and transactions ---------------------------------------------------------------

    def _confirm_select(self, channel, _method):
        if channel.transaction is not None:
            raise Refused(FAILED)
        channel.confirms = True
        channel.expected.append(Expected("ConfirmSelectOk", {}))

    def _tx_select(self, channel, _method):
        if channel.confirms:
            raise Refused(FAILED)
        channel.transaction = channel.transaction or Transaction()
        channel.expected.append(Expected("TxSelectOk", {}))

    def _tx_commit(self, channel, _method):
        if channel.transaction is None:
            raise Refused(FAILED)
        done, channel.transaction = channel.transaction, Transaction()
        for message, queues, mandatory in done.publishes:
            self._hand_over(channel, message, queues, mandatory)
            yield
        for deliveries, requeue in done.settlements:
            if requeue:
                self._requeue(deliveries)
            yield
        channel.expected.append(Expected("TxCommitOk", {}))

    def _tx_rollback(self, channel, _method):
        if channel.transaction is None:
            raise Refused(FAILED)
        self._roll_back(channel)
        channel.transaction = Transaction()
        channel.expected.append(Expected("TxRollbackOk", {}))

    def _roll_back(self, channel):
        for deliveries, _requeue in channel.transaction.settlements:
            channel.unacked.update(deliveries)
        channel.unacked = dict(sorted(channel.unacked.items()))

    # Ends ------------------------------------------------------------------------------------

    def _channel_close(self, channel, _method):
        self._end_channel(channel)
        # Gone once its answer is out.
        channel.is_closing = True
        channel.expected.append(
            Expected(
                "ChannelCloseOk", {}, then=lambda _: channel.client.channels.pop(channel.number)
            )
        )

    def _end_channel(self, channel):
        for tag in list(channel.consumers):
            self._cancel(channel, tag)
        if channel.transaction is not None:
            self._roll_back(channel)
            channel.transaction = None
        taken, channel.unacked = channel.unacked, {}
        self._requeue(taken)

    def _close_client(self, state):
        # Nothing more goes to it, not even what it gives back itself.
        state.is_paused = True
        for channel in state.channels.values():
            if not channel.is_closing:
                self._end_channel(channel)
                yield
        state.channels.clear()
        for queue in [queue for queue in self.queues.values() if queue.owner is state]:
            self._delete_queue(queue)
