"""A broker without a socket, and its only user's way into it."""

from itertools import count

from leveret.broker.broker import Broker
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.queues.queue import QueueOptions


def entered(user="guest", tags=frozenset()):
    """An Access to the vhost / of a new broker."""
    numbers = count(1)
    broker = Broker(lambda: 0.0, lambda size: next(numbers).to_bytes(size, "big"))
    broker.add_vhost("/")
    account = broker.users.add(user, user, tags)
    broker.set_permission(user, "/")
    return broker.enter(account, "/", owner=object())


def queue(access, name, **arguments):
    return access.declare_queue(name, QueueOptions(arguments=arguments))


def exchange(access, name, kind, **arguments):
    access.declare_exchange(name, kind, ExchangeOptions(arguments=arguments))
    return access.vhost.exchange(name)
