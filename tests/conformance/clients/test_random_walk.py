"""The same random walk through pika on both brokers: every answer and every refusal is compared.

A seed makes the walk; a failure names the seed and the first step that differs. Counts of messages
are left out of the answers, since RabbitMQ may give them before it has done what was sent first.
"""

import itertools
import random

import pika
import pytest
from pika import BasicProperties
from pika.exceptions import ChannelClosedByBroker, UnroutableError

from tests.conformance.clients.waiting import turns

STEPS = 120
QUEUES = ["a", "b", "c"]
EXCHANGES = ["x", "y", "z"]
PREDECLARED = ["amq.topic", "amq.fanout"]
KEYS = ["", "a", "b", "a.b", "#", "*", "a.*", "#.b"]
ARGUMENTS = [
    {},
    {},
    {"x-max-priority": 3},
    {"x-message-ttl": 600000},
    {"x-expires": 600000},
    {"x-message-ttl": "soon"},
    {"x-max-priority": 0},
    {"x-max-priority": -1},
    {"x-expires": 0},
]
TYPES = ["direct", "fanout", "topic", "headers", "direct", "topic"]
TABLES = [None, {}, {"x-match": "any", "h": 1}, {"h": 1}, {"x-match": "all", "h": 2}]


class Walk:
    """One broker's walk on two connections: their channels, and the tags that each holds."""

    def __init__(self, endpoint, prefix, seed):
        self.chance = random.Random(seed)
        self.prefix = prefix
        parameters = pika.ConnectionParameters(endpoint.host, endpoint.port)
        self.connections = [pika.BlockingConnection(parameters) for _ in range(2)]
        self.channels = [self.open_channel(each) for each in self.connections]
        self.held = [[], []]
        self.side = 0
        self.verbs = [
            getattr(self, name) for name in sorted(dir(type(self))) if name.startswith("do_")
        ]

    @staticmethod
    def open_channel(connection):
        channel = connection.channel()
        channel.confirm_delivery()
        return channel

    @property
    def channel(self):
        return self.channels[self.side]

    @property
    def out(self):
        return self.held[self.side]

    def step(self):
        verb = self.chance.choice(self.verbs)
        self.side = 0 if self.chance.random() < 0.8 else 1
        try:
            return verb.__name__, self.side, verb()
        except ChannelClosedByBroker as refused:
            self.channels[self.side] = self.open_channel(self.connections[self.side])
            self.out.clear()
            return verb.__name__, self.side, self.neutral(refused.args)
        except UnroutableError as returned:
            method = returned.messages[0].method
            return verb.__name__, self.side, (method.reply_code, method.reply_text)

    def neutral(self, refusal):
        return refusal[0], refusal[1].replace(self.prefix, "~")

    def queue(self):
        """Now and then the empty name: the queue last declared on the channel."""
        return "" if self.flag() else self.prefix + self.chance.choice(QUEUES)

    def exchange(self):
        if self.flag():
            return self.chance.choice(["", *PREDECLARED])
        return self.prefix + self.chance.choice(EXCHANGES)

    def key(self):
        return self.queue() if self.chance.random() < 0.4 else self.chance.choice(KEYS)

    def flag(self):
        return self.chance.random() < 0.15

    def do_declare_queue(self):
        """Always by name: the names that a broker makes differ."""
        name = self.prefix + self.chance.choice(QUEUES)
        answer = self.channel.queue_declare(
            name,
            passive=self.flag(),
            durable=self.flag(),
            exclusive=self.flag(),
            arguments=self.chance.choice(ARGUMENTS),
        )
        return answer.method.queue.replace(self.prefix, "~"), answer.method.consumer_count

    def do_declare_exchange(self):
        alternate = {"alternate-exchange": self.exchange()} if self.flag() else {}
        self.channel.exchange_declare(
            self.exchange(),
            self.chance.choice(TYPES),
            passive=self.flag(),
            durable=self.flag(),
            internal=self.flag(),
            arguments=alternate,
        )

    do_declare_exchange_again = do_declare_exchange

    def do_bind(self):
        table = self.chance.choice(TABLES)
        self.channel.queue_bind(self.queue(), self.exchange(), self.key(), table)

    do_bind_again = do_bind

    def do_bind_exchange(self):
        self.channel.exchange_bind(self.exchange(), self.exchange(), self.key())

    def do_unbind(self):
        table = self.chance.choice(TABLES)
        self.channel.queue_unbind(self.queue(), self.exchange(), self.key(), table)

    def do_unbind_exchange(self):
        self.channel.exchange_unbind(self.exchange(), self.exchange(), self.key())

    def do_publish(self):
        headers = self.chance.choice([None, {"h": 1}, {"h": 2}, {"CC": [self.key()], "h": 1}])
        body = b"%d" % self.chance.randrange(1000)
        properties = BasicProperties(
            headers=headers, priority=self.chance.choice([None, 0, 1, 3, 7])
        )
        self.channel.basic_publish(
            self.exchange(), self.key(), body, properties, mandatory=self.chance.random() < 0.5
        )

    do_publish_again = do_publish_more = do_publish

    def do_get(self):
        method, properties, body = self.channel.basic_get(self.queue())
        if method is None:
            return None
        self.out.append(method.delivery_tag)
        seen = (method.exchange, method.routing_key, method.redelivered, method.delivery_tag)
        headers = repr(properties.headers).replace(self.prefix, "~")
        return repr(seen).replace(self.prefix, "~"), headers, properties.priority, body

    do_get_again = do_get

    def settle(self, method, **options):
        if self.out:
            tag = self.chance.choice(self.out)
            self.out.remove(tag)
            method(tag, **options)
            self.channel.basic_qos()  # Answered once the channel has passed on what came before.

    def do_ack(self):
        self.settle(self.channel.basic_ack)

    def do_nack(self):
        self.settle(self.channel.basic_nack, requeue=not self.flag())

    def do_reject(self):
        self.settle(self.channel.basic_reject, requeue=not self.flag())

    def do_recover(self):
        if self.flag():
            self.channel.basic_recover(requeue=True)
            self.out.clear()
            self.channel.basic_qos()

    def do_delete_queue(self):
        if self.flag():
            self.channel.queue_delete(self.queue(), if_unused=self.flag())

    def do_delete_exchange(self):
        if self.flag():
            self.channel.exchange_delete(self.exchange(), if_unused=self.flag())

    def do_purge(self):
        if self.flag():
            self.channel.queue_purge(self.queue())

    def end(self):
        self.connections[1].close()
        channel = self.connections[0].channel()
        names = [self.prefix + name for name in QUEUES]
        for name in names:
            self.delete_when_free(name)
        for name in EXCHANGES:
            channel.exchange_delete(self.prefix + name)
        for source, destination in itertools.product(PREDECLARED, repeat=2):
            for key in (*KEYS, "", *names):  # These exchanges stay: undo what was bound to them.
                channel.exchange_unbind(destination, source, key)
        self.connections[0].close()

    def delete_when_free(self, name):
        """An exclusive queue of the connection that has just ended is locked until it is gone."""
        for _ in turns(lambda: self.deleted(name), name):
            pass

    def deleted(self, name):
        try:
            self.connections[0].channel().queue_delete(name)
        except ChannelClosedByBroker:
            return False
        return True


@pytest.mark.parametrize("seed", range(4))
def test_both_brokers_answer_a_random_walk_alike(leveret, rabbitmq, seed):
    walks = [Walk(endpoint, f"walk-{seed}-", seed) for endpoint in (leveret, rabbitmq)]
    for number in range(STEPS):
        ours, theirs = (walk.step() for walk in walks)
        assert ours == theirs, f"seed {seed}, step {number}"
    for walk in walks:
        walk.end()
